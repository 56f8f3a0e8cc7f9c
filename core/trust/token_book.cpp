#include "core/trust/token_book.hpp"

#include "core/base/digest.hpp"

#include <openssl/crypto.h>

#include <algorithm>

namespace hive::trust {

namespace {

/// Takes as long for a wrong text as for the right one; both are SHA-256 in hex.
bool same_digest(const std::string& a, const std::string& b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

failure no_token_book() {
  return fail(errc::unreadable_reply, "this is no list of tokens");
}

json::object to_json(const token_use& use) {
  json::object out;
  out["node"] = use.who.node.value;
  out["key"] = use.who.key;
  out["at"] = format_time(use.at);
  return out;
}

json::object to_json(const token_row& row) {
  json::object out;
  out["id"] = row.id;
  out["secret_sha256"] = row.secret_sha256;
  out["created"] = format_time(row.created);
  out["expires"] = format_time(row.expires);
  out["uses"] = row.uses;
  out["revoked"] = row.revoked;
  json::array used;
  for (const auto& one : row.used) used.emplace_back(to_json(one));
  out["used"] = std::move(used);
  return out;
}

result<token_use> use_from(json::node from) {
  HIVE_TRY(const auto at, parse_time(from["at"].string().value_or("")));
  const auto node = from["node"].string();
  const auto key = from["key"].string();
  if (!node || !is_ulid(*node) || !key || !is_hex(*key, 64)) return no_token_book();
  return token_use{{node_id{std::string{*node}}, std::string{*key}}, at};
}

result<token_row> row_from(json::node from) {
  token_row out;
  out.id = from["id"].string().value_or("");
  out.secret_sha256 = from["secret_sha256"].string().value_or("");
  out.uses = from["uses"].natural().value_or(0);
  out.revoked = from["revoked"].boolean().value_or(true);
  HIVE_TRY(out.created, parse_time(from["created"].string().value_or("")));
  HIVE_TRY(out.expires, parse_time(from["expires"].string().value_or("")));
  if (!is_hex(out.id, join_token::id_size) || !is_hex(out.secret_sha256, 64) || out.uses == 0 ||
      out.uses > token_book::most_uses)
    return no_token_book();
  for (const auto& one : from["used"].elements()) {
    HIVE_TRY(auto use, use_from(one));
    out.used.push_back(std::move(use));
  }
  if (out.used.size() > out.uses) return no_token_book();
  return out;
}

} // namespace

std::string_view to_string(token_state s) noexcept {
  switch (s) {
  case token_state::open: return "open";
  case token_state::expired: return "expired";
  case token_state::used_up: return "used up";
  case token_state::revoked: break;
  }
  return "revoked";
}

token_state token_row::state(wall_time now) const noexcept {
  if (revoked) return token_state::revoked;
  if (now >= expires) return token_state::expired;
  return used.size() >= uses ? token_state::used_up : token_state::open;
}

result<join_token> token_book::create(const std::string& authority, const token_terms& terms,
                                      wall_time now) {
  if (terms.ttl <= std::chrono::seconds{0} || terms.ttl > longest_ttl)
    return fail(errc::bad_request, "a token lives for at least 1 second and at most 365 days",
                "choose another --ttl");
  if (terms.uses == 0 || terms.uses > most_uses)
    return fail(errc::bad_request, "a token can be used 1 to 1000 times", "choose another --uses");
  std::erase_if(rows_, [&](const token_row& row) { return now >= row.expires + memory; });
  if (rows_.size() >= most)
    return fail(errc::too_large, "there are 256 tokens already",
                "give tokens more --uses; old ones are forgotten a week after they expire");
  HIVE_TRY(auto made, new_token(authority));
  rows_.push_back({made.id, sha256_hex(made.secret), now, now + terms.ttl, terms.uses, {}, false});
  return made;
}

outcome token_book::spend(const std::string& id, std::string_view secret, const joiner_id& who,
                          wall_time now) {
  const auto given = sha256_hex(secret);
  const auto row =
      std::find_if(rows_.begin(), rows_.end(), [&](const token_row& one) { return one.id == id; });
  const auto& kept = row == rows_.end() ? sha256_hex({}) : row->secret_sha256;
  const bool same = same_digest(given, kept);
  if (!same || row == rows_.end())
    return fail(errc::token_unknown, "the hive does not know this join token");
  if (row->revoked) return fail(errc::token_revoked, "token " + id + " has been revoked");
  if (now >= row->expires)
    return fail(errc::token_expired, "token " + id + " expired at " + format_time(row->expires));
  const bool again = std::any_of(row->used.begin(), row->used.end(),
                                 [&](const token_use& use) { return use.who == who; });
  if (again) return {};
  if (row->used.size() >= row->uses)
    return fail(errc::token_used_up, "token " + id + " could be used " + std::to_string(row->uses) +
                                         (row->uses == 1 ? " time" : " times") + " and has been");
  row->used.push_back({who, now});
  return {};
}

outcome token_book::revoke(const std::string& id) {
  for (auto& row : rows_) {
    if (row.id != id) continue;
    row.revoked = true;
    return {};
  }
  return fail(errc::not_found, "there is no token " + id.substr(0, 32),
              "list them with 'hive token ls'");
}

json::value token_book::to_json() const {
  json::array out;
  for (const auto& row : rows_) out.emplace_back(trust::to_json(row));
  return out;
}

result<token_book> token_book::from_json(json::node from) {
  if (!from.is_array()) return no_token_book();
  token_book out;
  for (const auto& one : from.elements()) {
    auto row = row_from(one);
    if (!row) return no_token_book();
    out.rows_.push_back(std::move(*row));
  }
  if (out.rows_.size() > most) return no_token_book();
  return out;
}

} // namespace hive::trust
