#pragma once
/// Where other machines reach a node: TLS 1.3 on one address, one thread, nothing of CAF. The
/// protocol is agreed on in the handshake (ALPN): joins and renewals are answered here; for all
/// others a member's certificate is demanded in the handshake, and the connection handed to their
/// taker. What somebody unknown can cost is bounded: 64 connections, each 16 KiB of input and 5 s,
/// and 512 more that the system has taken and nobody has heard yet.
///
/// When all 64 are taken, a new connection takes the place of one that has said nothing in 20 ms,
/// else of the oldest: whoever only holds sockets open cannot keep others out.

#include "core/base/result.hpp"
#include "core/store/home.hpp"
#include "core/trust/established.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace hive::trust {

struct peer_port_options {
  std::string listen; ///< host:port or [v6]:port; port 0 picks a free one
  store::home home;   ///< belongs to a hive
  /// Addresses of nodes, for those who join; any thread. May be empty.
  std::function<std::vector<std::string>()> members;
  /// By the protocol's name; what is not here is refused in the handshake.
  trust::takers takers;

  std::size_t most_open{64};
  std::size_t longest_input{16 << 10};                         ///< raw bytes of one connection
  std::chrono::milliseconds deadline{std::chrono::seconds{5}}; ///< of one connection
  /// In which a connection is not sent away for the next one.
  std::chrono::milliseconds grace{20};
};

struct port_counts {
  std::uint64_t open{0};
  std::uint64_t accepted{0};
  std::uint64_t granted{0};
  std::uint64_t established{0}; ///< handed to their taker
  std::uint64_t refused{0};     ///< told why
  std::uint64_t failed{0};      ///< no TLS, or gone
  std::uint64_t late{0};        ///< their time was over
  std::uint64_t displaced{0};   ///< had to make room
};

class peer_port {
 public:
  /// errc::no_hive, bad_config, port_in_use.
  static result<std::unique_ptr<peer_port>> open(peer_port_options options);
  /// Ends the thread and every connection.
  ~peer_port();
  peer_port(const peer_port&) = delete;
  peer_port& operator=(const peer_port&) = delete;

  /// "127.0.0.1:7836", with the port that was really taken.
  const std::string& address() const noexcept;
  /// Any thread.
  port_counts counts() const;

 private:
  explicit peer_port(peer_port_options options);
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace hive::trust
