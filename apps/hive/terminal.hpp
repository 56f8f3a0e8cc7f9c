#pragma once
/// Standard output and error of this process.

#include "core/base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hive::cli {

/// Whether standard output is a terminal that understands cursor movement.
bool on_terminal() noexcept;

struct extent {
  std::size_t rows{24};
  std::size_t columns{80};
};
/// As it is now. `columns` is 0 when standard output is no terminal: then nothing is clipped.
extent terminal_extent() noexcept;

/// Writes `text` and a line end to standard output, at once. False when nobody reads it any more.
bool say(std::string_view text);
/// The same to standard error.
void complain(std::string_view text);
/// "hive: what happened; what to do next" on standard error; yields the exit code that belongs to
/// it.
int complain(const failure& why);

/// Some lines at the bottom of the terminal that are drawn anew in place.
class live_lines {
 public:
  ~live_lines() { clear(); }
  void draw(const std::vector<std::string>& lines);
  /// Takes them away, so that other text can be said.
  void clear();

 private:
  std::vector<std::string> drawn_;
};

} // namespace hive::cli
