#pragma once
/// How often an address may fail to join: 5 times in a row, then once in 12 s. Pure; bounded.

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace hive::trust {

class attempts {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr int burst = 5;
  static constexpr std::chrono::seconds each{12}; ///< one more failure is allowed after this
  static constexpr std::size_t most = 1024;       ///< addresses; the longest silent is forgotten

  /// How long `from` has to wait; empty when it may try.
  std::optional<std::chrono::seconds> barred(const std::string& from, time_point now) const;
  void failed(const std::string& from, time_point now);
  std::size_t size() const noexcept { return debts_.size(); }

 private:
  /// When all failures of an address are forgotten: each moves it `each` further.
  std::map<std::string, time_point> debts_;
};

/// Whom a failure counts against: an IPv4 address, or the /64 network of an IPv6 one, which is
/// what one customer has. `address` as getnameinfo prints it.
std::string culprit(const std::string& address);

} // namespace hive::trust
