#pragma once
/// A program of this machine that is asked something: never waited for, bounded in time and in what
/// it may say.

#include "core/base/result.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace hive::machine {

/// The program `name` in a folder of $PATH or in `also`; empty when there is none.
std::filesystem::path find_program(std::string_view name, const std::filesystem::path& also = {});

/// One run. Not thread-safe. It gets no input, none of our descriptors and little of our
/// environment. The destructor kills it and whatever it started, and does not wait for that.
class command {
 public:
  static result<command> start(const std::filesystem::path& program,
                               const std::vector<std::string>& arguments,
                               std::chrono::milliseconds limit);
  ~command();
  command(command&& from) noexcept;
  command& operator=(command&&) = delete;

  /// What it wrote to its standard output, once it has ended well; a failure when it ended
  /// otherwise, ran beyond its limit or wrote more than 256 KiB. Empty while it runs, and while one
  /// that was killed is not gone: what hangs in the kernel is not started a second time beside it.
  /// Never blocks.
  std::optional<result<std::string>> look();

 private:
  command(pid_t child, int output, std::chrono::steady_clock::time_point deadline)
    : child_(child), output_(output), deadline_(deadline) {}
  bool read_all();
  void kill() noexcept;

  pid_t child_{-1};
  int output_{-1};
  std::chrono::steady_clock::time_point deadline_;
  std::string said_;
  std::optional<failure> doom_; ///< it is to end with that
};

} // namespace hive::machine
