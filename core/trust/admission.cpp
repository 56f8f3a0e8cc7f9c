#include "core/trust/admission.hpp"

namespace hive::trust {

namespace {

/// That a renewal is asked for by the node itself, with the key it already has.
outcome check_renewal(const joiner_id& who, const std::optional<peer_identity>& caller) {
  if (!caller)
    return fail(errc::certificate_refused,
                "neither a token nor a certificate of the hive was shown");
  if (caller->node != who.node || caller->key != who.key)
    return fail(errc::certificate_refused,
                "a certificate is renewed for the node and the key it names only",
                "join the hive again for a new key");
  return {};
}

outcome check_trusted(const revocations& revoked, const node_id& who) {
  const auto why = revoked.find(who, {});
  if (!why) return {};
  return fail(errc::node_revoked, "the hive revoked node " + who.value + " on " +
                                      format_time(why->at).substr(0, 10) +
                                      (why->reason.empty() ? "" : ": " + why->reason));
}

} // namespace

result<certificate> admit(const authority& by, admission_books& books, const join_request& asked,
                          const std::optional<peer_identity>& caller, wall_time now) {
  HIVE_TRY(const auto request, signing_request::from_pem(asked.signing_request));
  const joiner_id who{asked.node, request.key_fingerprint()};
  auto tokens = books.tokens;
  HIVE_CHECK(asked.token ? tokens.spend(asked.token->id, asked.token->secret, who, now)
                         : check_renewal(who, caller));
  HIVE_CHECK(check_trusted(books.revoked, who.node));
  HIVE_CHECK(books.nodes.check(who));
  HIVE_TRY(auto made, by.issue(request, who.node, now));
  books.tokens = std::move(tokens);
  books.nodes.enter(who.node, {who.key, asked.name, made.serial(), now, made.not_after()});
  return made;
}

} // namespace hive::trust
