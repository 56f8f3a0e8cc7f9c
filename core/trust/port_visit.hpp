#pragma once
/// One connection to the peer port, from its first byte until it is answered, refused or handed on.
/// Belongs to the port's thread.

#include "core/trust/attempts.hpp"
#include "core/trust/joiner.hpp"
#include "core/trust/tls_stream.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace hive::trust {

enum class visit_end : std::uint8_t { granted, refused, failed, established };

class port_visit {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  /// Decides for the node that showed this certificate (or none).
  using decision =
      std::function<result<join_grant>(const join_request&, const std::optional<peer_identity>&)>;

  port_visit(std::unique_ptr<tls_stream> stream, decision decide, time_point until);

  /// Goes on as far as the socket lets it; true when the visit is over.
  bool step();
  /// What it waits for (POLLIN or POLLOUT).
  short wants() const noexcept;

  int socket() const noexcept { return stream_->socket(); }
  time_point until() const noexcept { return until_; }
  bool is_silent() const noexcept { return stream_->received() == 0; }
  bool is_answered() const noexcept { return stage_ >= stage::answering; }
  /// How it went; empty before there is an answer or a failure.
  std::optional<visit_end> end() const noexcept { return end_; }
  /// What the log says of a refusal or a failure.
  const failure& why() const noexcept { return why_; }
  const std::string& other() const noexcept { return stream_->other(); }
  /// What was agreed on with a member that did not come to join.
  std::string_view protocol() const noexcept { return protocol_of(stream_->ssl()); }
  /// Of an established one; the visit is over.
  established release() { return stream_->release(); }

 private:
  enum class stage : std::uint8_t { handshake, listening, answering, leaving };

  tls_progress advance();
  tls_progress listen();

  std::unique_ptr<tls_stream> stream_;
  reception reception_;
  time_point until_;
  stage stage_{stage::handshake};
  tls_progress last_{tls_progress::wants_read};
  std::optional<visit_end> end_;
  failure why_;
};

} // namespace hive::trust
