// How an origin sends a body, and all the ways it fails to.

#include "tests/support/http_peer.hpp"
#include "tests/support/route.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace hive::testing {

namespace {

constexpr std::size_t slice = 64 * 1024;
constexpr std::uint64_t beats_a_second = 20; ///< how often a slow connection sends at least

std::chrono::milliseconds time_for(std::uint64_t bytes, std::uint64_t a_second) {
  return std::chrono::milliseconds{bytes * 1000 / a_second};
}

std::string chunk_size(std::size_t size) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%zx\r\n", size);
  return text.data();
}

/// Body bytes until the misbehaviour sets in; empty when there is none.
std::optional<std::uint64_t> end_of_manners(const manners& how) {
  std::optional<std::uint64_t> first;
  for (const auto& at : {how.cut_after, how.reset_after, how.stall_after}) {
    if (at && (!first || *at < *first)) first = at;
  }
  return first;
}

bool misbehave(http_peer& peer, const manners& how, std::uint64_t sent) {
  if (how.stall_after && sent >= *how.stall_after)
    peer.wait_until_left();
  else if (how.reset_after && sent >= *how.reset_after)
    peer.reset();
  else
    peer.finish();
  return false;
}

} // namespace

/// The content's bytes from `at` on, with the one that is to be wrong.
void origin::fill(const part& what, std::uint64_t at, std::span<std::byte> out) {
  what.from->what.read(at, out);
  const auto flip = what.how.flip_at;
  if (flip && *flip >= at && *flip - at < out.size()) out[*flip - at] ^= std::byte{1};
}

bool origin::send_content(http_peer& peer, part& what) {
  const auto& how = what.how;
  const auto limit = end_of_manners(how);
  std::vector<std::byte> block(slice);
  auto at = what.begin;
  while (at < what.end) {
    std::uint64_t size = std::min<std::uint64_t>(slice, what.end - at);
    if (what.slow) size = std::min(size, std::max<std::uint64_t>(1, how.slow / beats_a_second));
    if (limit) size = std::min(size, *limit - (at - what.begin));
    if (size == 0) break;
    const auto bytes = std::span{block}.first(static_cast<std::size_t>(size));
    fill(what, at, bytes);
    at += size;
    {
      const std::lock_guard guard{mutex_};
      counts_.bytes_sent += size;
    }
    if (at == what.end) what.stay.reset(); // the client may ask again as soon as it has these
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    if (how.chunked && !peer.write(chunk_size(bytes.size()))) return false;
    if (!peer.write(text) || (how.chunked && !peer.write("\r\n"))) return false;
    if (what.slow && at < what.end && peer.left_within(time_for(size, how.slow))) return false;
  }
  if (limit && at - what.begin >= *limit) return misbehave(peer, how, at - what.begin);
  return !how.chunked || peer.write("0\r\n\r\n");
}

} // namespace hive::testing
