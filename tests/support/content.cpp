#include "tests/support/content.hpp"

#include "core/base/digest.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace hive::testing {

namespace {

/// splitmix64's output function.
std::uint64_t word(std::uint64_t seed, std::uint64_t index) noexcept {
  auto z = (seed + 1) * 0x9e3779b97f4a7c15u + index * 0xd1342543de82ef95u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

} // namespace

void pattern(std::uint64_t seed, std::uint64_t offset, std::span<std::byte> out) {
  while (!out.empty()) {
    const auto value = word(seed, offset / 8);
    const auto skip = static_cast<std::size_t>(offset % 8);
    const auto count = std::min(out.size(), 8 - skip);
    std::memcpy(out.data(), reinterpret_cast<const char*>(&value) + skip, count);
    out = out.subspan(count);
    offset += count;
  }
}

std::string pattern(std::uint64_t seed, std::uint64_t offset, std::size_t size) {
  std::string out(size, '\0');
  pattern(seed, offset, std::as_writable_bytes(std::span{out}));
  return out;
}

std::string pattern_sha256(std::uint64_t seed, std::uint64_t size) {
  hasher hash{digest_kind::sha256};
  std::vector<std::byte> block(1 << 20);
  for (std::uint64_t at = 0; at < size; at += block.size()) {
    const auto part = std::span{block}.first(
        static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), size - at)));
    pattern(seed, at, part);
    hash.update(part);
  }
  return hash.finish().hex;
}

content text(std::string bytes) {
  const auto size = bytes.size();
  return {size, [held = std::make_shared<const std::string>(std::move(bytes))](
                    std::uint64_t offset, std::span<std::byte> out) {
            std::memcpy(out.data(), held->data() + offset, out.size());
          }};
}

content generated(std::uint64_t seed, std::uint64_t size) {
  return {size,
          [seed](std::uint64_t offset, std::span<std::byte> out) { pattern(seed, offset, out); }};
}

} // namespace hive::testing
