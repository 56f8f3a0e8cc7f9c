#include "core/trust/joiner.hpp"

#include "core/base/utf8.hpp"
#include "core/base/version.hpp"

#include <algorithm>

namespace hive::trust {

result<joiner> joiner::make(std::string authority, key_pair key, node_facts self) {
  HIVE_TRY(const auto request, signing_request::make(key, self.id));
  joiner out{std::move(authority), std::move(key), std::move(self)};
  out.request_.signing_request = request.pem();
  out.request_.node = out.self_.id;
  // A name is for people: one that is too long for the register is cut, not refused.
  auto name = to_utf8(out.self_.name).substr(0, node_register::longest_name);
  while (!is_utf8(name)) name.pop_back();
  out.request_.name = std::move(name);
  out.request_.version = version();
  return out;
}

result<joiner> joiner::with_token(join_token token, key_pair key, node_facts self) {
  HIVE_TRY(auto out, make(std::move(token.authority), std::move(key), std::move(self)));
  out.request_.token = token_claim{std::move(token.id), std::move(token.secret)};
  return out;
}

result<joiner> joiner::renewing(const certificate& authority, key_pair key, node_facts self) {
  return make(authority.fingerprint(), std::move(key), std::move(self));
}

result<std::string> joiner::ask(const certificate& shown) {
  if (asked_) return fail(errc::conflict, "a join is asked for once");
  if (shown.fingerprint() != authority_)
    return fail(errc::foreign_hive, "it shows an authority that is not the token's");
  asked_ = true;
  return encode(request_);
}

result<join_grant> joiner::finish(const std::string& dialled) const {
  HIVE_TRY(auto answer, decode_answer(answer_.text()));
  if (auto* why = std::get_if<failure>(&answer)) return std::move(*why);
  auto& grant = std::get<join_grant>(answer);
  HIVE_TRY(const auto own, certificate::from_pem(grant.certificate));
  HIVE_TRY(const auto authority, certificate::from_pem(grant.authority));
  if (authority.fingerprint() != authority_)
    return fail(errc::foreign_hive, "the answer is of another authority than the token's");
  const auto seen = verify_peer(own, authority, {}, peer_role::client, wall_now());
  if (!seen) return seen.error().why;
  if (seen->node != self_.id || seen->key != key_.fingerprint())
    return fail(errc::certificate_refused, "the certificate that came is for another node or key");
  std::erase(grant.members, dialled);
  grant.members.insert(grant.members.begin(), dialled);
  grant.members.resize(std::min(grant.members.size(), most_members));
  return std::move(grant);
}

std::optional<std::string> reception::take(std::string_view bytes) {
  if (answered_) return std::nullopt;
  if (auto taken = request_.take(bytes); !taken) return refuse(std::move(taken).why());
  if (!request_.is_whole()) return std::nullopt;
  auto asked = decode_request(request_.text());
  if (!asked) return refuse(std::move(asked).why());
  auto granted = decide_(*asked);
  if (!granted) return refuse(std::move(granted).why());
  auto text = encode(join_answer{std::move(*granted)});
  if (!text) return refuse(std::move(text).why());
  answered_ = true;
  return std::move(*text);
}

std::string reception::refuse(failure why) {
  answered_ = true;
  refused_ = why;
  auto text = encode(join_answer{std::move(why)});
  return text ? std::move(*text) : std::string{};
}

} // namespace hive::trust
