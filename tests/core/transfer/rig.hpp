#pragma once
/// A service over a scratch home, and ears that remember what they heard. Every wait has a
/// deadline.

#include "core/transfer/transfer.hpp"
#include "tests/support/origin.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hive::testing {

using namespace std::chrono_literals;

constexpr std::uint64_t kib = 1ull << 10;
constexpr std::uint64_t mib = 1ull << 20;
/// On a slow machine the last pieces are split, and a delivery may reach beyond such a cut: what a
/// few deliveries of curl can bring.
constexpr std::uint64_t split_waste = 256 * kib;

/// A folder that is removed with its contents.
class scratch_folder {
 public:
  explicit scratch_folder(
      const std::filesystem::path& below = std::filesystem::temp_directory_path());
  ~scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

/// What one listener heard. Thread-safe; also notes anything a listener must never hear. Listeners
/// may outlive it.
class ears {
 public:
  ears();
  transfer::listener listener();
  /// Empty when it did not end in time.
  std::optional<result<transfer::arrival>> wait_for_end(std::chrono::milliseconds limit = 60s);
  bool wait_for(const std::function<bool(const ears&)>& so, std::chrono::milliseconds limit = 10s);

  std::vector<transfer::update> updates() const;
  std::vector<transfer::note> notes() const;
  std::size_t notes_of(const std::string& action) const;
  bool ended() const;
  /// Sentences about broken promises: counters that fell, more than the total, two ends, a crowd of
  /// updates.
  std::vector<std::string> broken() const;
  transfer::update last() const;

 private:
  struct memory;
  std::shared_ptr<memory> heard_;
};

/// Small waits, so that faults cost milliseconds.
transfer::service_options quick();

struct rig {
  explicit rig(transfer::service_options options = quick());
  rig(transfer::service_options options, const std::filesystem::path& root);
  ~rig();

  /// A file of pattern `seed`, expected by its digest, from `urls`.
  static plan_file file(std::uint64_t seed, std::uint64_t size, std::vector<std::string> urls);
  transfer::ticket start(plan_file what, ears& who, std::vector<std::string> limits = {});
  /// Starts and waits; a failure of this node's when it never ends.
  result<transfer::arrival> fetch(plan_file what, ears& who);
  result<transfer::arrival> fetch(plan_file what);
  /// Ends the service and the engine and starts others on the same home.
  void restart(transfer::service_options options);

  /// SHA-256 of the blob's bytes as they are on disk; empty when there is none.
  std::string blob_digest(const std::string& sha256) const;
  /// Bytes the journal of `what` claims.
  std::uint64_t resumable(const plan_file& what) const;
  /// Open files below the home.
  std::size_t open_files() const;
  bool wait_until(const std::function<bool()>& so, std::chrono::milliseconds limit = 5s) const;

  scratch_folder folder;
  store::home home;
  std::unique_ptr<net::engine> engine;
  std::unique_ptr<transfer::service> service;
};

/// Stops and waits for `on_stopped`.
bool stop_and_wait(transfer::ticket& running, transfer::leftover what);

} // namespace hive::testing
