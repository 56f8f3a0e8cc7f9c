#include "core/trust/revocations.hpp"

#include "core/base/ascii.hpp"

#include <openssl/x509.h>

#include <algorithm>

namespace hive::trust {

namespace {

constexpr std::size_t longest_serial = 40; ///< 20 bytes, as RFC 5280 (4.1.2.2) allows

bool is_serial(std::string_view text) noexcept {
  return !text.empty() && text.size() <= longest_serial && text.size() % 2 == 0 &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return ascii::is_digit(c) || (c >= 'a' && c <= 'f'); });
}

constexpr std::string_view name_of(revoked_thing what) noexcept {
  return what == revoked_thing::node ? "node" : "certificate";
}

/// What the authority signs. Neither ids nor reasons have line ends.
std::string statement(const revocations::key& what, const revocation& why) {
  return "hive revocation\n" + std::string{name_of(what.what)} + '\n' + what.id + '\n' +
         format_time(why.at) + '\n' + why.reason;
}

failure too_many() {
  return fail(errc::too_large,
              "the hive has " + std::to_string(revocations::most) +
                  " revocations, the most there may be",
              "found a new hive: this one's list no longer says who belongs to it");
}

failure no_revocations() {
  return fail(errc::unreadable_reply, "this is no list of revocations");
}

} // namespace

outcome revocations::add(key what, revocation why) {
  const bool fits = what.what == revoked_thing::node ? is_ulid(what.id) : is_serial(what.id);
  if (!fits)
    return fail(errc::bad_request,
                "there is no " + std::string{name_of(what.what)} + " by such an id");
  if (why.reason.size() > longest_reason || ascii::has_control(why.reason))
    return fail(errc::bad_request, "a reason is one line of at most 200 bytes");
  const auto there = all_.find(what);
  if (there != all_.end()) {
    there->second = std::min(there->second, why);
    return {};
  }
  if (all_.size() >= most) return too_many();
  all_.emplace(std::move(what), std::move(why));
  return {};
}

outcome revocations::add(const node_id& who, revocation why, const key_pair& authority) {
  HIVE_TRY(why.signature, authority.sign(statement({revoked_thing::node, who.value}, why)));
  return add(who, std::move(why));
}

revocations revocations::signed_by(const certificate& authority) const {
  auto* const key = X509_get0_pubkey(authority.get());
  revocations out;
  for (const auto& [what, why] : all_)
    if (is_signed(key, statement(what, why), why.signature)) out.all_.emplace(what, why);
  return out;
}

outcome revocations::merge(const revocations& other) {
  auto merged = all_;
  for (const auto& [what, why] : other.all_) {
    const auto [at, is_new] = merged.emplace(what, why);
    if (!is_new) at->second = std::min(at->second, why);
  }
  if (merged.size() > most) return too_many();
  all_ = std::move(merged);
  return {};
}

std::optional<revocation> revocations::find(const node_id& who, std::string_view serial) const {
  auto at = all_.find({revoked_thing::node, who.value});
  if (at == all_.end()) at = all_.find({revoked_thing::certificate, std::string{serial}});
  if (at == all_.end()) return std::nullopt;
  return at->second;
}

json::value revocations::to_json() const {
  json::array out;
  for (const auto& [what, why] : all_) {
    json::object one;
    one[name_of(what.what)] = what.id;
    one["at"] = format_time(why.at);
    one["reason"] = why.reason;
    one["signature"] = why.signature;
    out.emplace_back(std::move(one));
  }
  return out;
}

result<revocations> revocations::from_json(json::node from) {
  if (!from.is_array()) return no_revocations();
  revocations out;
  for (const auto& one : from.elements()) {
    const auto node = one["node"].string();
    const auto serial = one["certificate"].string();
    const auto at = parse_time(one["at"].string().value_or(""));
    const auto reason = one["reason"].string();
    const auto signature = one["signature"].string();
    if (!at || !reason || !signature || node.has_value() == serial.has_value())
      return no_revocations();
    const auto what = node ? revoked_thing::node : revoked_thing::certificate;
    if (!out.add({what, std::string{node ? *node : *serial}},
                 {*at, std::string{*reason}, std::string{*signature}}))
      return no_revocations();
  }
  return out;
}

} // namespace hive::trust
