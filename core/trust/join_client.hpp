#pragma once
/// Carries a joiner's conversation over TLS 1.3. Blocks the calling thread, with a deadline.

#include "core/trust/joiner.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace hive::trust {

/// What a renewal shows of itself; a first join has nothing to show.
struct shown_certificate {
  peer_tls files;
  std::shared_ptr<const peer_trust> trust;
};

/// One conversation with the node at `address` ("host:port"). The other side's refusal is the
/// failure. errc::foreign_hive (before anything secret was sent), unreachable, timed_out,
/// tls_failed, connection_cut.
result<join_grant> converse(joiner& who, const std::string& address,
                            const std::optional<shown_certificate>& own,
                            std::chrono::milliseconds limit = std::chrono::seconds{15});

} // namespace hive::trust
