#pragma once
/// From one subscription at the node to many event streams: each event becomes text once and is
/// shared, and where streams are many, events that come together are sent together.

#include "apps/http/event_client.hpp"
#include "apps/http/message.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace hive::http {

struct premises;

/// Belongs to the door's thread, but for `post`.
class event_fan {
 public:
  explicit event_fan(premises& at);

  /// Any thread: takes the event to the door's. Too many on their way: progress is skipped.
  /// `afar`: of another node's job, for those alone who asked for that job.
  void post(event_ptr what, bool afar = false);
  bool is_full() const noexcept;
  /// Takes a socket whose request was for events; `head` goes out first.
  void adopt(boost::asio::ip::tcp::socket socket, event_stream what, std::string head);
  void forget(const std::shared_ptr<event_client>& one);
  /// Asks the node for a job's record; `hear` runs on the door's thread (empty: unknown).
  void look_up(const job_id& id, std::function<void(const job_record*)> hear);
  /// Ends every stream and takes no more.
  void close();

 private:
  /// An event on its way to the clients, in order; an `end` waits for its job's record.
  struct pending {
    event_ptr what;
    std::shared_ptr<const std::string> text;
    bool afar{false};
  };

  void hear(event_ptr what, bool afar);
  void flush();
  /// One round: everything in `ready_` to everybody who wants it.
  void deliver();
  void hand_out(const job_id& whose, const spoken_event& what);
  void send(const job_id& whose);
  void tick();

  premises& at_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer round_;
  std::unordered_map<job_id, std::unordered_set<std::shared_ptr<event_client>>> clients_;
  std::vector<std::shared_ptr<event_client>> leaving_; ///< forgotten in the middle of a walk
  std::deque<std::shared_ptr<pending>> pending_;
  std::vector<std::shared_ptr<pending>> ready_;        ///< for the next round
  std::chrono::steady_clock::time_point next_round_{}; ///< not before
  std::atomic<std::size_t> underway_{0};               ///< posted and not yet heard
  std::uint64_t newest_{0};                            ///< greatest sequence number heard
  std::size_t size_{0};
  bool walking_{false};   ///< over `clients_`
  bool gathering_{false}; ///< the next round's timer runs
  bool closed_{false};
};

} // namespace hive::http
