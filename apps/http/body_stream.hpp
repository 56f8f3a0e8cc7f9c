#pragma once
/// One reply whose body is made while it is sent. At most one piece of it waits in memory, however
/// slow the client is.

#include "apps/http/message.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <memory>
#include <string>

namespace hive::http {

struct premises;

/// Belongs to the door's thread; the premises own it until it forgets itself there. A client that
/// goes, or takes nothing for the door's transfer deadline, is the end.
class body_stream : public std::enable_shared_from_this<body_stream> {
 public:
  body_stream(premises& at, boost::asio::ip::tcp::socket socket, growing_body source);

  /// Sends `head`, then what the source gives until its last piece.
  void start(std::string head);
  void close();

 private:
  using error = boost::system::error_code;

  void ask();
  void take(body_source::piece one);
  void write(std::string text);
  void on_written();
  void watch();

  premises& at_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_; ///< of the write under way, then of the wait after it
  growing_body source_;
  std::string moving_;
  std::array<char, 64> heard_{}; ///< what a client says meanwhile is dropped
  std::chrono::milliseconds wait_{0};
  bool last_{false};
  bool closed_{false};
};

} // namespace hive::http
