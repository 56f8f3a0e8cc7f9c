#pragma once
/// What the programs of a build say, as lines for people: bounded in length and number. Pure; the
/// caller has the clock.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace hive::build {

class words {
 public:
  using clock = std::chrono::steady_clock;
  static constexpr std::size_t longest_line = 400; ///< bytes; the rest of a longer one is dropped
  static constexpr std::size_t most_at_once = 40;
  static constexpr std::size_t most_a_second = 4; ///< in the long run
  static constexpr std::size_t remembered = 10;

  explicit words(clock::time_point now) : filled_(now) {}

  /// Takes what was written, in any pieces.
  void hear(std::string_view bytes);
  /// What was written last had no end of line.
  void end();
  /// Lines that may be told now; the others of before are passed over. Printable UTF-8 without
  /// control sequences.
  std::vector<std::string> tell(clock::time_point now);
  /// Lines that were passed over so far.
  std::uint64_t passed_over() const noexcept { return passed_over_; }
  /// The last lines, told or not, oldest first.
  const std::deque<std::string>& last() const noexcept { return last_; }

 private:
  void end_line();

  std::string line_;
  bool cut_{false};
  std::deque<std::string> waiting_;
  std::deque<std::string> last_;
  std::uint64_t passed_over_{0};
  double allowed_{most_at_once};
  clock::time_point filled_;
};

} // namespace hive::build
