#pragma once
/// Tables of text: columns as wide as what is in them, bounded by the terminal. Pure.

#include <cstddef>
#include <string>
#include <vector>

namespace hive::cli {

struct column {
  std::string title;
  bool right{false};   ///< numbers
  bool shrinks{false}; ///< gives way when the table is wider than the terminal
};

using table_row = std::vector<std::string>;

/// Lines, each ended by '\n', without spaces at their ends. Cells are made printable. `width` 0: as
/// wide as it takes.
std::string table(const std::vector<column>& columns, const std::vector<table_row>& rows,
                  std::size_t width);

} // namespace hive::cli
