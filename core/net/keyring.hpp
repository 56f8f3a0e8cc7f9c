#pragma once
/// Secrets, each bound to the only origin it is ever sent to, and one that runs out and is had
/// again while a job's requests go on.

#include "core/base/result.hpp"
#include "core/net/origin.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hive::net {

struct reply_head;

/// A secret and the only origin it is ever sent to.
struct credential {
  origin where;
  std::string authorization; ///< the header's value: "Bearer hf_…"
};

/// A credential somebody gave for a while.
struct token {
  credential what;
  std::optional<std::chrono::seconds> lasts; ///< from now on; empty: nobody said
};

/// A token that runs out and is asked for again. One per job: its conversation and its transfers
/// share it, so that a new one serves all. Thread-safe.
class pass : public std::enable_shared_from_this<pass> {
 public:
  /// Asks for a token after `refused`, a 401; `done` is told once, on the loop thread. Whoever
  /// drops what it returns gives up: `done` hears nothing then.
  using errand = std::function<std::shared_ptr<void>(const reply_head& refused,
                                                     std::function<void(result<token>)> done)>;

  explicit pass(errand how) : errand_(std::move(how)) {}

  std::optional<std::string> authorization_for(const origin& where) const;
  /// Which token is in force, counted from 1; 0 before the first.
  std::uint64_t number() const;
  /// Whether it has less than a tenth of its time left.
  bool stale() const;
  /// Tells `done` when a token after number `seen` is in force, or why there is none. At once when
  /// there is one already, else on the loop thread; however many ask, one errand runs. `refused` is
  /// null when nobody was refused yet and the token only is stale.
  void renew(std::uint64_t seen, const reply_head* refused, std::function<void(outcome)> done);

 private:
  void take(result<token> got);

  mutable std::mutex mutex_;
  errand errand_;
  std::optional<credential> now_;
  std::uint64_t number_{0};
  std::optional<std::chrono::steady_clock::time_point> stale_from_;
  std::shared_ptr<const reply_head> refused_; ///< the last refusal, for a renewal without one
  std::uint64_t errands_{0};
  std::shared_ptr<void> running_;
  std::vector<std::function<void(outcome)>> waiting_; ///< not empty while an errand runs
};

/// The secrets one request may use. Printing is never needed and not offered.
class keyring {
 public:
  void add(credential c);
  /// Those of `others` that do not run out.
  void add(const keyring& others);
  void add(std::shared_ptr<pass> renewable) { pass_ = std::move(renewable); }
  /// The Authorization value for `url`; empty when none is bound to its origin.
  std::optional<std::string> authorization_for(std::string_view url) const;
  /// What can be had again; null when nothing can.
  const std::shared_ptr<pass>& renewable() const noexcept { return pass_; }
  bool empty() const noexcept { return credentials_.empty() && !pass_; }

 private:
  std::vector<credential> credentials_;
  std::shared_ptr<pass> pass_;
};

} // namespace hive::net
