#include "core/trust/join_message.hpp"

#include "core/base/address.hpp"
#include "core/base/ascii.hpp"
#include "core/base/digest.hpp"
#include "core/base/json.hpp"
#include "core/base/utf8.hpp"
#include "core/trust/certificate.hpp"
#include "core/trust/node_register.hpp"
#include "core/trust/signing_request.hpp"
#include "core/trust/token.hpp"

#include <algorithm>

namespace hive::trust {

std::string framed(std::string_view text) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8)
    out += static_cast<char>(static_cast<unsigned char>(text.size() >> shift));
  return out.append(text);
}

namespace {

constexpr std::size_t longest_version = 64;
constexpr std::size_t longest_words = 1024; ///< of a refusal
constexpr std::size_t deepest = 8;

failure bad(std::string why) {
  return fail(errc::bad_request, "the join request cannot be read: " + std::move(why),
              "join with the same version of hive on both sides");
}
failure senseless(std::string why) {
  return fail(errc::unreadable_reply, "the answer to the join makes no sense: " + std::move(why),
              "check that the address is that of a node of the hive");
}

result<std::string> bounded(const json::object& what, std::size_t longest) {
  const auto text = json::text(what);
  if (text.size() > longest)
    return fail(errc::too_large,
                "a message of " + std::to_string(text.size()) + " bytes is too long for a join");
  return framed(text);
}

/// Text for people from the other side: one line, bounded.
bool is_line(std::string_view text, std::size_t longest) noexcept {
  return text.size() <= longest && !ascii::has_control(text);
}

std::string clipped(const std::string& text) {
  return to_utf8(text.substr(0, longest_words));
}

result<std::optional<token_claim>> claim_in(json::node from) {
  if (from.is_null()) return std::optional<token_claim>{};
  token_claim out{from["id"].text(), from["secret"].text()};
  if (!is_hex(out.id, join_token::id_size) || !is_secret(out.secret))
    return bad("its token is malformed");
  return std::optional{std::move(out)};
}

failure refusal_in(json::node from) {
  const auto code = errc_from_name(from["code"].text());
  auto out = fail(code.value_or(errc::actor_failed), from["detail"].text(), from["hint"].text());
  if (const auto wait = from["retry_after"].natural())
    out.retry_after = std::chrono::seconds{std::min<std::uint64_t>(*wait, 3600)};
  return out;
}

} // namespace

result<std::string> encode(const join_request& what) {
  json::object out;
  out["hive_join"] = join_version;
  if (what.token) {
    json::object token;
    token["id"] = what.token->id;
    token["secret"] = what.token->secret;
    out["token"] = std::move(token);
  }
  out["csr"] = what.signing_request;
  out["node"] = what.node.value;
  out["name"] = what.name;
  out["version"] = what.version;
  return bounded(out, longest_request);
}

result<std::string> encode(const join_answer& what) {
  json::object out;
  out["hive_join"] = join_version;
  if (const auto* grant = std::get_if<join_grant>(&what)) {
    out["certificate"] = grant->certificate;
    out["authority"] = grant->authority;
    out["members"] = json::array(grant->members.begin(), grant->members.end());
    return bounded(out, longest_answer);
  }
  const auto& why = std::get<failure>(what);
  json::object refused;
  refused["code"] = to_string(why.code);
  refused["number"] = static_cast<int>(why.code);
  refused["detail"] =
      clipped(why.detail.empty() ? std::string{info(why.code).sentence} : why.detail);
  refused["hint"] = clipped(why.hint.empty() ? std::string{info(why.code).hint} : why.hint);
  if (why.retry_after) refused["retry_after"] = why.retry_after->count();
  out["refused"] = std::move(refused);
  return bounded(out, longest_answer);
}

result<join_request> decode_request(std::string_view text) {
  if (text.size() > longest_request) return bad("it is too long");
  const auto read = json::parse(text, deepest);
  if (!read) return bad("it is no JSON");
  const auto root = read->root();
  const auto spoken = root["hive_join"].natural();
  if (!spoken) return bad("it says no version");
  if (*spoken != join_version)
    return fail(errc::unsupported,
                "the other side joins by version " + std::to_string(*spoken) +
                    ", this node speaks version " + std::to_string(join_version),
                "bring both sides to the same version of hive");
  join_request out;
  HIVE_TRY(out.token, claim_in(root["token"]));
  out.signing_request = root["csr"].text();
  out.node.value = root["node"].text();
  out.name = root["name"].text();
  out.version = root["version"].text();
  if (out.signing_request.empty() || out.signing_request.size() > signing_request::longest_pem)
    return bad("its certificate request is missing or longer than 4 KiB");
  if (!is_ulid(out.node.value)) return bad("its node id is none");
  if (!is_line(out.name, node_register::longest_name))
    return bad("its name is no line of 64 bytes");
  if (!is_line(out.version, longest_version)) return bad("its version is no line of 64 bytes");
  return out;
}

result<join_answer> decode_answer(std::string_view text) {
  if (text.size() > longest_answer) return senseless("it is too long");
  const auto read = json::parse(text, deepest);
  if (!read) return senseless("it is no JSON");
  const auto root = read->root();
  if (root["hive_join"].natural() != join_version) return senseless("it is of another version");
  if (root["refused"].is_object()) {
    auto why = refusal_in(root["refused"]);
    if (!is_line(why.detail, longest_words) || !is_line(why.hint, longest_words))
      return senseless("its reason is no line of text");
    return join_answer{std::move(why)};
  }
  join_grant out{root["certificate"].text(), root["authority"].text(), {}};
  for (const auto* pem : {&out.certificate, &out.authority})
    if (pem->empty() || pem->size() > certificate::longest_pem)
      return senseless("a certificate is missing or longer than 8 KiB");
  for (const auto& one : root["members"].elements()) {
    const auto address = one.text();
    const auto parts = split_address(address);
    if (address.size() > longest_address || !parts || !parts->port)
      return senseless("a member's address is not host:port");
    if (out.members.size() < most_members) out.members.push_back(address);
  }
  return join_answer{std::move(out)};
}

outcome message_reader::take(std::string_view bytes) {
  while (have_ < head_size && !bytes.empty()) {
    size_ = size_ << 8 | static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    ++have_;
  }
  if (have_ < head_size) return {};
  if (size_ > longest_)
    return fail(errc::too_large, "a message of " + std::to_string(size_) + " bytes is announced; " +
                                     std::to_string(longest_) + " are allowed");
  if (bytes.size() > size_ - text_.size())
    return fail(errc::bad_request, "there are bytes behind the message");
  text_.append(bytes);
  return {};
}

} // namespace hive::trust
