#pragma once
/// The loop behind `engine`: curl's multi handle, the flights on it, the timers, and the one thread
/// that runs them. Everything is the loop thread's unless it says otherwise.

#include "core/net/engine.hpp"
#include "core/net/flight.hpp"
#include "core/net/mailbox.hpp"
#include "core/net/origin_book.hpp"
#include "core/net/socket_watch.hpp"

#include <curl/curl.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hive::net {

using loop_clock = std::chrono::steady_clock;

/// When a timer rings, and a number that keeps timers of the same instant in order.
using timer_key = std::pair<loop_clock::time_point, std::uint64_t>;

struct timer::state {
  curl_loop* loop{nullptr}; ///< null once it rang, was taken back, or the engine is gone
  timer_key key;
  std::function<void()> call;
};

class curl_loop {
 public:
  static result<std::unique_ptr<curl_loop>> make(engine_options options);
  ~curl_loop();
  curl_loop(const curl_loop&) = delete;
  curl_loop& operator=(const curl_loop&) = delete;

  // Any thread.
  const std::shared_ptr<mailbox>& box() const noexcept { return box_; }
  engine_counts counts() const noexcept;
  std::optional<std::chrono::milliseconds> turn() const noexcept;
  bool here() const noexcept { return thread_id_.load() == std::this_thread::get_id(); }

  void begin(request what, exchange_handler& handler, exchange::state& seat);
  timer after(std::chrono::milliseconds wait, std::function<void()> call);
  void forget(const timer_key& key) noexcept { timers_.erase(key); }

  /// The flight's `exchange` was destroyed. Closes it now, or as soon as curl can be entered again.
  void drop(flight& what);
  /// The flight is over: closes it and frees it at the end of this turn.
  void retire(flight& what) noexcept;
  void resume_soon(flight& what) { resuming_.push_back(&what); }
  void step_soon(flight& what) { stepping_.push_back(&what); }
  /// The flight is asked to `read_on` in each turn until it retires.
  void reads_ahead(flight& what) { ahead_.push_back(&what); }

  // For flights.
  const engine_options& options() const noexcept { return options_; }
  CURLM* multi() const noexcept { return multi_; }
  CURLSH* share() const noexcept { return share_; }
  origin_book& book() noexcept { return book_; }
  CURL* take_easy();
  void give_back(CURL* easy) noexcept;
  std::array<std::byte, 512 * 1024>& scratch() noexcept { return scratch_; }
  void count_body(std::size_t bytes) noexcept { received_ += bytes; }
  void count_redirect() noexcept { ++redirects_; }
  /// Owns `what` until `release` or the end of the loop.
  void keep(std::shared_ptr<void> what);
  std::shared_ptr<void> release(const void* what);

 private:
  explicit curl_loop(engine_options options);
  void run();
  bool run_posted();
  void ring();
  void launch_new();
  void resume_paused();
  void step_files();
  void collect_done();
  void read_ahead();
  void bury();
  std::chrono::milliseconds patience() const;
  void shut();

  template <class F>
  void in_callbacks(F&& work) {
    busy_ = true;
    work();
    busy_ = false;
    bury();
  }

  engine_options options_;
  CURLM* multi_{nullptr};
  CURLSH* share_{nullptr};
  std::shared_ptr<mailbox> box_;
  socket_watch sockets_;
  origin_book book_;
  std::vector<CURL*> spare_;
  std::array<std::byte, 512 * 1024> scratch_{};

  std::unordered_map<flight*, std::unique_ptr<flight>> flights_;
  std::vector<flight*> launching_;
  std::vector<flight*> resuming_;
  std::vector<flight*> stepping_;
  std::vector<flight*> ahead_;  ///< over connections that read ahead
  bool unread_{false};          ///< something is left of that for the next turn
  std::vector<flight*> doomed_; ///< abandoned while `busy_`: closed right after
  std::vector<std::unique_ptr<flight>>
      grave_;          ///< closed; freed when nothing on the stack is theirs
  bool busy_{false};   ///< inside callbacks, where curl must not be changed
  bool closed_{false}; ///< nothing new is taken on
  std::map<timer_key, std::shared_ptr<timer::state>> timers_;
  std::uint64_t timers_made_{0};
  std::unordered_map<const void*, std::shared_ptr<void>> kept_; ///< whole-reply requests under way

  std::atomic<std::uint64_t> started_{0};
  std::atomic<std::uint64_t> open_{0};
  std::atomic<std::uint64_t> received_{0};
  std::atomic<std::uint64_t> redirects_{0};
  std::atomic<loop_clock::time_point> turn_began_{}; ///< its zero: the loop waits
  std::atomic<std::thread::id> thread_id_{};
  std::thread thread_; ///< last: starts when everything else stands
};

} // namespace hive::net
