#pragma once
/// The picture of running jobs on a terminal, as lines of text. Pure.

#include "apps/hive/sight.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace hive::cli {

struct bar {
  std::string label; ///< printable
  std::uint64_t done{0};
  std::optional<std::uint64_t> total;
  std::string trailer; ///< after the bytes: rate and ETA, or what it waits for
};

/// One line of at most `width` columns: label, bar, percent, bytes, trailer. What does not fit is
/// left out, the bar first.
std::string bar_line(const bar& what, std::size_t width);

/// "24.0 MB/s  0:05 left"; "stalled" when nothing moves.
std::string pace(const job_sight& job);

/// At most `rows` lines of at most `columns` columns: per job its running files and a summary, the
/// summaries of all jobs before any file.
std::vector<std::string> picture(const std::vector<job_sight>& jobs, std::size_t rows,
                                 std::size_t columns);

/// Rows the drawn lines take on a terminal that is now `columns` wide.
std::size_t rows_taken(const std::vector<std::string>& lines, std::size_t columns) noexcept;

} // namespace hive::cli
