#pragma once
/// A program of a build and everything it starts: they end together. Between them and hive stands a
/// keeper, a process of its own without threads, that adopts whoever loses his parent. When the
/// program ends, when it is told to stop, or when hive dies (also by SIGKILL), the keeper kills
/// whoever is left.

#include "core/base/result.hpp"
#include "core/build/containment.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace hive::build {

struct run_order {
  std::vector<std::string> words;        ///< program (a path) and its arguments
  std::vector<std::string> environment;  ///< all of it, "NAME=value"
  std::filesystem::path folder;          ///< where it runs
  const containment* within{nullptr};    ///< null: it sees the machine as hive does
  std::uint64_t largest_file{0};         ///< bytes
  std::optional<std::uint64_t> memory;   ///< bytes of one process's data
  std::chrono::milliseconds grace{2000}; ///< between SIGTERM and SIGKILL
};

/// How the program ended.
struct run_end {
  enum class kind : std::uint8_t {
    exited = 1,      ///< value: exit code
    signalled = 2,   ///< value: signal
    not_entered = 3, ///< value: errno of the containment
    not_started = 4, ///< value: errno of exec
    lost = 5,        ///< somebody killed the keeper
  };
  kind how{kind::lost};
  int value{0};
};

/// One thread. The thread that starts it must live as long as it does: its end counts as hive's.
class family {
 public:
  static result<family> start(const run_order& what);
  /// Kills who is left, and waits a second at most for that.
  ~family();
  family(family&& from) noexcept;
  family& operator=(family&&) = delete;

  /// Appends what was written to standard output and error since, at most `most` bytes. Never
  /// waits.
  void read(std::string& into, std::size_t most);
  /// Empty while anybody of it lives. Never waits. What was said last can still be read.
  std::optional<run_end> look();
  /// SIGTERM for all of the program's group, SIGKILL for everybody after the grace.
  void stop() noexcept;
  void kill() noexcept;

 private:
  family(pid_t keeper, int said, int report) : keeper_(keeper), said_(said), report_(report) {}

  pid_t keeper_;
  int said_;
  int report_;
  std::optional<run_end> end_;
};

} // namespace hive::build
