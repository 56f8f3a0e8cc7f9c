#include "apps/http/listener.hpp"

#include "apps/http/premises.hpp"

#include <boost/asio/ip/address.hpp>

#include <charconv>

namespace hive::http {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using error = boost::system::error_code;

/// So many connections beyond the bound are told 503; more are just closed.
constexpr std::size_t surplus_sessions = 256;

failure bad_address(const std::string& text, const std::string& why) {
  return fail(errc::bad_config, "cannot listen on '" + text + "': " + why,
              "give host:port, for example 127.0.0.1:7835 or [::1]:7835");
}

} // namespace

result<listen_address> read_listen_address(const std::string& text) {
  const auto colon = text.rfind(':');
  listen_address out;
  out.host = host_of(text);
  if (colon == std::string::npos || out.host.empty()) return bad_address(text, "no port");
  std::uint16_t port = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + colon + 1, end, port);
  if (read.ec != std::errc{} || read.ptr != end) return bad_address(text, "the port is no number");
  auto name = out.host;
  if (name.starts_with('[')) name = name.substr(1, name.size() - 2);
  error why;
  const auto address = asio::ip::make_address(name, why);
  if (!why) {
    out.where = {address, port};
    return out;
  }
  asio::io_context io;
  const auto found = tcp::resolver{io}.resolve(name, std::to_string(port), why);
  if (why || found.empty()) return bad_address(text, "no such host");
  out.where = found.begin()->endpoint();
  for (const auto& one : found)
    if (one.endpoint().address().is_v4()) out.where = one.endpoint();
  return out;
}

listener::listener(premises& at) : at_{at}, acceptor_{at.io}, pause_{at.io} {}

outcome listener::bind(const tcp::endpoint& where) {
  error why;
  acceptor_.open(where.protocol(), why);
  if (!why) acceptor_.set_option(asio::socket_base::reuse_address{true}, why);
  if (!why) acceptor_.bind(where, why);
  if (!why) acceptor_.listen(4096, why);
  if (!why) return {};
  const auto text = where.address().to_string() + " port " + std::to_string(where.port());
  if (why == asio::error::address_in_use)
    return fail(errc::port_in_use, text + " is taken by another process");
  return bad_address(text, why.message());
}

tcp::endpoint listener::bound() const {
  error ignored;
  return acceptor_.local_endpoint(ignored);
}

void listener::accept() {
  acceptor_.async_accept([this](error why, tcp::socket socket) {
    if (!acceptor_.is_open()) return;
    if (!why) {
      admit(std::move(socket));
      return accept();
    }
    // Out of descriptors: they come back as connections end.
    pause_.expires_after(std::chrono::milliseconds{100});
    pause_.async_wait([this](error stopped) {
      if (!stopped && acceptor_.is_open()) accept();
    });
  });
}

void listener::admit(tcp::socket socket) {
  const auto open = at_.sessions.size();
  const auto bound = at_.options.max_connections;
  if (open >= bound + surplus_sessions) return;
  error ignored;
  socket.set_option(tcp::no_delay{true}, ignored);
  const auto one = std::make_shared<session>(at_, std::move(socket), open >= bound);
  at_.sessions.insert(one);
  at_.counts->connections = at_.sessions.size();
  one->start();
}

void listener::close() {
  error ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

} // namespace hive::http
