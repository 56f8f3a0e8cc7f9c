#include "vendors/oci_refusal.hpp"

#include "core/base/json.hpp"
#include "vendors/metadata.hpp"

#include <chrono>
#include <string_view>

namespace hive::vendors {

namespace {

constexpr std::size_t longest_body = 64 * 1024;

/// The code of the first error: "NAME_UNKNOWN".
std::string code_of(const net::reply& got) {
  if (got.body.size() > longest_body) return {};
  const auto body = json::parse(got.body);
  if (!body) return {};
  const auto errors = body->root()["errors"].elements();
  return errors.empty() ? std::string{} : std::string{errors[0]["code"].string().value_or("")};
}

std::string tail(const net::reply& got) {
  return answer_of(got, words_of(got));
}

failure missing(const oci_place& place, const net::reply& got) {
  const auto code = code_of(got);
  if (code == "MANIFEST_UNKNOWN" || code == "TAG_INVALID" || code == "MANIFEST_INVALID") {
    return fail(errc::revision_missing,
                place.host + " has no " + (place.pinned() ? "manifest " : "tag '") + place.version +
                    (place.pinned() ? "" : "'") + " of " + place.name + tail(got),
                "check the spelling of name and tag; without a tag 'latest' is asked for");
  }
  if (code == "NAME_UNKNOWN" || code == "NAME_INVALID") {
    return fail(errc::repo_missing, place.host + " has no " + place.name + tail(got),
                "check the spelling of host and name");
  }
  return fail(errc::repo_missing, place.shown + " is not at " + place.host + tail(got),
              "check the spelling of host, name and tag");
}

failure later(errc code, const oci_place& place, const char* what, const net::reply& got) {
  auto why = fail(code, place.shown + " " + what + tail(got));
  why.retry_after = net::retry_after(got.head.headers, written_at(got));
  return why;
}

} // namespace

std::string words_of(const net::reply& got) {
  if (got.body.size() > longest_body) return {};
  const auto body = json::parse(got.body);
  if (!body) return {};
  const auto errors = body->root()["errors"].elements();
  const auto first = errors.empty() ? body->root() : errors[0];
  std::string out{first["code"].string().value_or("")};
  auto words = first["message"].string();
  if (!words) words = first[errors.empty() ? "error" : "detail"].string();
  if (!words) words = first["details"].string();
  if (words && !words->empty()) out += (out.empty() ? "" : ": ") + std::string{*words};
  return quotable(out);
}

std::string how_to_log_in(const std::string& host) {
  const bool signs = host == "registry.ollama.ai" || host == "hf.co";
  if (signs)
    return "add the public key of identity_key (~/.ollama/id_ed25519.pub) to your account there";
  return "log in with 'docker login " + host +
         "' (registry_auth says which file is read, at the node's start), or give --token "
         "USER:PASSWORD";
}

failure oci_refusal(const oci_place& place, const net::reply& got) {
  switch (got.head.status) {
  case 401:
    return fail(errc::credentials_needed,
                place.shown + " is missing, private, or not for this login: " + place.host +
                    " does not tell which" + tail(got),
                "check the spelling; if it is private, " + how_to_log_in(place.host));
  case 403:
    return fail(errc::credentials_rejected, place.host + " refuses " + place.shown + tail(got),
                "the login given, or none, has no right to it: " + how_to_log_in(place.host));
  case 404: return missing(place, got);
  case 429:
    return later(errc::rate_limited, place, "cannot be asked for now: too many requests", got);
  default: break;
  }
  if (got.head.status == 408 || got.head.status >= 500)
    return later(errc::vendor_unavailable, place, "cannot be asked for: the registry has trouble",
                 got);
  auto why = net::failure_of_status(got.head, written_at(got));
  why.detail = place.shown + ": " + why.detail + tail(got);
  return why;
}

std::vector<refusal_rule> oci_refusal_rules(const oci_place& place) {
  return {{":status", "404", errc::entry_missing,
           place.host + " does not have a part of " + place.shown + " that its manifest names",
           "tell its owner to push it again; another tag may be whole"}};
}

} // namespace hive::vendors
