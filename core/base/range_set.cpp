#include "core/base/range_set.hpp"

#include <algorithm>
#include <iterator>

namespace hive {

namespace {

constexpr std::uint64_t mebibyte = 1ull << 20;

} // namespace

void range_set::add(byte_range r) {
  if (r.empty()) return;
  // Everything that overlaps or touches r becomes one range with it.
  const auto first =
      std::lower_bound(ranges_.begin(), ranges_.end(), r.begin,
                       [](const byte_range& have, std::uint64_t at) { return have.end < at; });
  auto last = first;
  while (last != ranges_.end() && last->begin <= r.end) {
    r.begin = std::min(r.begin, last->begin);
    r.end = std::max(r.end, last->end);
    ++last;
  }
  if (first == last) {
    ranges_.insert(first, r);
  } else {
    *first = r;
    ranges_.erase(std::next(first), last);
  }
}

void range_set::remove(byte_range r) {
  if (r.empty()) return;
  const auto first =
      std::upper_bound(ranges_.begin(), ranges_.end(), r.begin,
                       [](std::uint64_t at, const byte_range& have) { return at < have.end; });
  auto last = first;
  std::vector<byte_range> kept;
  while (last != ranges_.end() && last->begin < r.end) {
    if (last->begin < r.begin) kept.push_back({last->begin, r.begin});
    if (last->end > r.end) kept.push_back({r.end, last->end});
    ++last;
  }
  const auto at = ranges_.erase(first, last);
  ranges_.insert(at, kept.begin(), kept.end());
}

void range_set::add(const range_set& other) {
  for (const auto& r : std::vector<byte_range>{other.ranges_}) add(r);
}

bool range_set::contains(byte_range r) const noexcept {
  return r.empty() || run_end(r.begin) >= r.end;
}

std::uint64_t range_set::size() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& r : ranges_) sum += r.size();
  return sum;
}

std::uint64_t range_set::run_end(std::uint64_t from) const noexcept {
  const auto at =
      std::upper_bound(ranges_.begin(), ranges_.end(), from,
                       [](std::uint64_t pos, const byte_range& have) { return pos < have.end; });
  return at != ranges_.end() && at->begin <= from ? at->end : from;
}

std::vector<byte_range> range_set::missing(byte_range within) const {
  std::vector<byte_range> gaps;
  auto at = within.begin;
  auto have = std::upper_bound(ranges_.begin(), ranges_.end(), within.begin,
                               [](std::uint64_t pos, const byte_range& r) { return pos < r.end; });
  for (; at < within.end && have != ranges_.end() && have->begin < within.end; ++have) {
    if (have->begin > at) gaps.push_back({at, have->begin});
    at = have->end;
  }
  if (at < within.end) gaps.push_back({at, within.end});
  return gaps;
}

std::uint64_t piece_size(std::uint64_t file_size) noexcept {
  constexpr std::uint64_t pieces = 256;
  const auto wanted = (file_size / pieces + mebibyte - 1) / mebibyte * mebibyte;
  return std::clamp(wanted, 8 * mebibyte, 32 * mebibyte);
}

std::vector<byte_range> plan_pieces(const range_set& have, std::uint64_t size,
                                    std::uint64_t piece) {
  if (piece == 0) piece = piece_size(size);
  std::vector<byte_range> pieces;
  for (auto gap : have.missing({0, size})) {
    while (!gap.empty()) {
      // The distance to the next cut, written so that it cannot overflow near 2^64.
      const auto step = std::min(gap.size(), piece - gap.begin % piece);
      pieces.push_back({gap.begin, gap.begin + step});
      gap.begin += step;
    }
  }
  return pieces;
}

} // namespace hive
