#pragma once
/// Asks the local networks who is there, for commands that wait for it.

#include "core/discovery/lan.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

namespace hive::discovery {

class search {
 public:
  /// For nodes of one hive, by its fingerprint; empty: of all.
  static result<std::unique_ptr<search>> begin(std::string hive);

  /// Blocks until another node is heard; empty when that is not so until then. One thread.
  std::optional<sighting> next(std::chrono::steady_clock::time_point until);
  /// The networks that are asked, once they have been looked at: within milliseconds. Any thread.
  ears networks() const;

 private:
  search() = default;
  struct inbox;
  std::shared_ptr<inbox> heard_;
  std::unique_ptr<lan> around_;
};

} // namespace hive::discovery
