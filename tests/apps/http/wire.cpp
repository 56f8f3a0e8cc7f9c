#include "tests/apps/http/wire.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace hive::http::test {
namespace {

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

template <class Message>
answer to_answer(const Message& message) {
  answer out;
  out.status = static_cast<int>(message.result_int());
  for (const auto& field : message)
    out.fields[lower(field.name_string())] = std::string{field.value()};
  return out;
}

} // namespace

std::string answer::field(const std::string& lower_name) const {
  const auto found = fields.find(lower_name);
  return found == fields.end() ? std::string{} : found->second;
}

json::document answer::json() const {
  auto parsed = json::parse(body);
  if (!parsed) throw std::runtime_error("no JSON: " + body);
  return std::move(*parsed);
}

std::string answer::problem_code() const {
  if (field("content-type") != "application/problem+json") return "not a problem: " + body;
  const auto parsed = json();
  if (parsed.root()["detail"].string().value_or("").empty()) return "no detail";
  if (!parsed.root()["hint"].string()) return "no hint";
  return std::string{parsed.root()["code"].string().value_or("")};
}

wire::wire(const std::string& url, int receive_buffer) : authority_{url.substr(7)} {
  const auto colon = authority_.rfind(':');
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(std::stoi(authority_.substr(colon + 1))));
  ::inet_pton(AF_INET, authority_.substr(0, colon).c_str(), &where.sin_addr);
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer > 0)
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  const timeval bound{10, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
    throw std::runtime_error("cannot connect to " + url);
}

wire::wire(wire&& other) noexcept
  : fd_{std::exchange(other.fd_, -1)},
    authority_{std::move(other.authority_)}, buffer_{std::move(other.buffer_)} {}

wire::~wire() {
  if (fd_ >= 0) ::close(fd_);
}

void wire::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return; // the other side has closed: the reply is read all the same
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void wire::request(std::string_view method, std::string_view target, const headers& more,
                   std::string_view body) {
  std::string text{method};
  text += ' ' + std::string{target} + " HTTP/1.1\r\n";
  const auto is_host = [](const auto& header) { return header.first == "Host"; };
  if (std::none_of(more.begin(), more.end(), is_host)) text += "Host: " + authority_ + "\r\n";
  for (const auto& [name, value] : more) text += name + ": " + value + "\r\n";
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  text += "\r\n";
  text += body;
  send(text);
}

bool wire::fill() {
  std::array<char, 65536> bytes{};
  const auto got = ::recv(fd_, bytes.data(), bytes.size(), 0);
  silent_ = got < 0 && errno == EAGAIN;
  if (got <= 0) return false;
  buffer_.append(bytes.data(), static_cast<std::size_t>(got));
  return true;
}

answer wire::receive(bool to_head) {
  namespace beast_http = boost::beast::http;
  beast_http::response_parser<beast_http::string_body> parser;
  parser.eager(true);
  parser.skip(to_head);
  parser.body_limit(1ULL << 30);
  boost::system::error_code why;
  while (!parser.is_done()) {
    if (!buffer_.empty()) {
      const auto used = parser.put(boost::asio::buffer(buffer_), why);
      buffer_.erase(0, used);
      if (why && why != beast_http::error::need_more) throw std::runtime_error(why.message());
      if (parser.is_done()) break;
    }
    if (fill()) continue;
    if (!parser.got_some()) return {};
    parser.put_eof(why);
    if (why) throw std::runtime_error("the reply is cut: " + why.message());
  }
  auto out = to_answer(parser.get());
  out.body = std::move(parser.get().body());
  return out;
}

answer wire::receive_head() {
  namespace beast_http = boost::beast::http;
  auto end = buffer_.find("\r\n\r\n");
  for (; end == std::string::npos; end = buffer_.find("\r\n\r\n"))
    if (!fill()) return {};
  beast_http::response_parser<beast_http::string_body> parser;
  parser.skip(true);
  boost::system::error_code why;
  parser.put(boost::asio::buffer(buffer_.data(), end + 4), why);
  buffer_.erase(0, end + 4);
  return to_answer(parser.get());
}

answer wire::ask(std::string_view method, std::string_view target, const headers& more,
                 std::string_view body) {
  request(method, target, more, body);
  return receive(method == "HEAD");
}

heard_event wire::next_event() {
  auto end = buffer_.find("\n\n");
  for (; end == std::string::npos; end = buffer_.find("\n\n"))
    if (!fill()) return {};
  const auto block = buffer_.substr(0, end + 1);
  buffer_.erase(0, end + 2);
  heard_event out;
  for (std::size_t at = 0; at < block.size();) {
    const auto stop = block.find('\n', at);
    const auto line = block.substr(at, stop - at);
    at = stop + 1;
    if (line.starts_with(":")) out.kind = ":";
    if (line.starts_with("id: ")) out.id = std::stoull(line.substr(4));
    if (line.starts_with("event: ")) out.kind = line.substr(7);
    if (line.starts_with("data: ")) out.data = line.substr(6);
  }
  return out;
}

bool wire::ended() {
  while (fill()) {
  }
  return !silent_;
}

answer ask(const std::string& url, std::string_view method, std::string_view target,
           const headers& more, std::string_view body) {
  wire one{url};
  return one.ask(method, target, more, body);
}

} // namespace hive::http::test
