#pragma once
/// Where readings come from: the kernel's files and the vendors' tools.

#include "core/machine/command.hpp"
#include "core/machine/reading.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <vector>

namespace hive::machine {

/// Reads what is read in an instant: clocks, /proc below `root`, and the disk of `store`.
reading take_reading(const std::filesystem::path& store, const std::filesystem::path& root = "/");

/// What /sys/class/drm below `root` shows.
std::vector<device> list_cards(const std::filesystem::path& root = "/");

/// Looks for devices, round by round, and asks their vendors' tools where there are any. Not
/// thread-safe.
class device_survey {
 public:
  /// `limit`: of each tool; nvidia-smi takes seconds where no driver daemon runs.
  explicit device_survey(std::filesystem::path root = "/",
                         std::chrono::milliseconds limit = std::chrono::seconds{10});

  /// One step. The devices when a round is complete; the next call begins another. Never blocks: a
  /// round with tools takes as many calls as they need time.
  std::optional<std::vector<device>> step();

 private:
  struct tool;
  void begin_next();

  const std::filesystem::path root_;
  const std::chrono::milliseconds limit_;
  std::vector<device> found_;
  std::size_t next_{0}; ///< tool to ask
  std::optional<command> asked_;
};

} // namespace hive::machine
