#pragma once
/// The door: hive's HTTP/1.1 API on one address. One thread answers, two more read blobs; nothing
/// the door asks of a node or of the disk blocks the first.

#include "apps/http/backend.hpp"
#include "apps/web/page.hpp"
#include "core/base/result.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace hive::http {

struct door_options {
  std::string listen{"127.0.0.1:7835"}; ///< host:port or [v6]:port; port 0 picks a free one
  std::string api_token;                ///< asked for on every address that is not loopback
  std::string version;
  std::span<const web::asset> page{web::page()};
  std::size_t max_connections{1024}; ///< without event streams; more are answered 503
  std::size_t max_event_streams{12'000};
  std::size_t max_growing_bodies{64};       ///< views of actors and traces
  std::size_t event_queue_bytes{256 << 10}; ///< waiting for one event stream's client
  std::chrono::milliseconds header_deadline{
      std::chrono::seconds{10}};                                     ///< for the head of a request
  std::chrono::milliseconds idle_deadline{std::chrono::seconds{60}}; ///< between two requests
  /// For a body to arrive whole, and for each 256 KiB of a reply to leave.
  std::chrono::milliseconds transfer_deadline{std::chrono::seconds{30}};
  std::chrono::milliseconds keep_alive{
      std::chrono::seconds{15}}; ///< comment on a silent event stream
};

class door {
 public:
  /// Binds, starts the threads, subscribes to the node's events. `node` must outlive the door.
  /// errc::bad_config for an address that cannot be read, or that is not loopback without a token;
  /// errc::port_in_use.
  static result<std::unique_ptr<door>> open(door_options options, backend& node);
  /// Like `close`.
  ~door();
  door(const door&) = delete;
  door& operator=(const door&) = delete;

  /// "http://127.0.0.1:7835", with the port that was really taken; for programs on this machine.
  const std::string& url() const noexcept;

  /// Takes no more connections, ends event streams, lets running replies finish (at most 2 s),
  /// joins the threads. Idempotent. Not from a reply's callback.
  void close();

 private:
  door();
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace hive::http
