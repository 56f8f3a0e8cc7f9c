#include "tests/support/http_peer.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstddef>

#include <poll.h>
#include <sys/socket.h>

namespace hive::testing {

namespace {

constexpr std::size_t most_head = 128 * 1024;
constexpr std::size_t most_body = 16 * 1024 * 1024;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::string_view take_line(std::string_view& text) {
  const auto end = text.find("\r\n");
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(text.size(), line.size() + 2));
  return line;
}

void split_target(seen& request) {
  std::string_view rest = request.target;
  if (const auto scheme = rest.find("://"); scheme != std::string_view::npos) {
    const auto slash = rest.find('/', scheme + 3);
    rest = slash == std::string_view::npos ? std::string_view{"/"} : rest.substr(slash);
  }
  const auto mark = rest.find('?');
  request.path = rest.substr(0, mark);
  if (mark != std::string_view::npos) request.query = rest.substr(mark + 1);
}

std::optional<seen> parse_head(std::string_view head) {
  seen out;
  auto first = take_line(head);
  const auto space = first.find(' ');
  const auto second = first.rfind(' ');
  if (space == std::string_view::npos || second <= space) return std::nullopt;
  out.method = first.substr(0, space);
  out.target = first.substr(space + 1, second - space - 1);
  while (!head.empty()) {
    const auto line = take_line(head);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::string name{line.substr(0, colon)};
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    out.headers.emplace_back(std::move(name), std::string{trimmed(line.substr(colon + 1))});
  }
  split_target(out);
  return out;
}

std::size_t body_length(const seen& request) {
  std::size_t length = 0;
  if (const auto value = request.header("content-length"))
    std::from_chars(value->data(), value->data() + value->size(), length);
  return length;
}

} // namespace

bool http_peer::fill() {
  std::array<char, 16 * 1024> block;
  ssize_t got = 0;
  do {
    got = ::recv(socket_, block.data(), block.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return false;
  buffer_.append(block.data(), static_cast<std::size_t>(got));
  return true;
}

std::optional<seen> http_peer::read_request() {
  auto end = std::string::npos;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (buffer_.size() > most_head || !fill()) return std::nullopt;
    if (std::isalpha(static_cast<unsigned char>(buffer_.front())) == 0) { // a TLS hello, say
      write_head(400, {{"Content-Length", "0"}});
      return std::nullopt;
    }
  }
  auto request = parse_head(std::string_view{buffer_}.substr(0, end + 2));
  buffer_.erase(0, end + 4);
  if (!request) return std::nullopt;
  const auto length = body_length(*request);
  if (length > most_body) return std::nullopt;
  while (buffer_.size() < length) {
    if (!fill()) return std::nullopt;
  }
  request->body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  request->connection = number_;
  return request;
}

bool http_peer::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool http_peer::write_head(int status, const header_list& headers) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + (status < 300 ? " OK" : " As asked");
  for (const auto& [name, value] : headers) head += "\r\n" + name + ": " + value;
  return write(head + "\r\n\r\n");
}

bool http_peer::wait_for(const gate& door) {
  std::array<pollfd, 2> either{
      {{socket_, POLLRDHUP, 0}, {door.descriptor(), static_cast<short>(POLLIN), 0}}};
  while (::poll(either.data(), either.size(), -1) < 0 && errno == EINTR) {
  }
  return either[0].revents == 0;
}

bool http_peer::left_within(std::chrono::milliseconds limit) {
  pollfd one{socket_, POLLRDHUP, 0};
  return ::poll(&one, 1, static_cast<int>(limit.count())) > 0;
}

void http_peer::wait_until_left() {
  while (!left_within(std::chrono::minutes{1})) {
  }
}

void http_peer::finish() {
  ::shutdown(socket_, SHUT_WR);
  while (fill()) buffer_.clear();
}

void http_peer::reset() {
  const linger none{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

} // namespace hive::testing
