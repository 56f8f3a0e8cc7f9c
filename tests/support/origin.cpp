#include "tests/support/origin.hpp"

#include "tests/support/http_peer.hpp"
#include "tests/support/route.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace hive::testing {

namespace {

/// A listening socket on an ephemeral loopback port.
int listen_on_loopback(bool ipv6) {
  const int socket = ::socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_addr = in6addr_loopback;
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* const address =
      ipv6 ? reinterpret_cast<const sockaddr*>(&six) : reinterpret_cast<const sockaddr*>(&four);
  const auto size = static_cast<socklen_t>(ipv6 ? sizeof six : sizeof four);
  if (socket < 0 || ::bind(socket, address, size) != 0 || ::listen(socket, 1024) != 0) {
    if (socket >= 0) ::close(socket);
    throw std::runtime_error{"the test origin cannot listen"};
  }
  return socket;
}

int port_of(int socket) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size);
  if (name.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6&>(name).sin6_port);
  return ntohs(reinterpret_cast<sockaddr_in&>(name).sin_port);
}

} // namespace

std::optional<std::string> seen::header(std::string_view lower_case_name) const {
  const auto found = std::ranges::find_if(
      headers, [&](const auto& field) { return field.first == lower_case_name; });
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

gate::gate() {
  if (::pipe(ends_) != 0) throw std::runtime_error{"no pipe for a gate"};
}

gate::~gate() {
  open();
  ::close(ends_[0]);
}

void gate::open() {
  const std::lock_guard guard{mutex_};
  if (ends_[1] >= 0) ::close(std::exchange(ends_[1], -1));
}

origin::origin(origin_options options)
  : options_(options), listener_(listen_on_loopback(options.ipv6)), port_(port_of(listener_)),
    acceptor_([this] { accept_all(); }) {}

origin::~origin() {
  stop();
}

std::string origin::url(std::string_view path) const {
  return url_as(options_.ipv6 ? "[::1]" : "127.0.0.1", path);
}

std::string origin::url_as(std::string_view host, std::string_view path) const {
  return "http://" + std::string{host} + ":" + std::to_string(port_) + std::string{path};
}

void origin::serve(std::string path, content what, manners how) {
  auto made = std::make_shared<route>();
  made->what = std::move(what);
  made->how = std::move(how);
  const std::lock_guard guard{mutex_};
  routes_[std::move(path)] = std::move(made);
}

void origin::answer(std::string path, hook how) {
  auto made = std::make_shared<route>();
  made->call = std::move(how);
  const std::lock_guard guard{mutex_};
  routes_[std::move(path)] = std::move(made);
}

void origin::behave(const std::string& path, manners how) {
  const std::lock_guard guard{mutex_};
  const auto found = routes_.find(path);
  if (found == routes_.end()) throw std::invalid_argument{"nothing is served at " + path};
  found->second->how = std::move(how);
}

void origin::remove(const std::string& path) {
  const std::lock_guard guard{mutex_};
  routes_.erase(path);
}

void origin::stop() {
  {
    const std::lock_guard guard{mutex_};
    if (std::exchange(stopping_, true)) return;
    ::shutdown(listener_, SHUT_RDWR);
    for (const auto& [number, socket] : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  acceptor_.join();
  ::close(listener_);
  for (auto& [number, thread] : threads_) thread.join();
}

void origin::drop_connections() {
  const std::lock_guard guard{mutex_};
  for (const auto& [number, socket] : sockets_) ::shutdown(socket, SHUT_RDWR);
}

std::vector<seen> origin::log() const {
  const std::lock_guard guard{mutex_};
  return log_;
}

std::vector<seen> origin::log(std::string_view path) const {
  std::vector<seen> out;
  const std::lock_guard guard{mutex_};
  std::ranges::copy_if(log_, std::back_inserter(out),
                       [&](const seen& request) { return request.path == path; });
  return out;
}

void origin::clear_log() {
  const std::lock_guard guard{mutex_};
  log_.clear();
}

origin_counts origin::counts() const {
  const std::lock_guard guard{mutex_};
  return counts_;
}

int origin::peak_parallel(const std::string& path) const {
  const std::lock_guard guard{mutex_};
  const auto found = routes_.find(path);
  return found == routes_.end() ? 0 : found->second->peak;
}

bool origin::wait_until_idle(milliseconds limit) const {
  return wait_until([](const origin_counts& now) { return now.connections_open == 0; }, limit);
}

bool origin::wait_for_requests(std::string_view path, int count, milliseconds limit) const {
  std::unique_lock guard{mutex_};
  return changed_.wait_for(guard, limit,
                           [&] { return std::ranges::count(log_, path, &seen::path) >= count; });
}

bool origin::wait_until(const std::function<bool(const origin_counts&)>& so,
                        milliseconds limit) const {
  std::unique_lock guard{mutex_};
  return changed_.wait_for(guard, limit, [&] { return so(counts_); });
}

void origin::accept_all() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (socket < 0) return;
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    reap();
    const std::lock_guard guard{mutex_};
    if (stopping_ || counts_.connections_open >= options_.max_connections) {
      ::close(socket);
      continue;
    }
    const int number = ++counts_.connections_made;
    ++counts_.connections_open;
    sockets_[number] = socket;
    threads_[number] = std::thread{[this, socket, number] { serve_connection(socket, number); }};
    changed_.notify_all();
  }
}

void origin::reap() {
  std::vector<std::thread> over;
  {
    const std::lock_guard guard{mutex_};
    for (const int number : std::exchange(finished_, {})) {
      over.push_back(std::move(threads_[number]));
      threads_.erase(number);
    }
  }
  for (auto& thread : over) thread.join();
}

void origin::serve_connection(int socket, int number) {
  http_peer peer{socket, number};
  for (bool more = true; more;) {
    const auto request = peer.read_request();
    if (!request) break;
    {
      const std::lock_guard guard{mutex_};
      ++counts_.requests;
      log_.push_back(*request);
      changed_.notify_all();
    }
    more = handle(peer, *request);
  }
  const std::lock_guard guard{mutex_};
  sockets_.erase(number);
  ::close(socket);
  --counts_.connections_open;
  finished_.push_back(number);
  changed_.notify_all();
}

} // namespace hive::testing
