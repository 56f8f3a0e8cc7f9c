#pragma once
/// One event stream: first what it missed, then what happens, joined by sequence number.

#include "apps/http/desk.hpp"
#include "apps/http/message.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hive::http {

class event_fan;

/// An event as text, shared by all who send it.
struct spoken_event {
  std::uint64_t seq{0};
  event_kind kind{event_kind::narration};
  std::shared_ptr<const std::string> text;
};

/// Belongs to the door's thread; the fan owns it until it forgets itself there. Queues at most
/// `max_queued` bytes: progress gives way at half of that; a client too slow for the rest is
/// closed.
class event_client : public std::enable_shared_from_this<event_client> {
 public:
  event_client(event_fan& fan, boost::asio::ip::tcp::socket socket, event_stream what,
               std::size_t max_queued, std::shared_ptr<counters> counts);

  /// Sends `head`; then live events, or (stream.replay) what `take_history` will bring before them.
  void start(std::string head);
  void take_history(std::vector<event_ptr> events);
  /// Queues it; `send` brings it on its way with whatever else was heard until then.
  void hear(const spoken_event& what);
  void send() { pump(); }
  /// A comment when nothing was sent for `silence`; closes a client whose socket took nothing for 2
  /// min.
  void keep_alive(std::chrono::steady_clock::time_point now, std::chrono::milliseconds silence);
  void close();
  const event_stream& wanted() const noexcept { return what_; }

 private:
  using text = std::shared_ptr<const std::string>;

  void pump();
  /// Moves history, then live events, into `moving_`.
  void load_history();
  void load_live();
  void load(text one, event_kind kind);
  void ask_final_job(event_ptr end);
  void watch();
  void on_written(boost::system::error_code why);

  event_fan& fan_;
  boost::asio::ip::tcp::socket socket_;
  event_stream what_; ///< its history: what is not sent yet begins at `next_`
  const std::size_t max_queued_;
  std::shared_ptr<counters> counts_;
  std::size_t next_{0};
  std::deque<spoken_event> queue_;
  std::size_t queued_{0}; ///< bytes in `queue_`
  std::vector<text> moving_;
  std::size_t moving_bytes_{0};
  std::uint64_t last_{0}; ///< sequence number of the last one sent
  std::chrono::steady_clock::time_point last_write_;
  std::array<char, 64> heard_{}; ///< what a client says on an event stream is dropped
  bool catching_up_{false};      ///< history is asked for and not all loaded
  bool has_history_{false};
  bool asking_{false}; ///< the final job of an `end` in the history
  bool writing_{false};
  bool ending_{false}; ///< closes when all is written
  bool closed_{false};
};

} // namespace hive::http
