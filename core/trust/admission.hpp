#pragma once
/// The decision who gets a certificate. Pure but for the random bits of a signature.

#include "core/trust/authority.hpp"
#include "core/trust/join_message.hpp"
#include "core/trust/node_register.hpp"
#include "core/trust/revocations.hpp"
#include "core/trust/token_book.hpp"
#include "core/trust/verify.hpp"

#include <optional>

namespace hive::trust {

/// What the holder of an authority remembers. To be durable before an answer is given.
struct admission_books {
  token_book tokens;
  node_register nodes;
  revocations revoked;
};

/// `caller`: who the connection was made by, when it showed a certificate. A refusal changes
/// nothing; a node that asks again (its answer got lost) gets another certificate for the same key
/// and spends nothing. errc::token_…, node_revoked, node_taken, certificate_refused (a renewal
/// without the certificate or for another key), bad_request.
result<certificate> admit(const authority& by, admission_books& books, const join_request& asked,
                          const std::optional<peer_identity>& caller, wall_time now);

} // namespace hive::trust
