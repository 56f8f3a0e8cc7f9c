#include "apps/hive/table.hpp"

#include "apps/hive/text.hpp"

#include <algorithm>
#include <numeric>

namespace hive::cli {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t least = 8; ///< columns that shrink keep this much

/// Takes from the widest that shrinks until it fits or nothing more can give.
void shrink(const std::vector<column>& columns, std::vector<std::size_t>& widths,
            std::size_t width) {
  auto total = std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
  while (total > width) {
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i)
      if (columns[i].shrinks && widths[i] > least &&
          (widest == widths.size() || widths[i] > widths[widest]))
        widest = i;
    if (widest == widths.size()) return;
    --widths[widest];
    --total;
  }
}

} // namespace

std::string table(const std::vector<column>& columns, const std::vector<table_row>& rows,
                  std::size_t width) {
  std::vector<table_row> cells{{}};
  for (const auto& c : columns) cells.front().push_back(c.title);
  for (const auto& row : rows) {
    cells.emplace_back();
    for (std::size_t i = 0; i < columns.size(); ++i)
      cells.back().push_back(i < row.size() ? printable(row[i]) : std::string{});
  }
  std::vector<std::size_t> widths(columns.size(), 0);
  for (const auto& row : cells)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], columns_of(row[i]));
  if (width > 0) shrink(columns, widths, width);
  std::string out;
  for (const auto& row : cells) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      auto cell = columns[i].shrinks ? clip_end(row[i], widths[i]) : row[i];
      if (i > 0) line.append(gap, ' ');
      line += columns[i].right ? pad_left(cell, widths[i]) : pad_right(std::move(cell), widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

} // namespace hive::cli
