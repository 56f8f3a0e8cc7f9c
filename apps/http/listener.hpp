#pragma once
/// Accepts connections and makes sessions of them. Belongs to the door's thread once started.

#include "core/base/result.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <string>

namespace hive::http {

struct premises;

/// "host:port" or "[v6]:port", resolved.
struct listen_address {
  boost::asio::ip::tcp::endpoint where;
  std::string host; ///< as given, lower case, a v6 address with its brackets
};
/// errc::bad_config.
result<listen_address> read_listen_address(const std::string& text);

class listener {
 public:
  explicit listener(premises& at);

  /// errc::port_in_use, errc::bad_config.
  outcome bind(const boost::asio::ip::tcp::endpoint& where);
  boost::asio::ip::tcp::endpoint bound() const;
  void accept();
  void close();

 private:
  void admit(boost::asio::ip::tcp::socket socket);

  premises& at_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
};

} // namespace hive::http
