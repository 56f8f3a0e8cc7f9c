#include "core/transfer/piece_board.hpp"

#include <utility>

namespace hive::transfer {

void piece_board::plan(const range_set& have, std::uint64_t size) {
  pieces_.clear();
  for (const auto& range : plan_pieces(have, size, piece_size(size))) put({range, {}});
}

std::optional<piece> piece_board::take() {
  if (pieces_.empty()) return std::nullopt;
  auto lowest = pieces_.extract(pieces_.begin());
  return std::move(lowest.mapped());
}

void piece_board::put(piece p) {
  if (!p.range.empty()) pieces_.insert_or_assign(p.range.begin, std::move(p));
}

std::optional<std::uint64_t> split_point(std::uint64_t from, std::uint64_t end) noexcept {
  constexpr std::uint64_t unit = 1ull << 20;
  if (end < from || end - from <= 2 * unit) return std::nullopt;
  const auto middle = from + (end - from) / 2;
  const auto cut = (middle + unit - 1) / unit * unit;
  if (cut >= end) return std::nullopt;
  return cut;
}

} // namespace hive::transfer
