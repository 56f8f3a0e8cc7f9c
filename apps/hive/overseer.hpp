#pragma once
/// Whoever started this process as a service and watches over it: systemd, or what speaks its
/// protocol (sd_notify(3): datagrams to a socket that the environment names).

#include "core/config/config.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace hive::cli {

/// Telling it something takes at most a second, and never fails: nobody there hears nothing.
class overseer {
 public:
  /// As NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID say. Without a socket it is nobody.
  explicit overseer(const environment& env);

  bool is_there() const noexcept { return !address_.empty(); }
  /// How often it wants to hear that we are alive: twice per time after which it would kill us.
  /// Empty: it does not ask for that.
  std::optional<std::chrono::milliseconds> beat() const noexcept { return beat_; }

  void ready(std::string_view status) const { tell("READY=1\nSTATUS=", status); }
  void alive(std::string_view status) const { tell("WATCHDOG=1\nSTATUS=", status); }
  void stopping() const { tell("STOPPING=1\nSTATUS=", "stopping"); }

 private:
  void tell(std::string_view what, std::string_view status) const;

  std::string address_; ///< of a socket; a leading '@' is an abstract one
  std::optional<std::chrono::milliseconds> beat_;
};

} // namespace hive::cli
