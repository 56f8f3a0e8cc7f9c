#pragma once
/// One connection: reads a request, has it answered, writes the reply, again. Belongs to the door's
/// thread; the premises own it until it forgets itself there.

#include "apps/http/message.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hive::http {

struct premises;

class session : public std::enable_shared_from_this<session> {
 public:
  /// `surplus`: over the door's bound; it is told 503 and closed.
  session(premises& at, boost::asio::ip::tcp::socket socket, bool surplus);

  void start() { read_head(); }
  /// Closes after the reply under way, at once when there is none.
  void close();

 private:
  using error = boost::system::error_code;

  void wait_for_request();
  void read_head();
  void on_head(error why);
  void read_body();
  void on_unreadable(error why);
  /// The request without its body; errc::bad_request.
  result<request> read_request() const;
  responder make_responder();

  void answer(std::uint64_t exchange, reply what);
  void begin(const reply& what, std::optional<std::uint64_t> length);
  void send_text(reply what, std::string text);
  void send_file(const reply& what, file_slice slice);
  void become_stream(reply what, event_stream stream);
  void become_body(reply what, growing_body source);
  /// The connection goes on without this session. False when it must not, and has been answered.
  bool leave(reply what, bool full);
  std::string head_of(const reply& what, std::optional<std::uint64_t> length) const;

  void read_chunk();
  void go_on();
  void write_chunk();
  void on_chunk(std::vector<char> bytes);
  void finish();
  void linger();
  void drop();

  premises& at_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  request asked_;
  std::uint64_t exchange_{0}; ///< number of the request being answered; late replies miss it
  bool surplus_{false};
  bool busy_{false}; ///< a request has begun and is not answered
  bool keep_{true};  ///< the connection goes on after this reply
  bool is_head_{false};
  bool old_{false}; ///< HTTP/1.0
  bool gone_{false};

  std::string head_; ///< being written
  std::string text_;
  file_slice slice_;         ///< what is left to read
  std::vector<char> ready_;  ///< read, not yet being written
  std::vector<char> moving_; ///< being written
  bool reading_{false};
  bool held_{false}; ///< waits for its share of the upload rate
  bool writing_{false};
};

} // namespace hive::http
