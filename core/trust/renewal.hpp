#pragma once
/// Renewing this home's certificate when it is time.

#include "core/trust/hive_folder.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace hive::trust {

/// Whether a certificate is old enough to be renewed, and a new one would last longer.
bool is_due(const certificate_chain& chain, wall_time now);

/// Renews when due: by the own authority, else by asking the known members in turn. Yields whether
/// there is a new certificate. Blocks for up to 15 s for each member.
result<bool> renew_if_due(const store::home& where, const std::string& node_name, wall_time now);

/// Does so while it lives: at once and then every hour, on a thread of its own.
class renewer {
 public:
  renewer(store::home where, std::string node_name);
  /// Ends the thread, after the conversation under way.
  ~renewer();
  renewer(const renewer&) = delete;
  renewer& operator=(const renewer&) = delete;

 private:
  void run();

  const store::home home_;
  const std::string node_name_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closing_{false};
  std::thread thread_;
};

} // namespace hive::trust
