#include "core/base/ids.hpp"

#include "core/base/units.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstddef>
#include <limits>
#include <mutex>
#include <system_error>

namespace hive {

namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// 128 bits of a ULID: milliseconds in the upper 48 of `high`, randomness below.
struct ulid_bits {
  std::uint64_t high{0};
  std::uint64_t low{0};
};

std::uint64_t milliseconds_of(const ulid_bits& bits) noexcept {
  return bits.high >> 16;
}

void fill_random(void* to, std::size_t length) {
  auto* at = static_cast<unsigned char*>(to);
  while (length > 0) {
    const auto got = ::getrandom(at, length, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    at += got;
    length -= static_cast<std::size_t>(got);
  }
}

ulid_bits fresh(std::uint64_t milliseconds) {
  std::uint64_t random[2];
  fill_random(random, sizeof random);
  return {(milliseconds << 16) | (random[0] & 0xffffu), random[1]};
}

std::string print(ulid_bits bits) {
  std::string text(26, '0');
  for (auto i = text.size(); i-- > 0;) {
    text[i] = alphabet[bits.low & 31u];
    bits.low = (bits.low >> 5) | (bits.high << 59);
    bits.high >>= 5;
  }
  return text;
}

} // namespace

std::string new_ulid() {
  static std::mutex guard;
  static ulid_bits last;
  const auto now = static_cast<std::uint64_t>(wall_now().time_since_epoch().count());
  const std::lock_guard hold{guard};
  // Within a millisecond, or when the clock went back, the next greater number keeps the order.
  if (now > milliseconds_of(last)) {
    last = fresh(now);
  } else if (++last.low == 0) {
    ++last.high;
  }
  return print(last);
}

bool is_ulid(std::string_view text) noexcept {
  if (text.size() != 26 || text.front() > '7') return false;
  for (const char c : text)
    if (alphabet.find(c) == std::string_view::npos) return false;
  return true;
}

} // namespace hive
