#include "vendors/oci_token.hpp"

#include "core/base/base64.hpp"
#include "core/base/percent.hpp"
#include "core/base/redact.hpp"
#include "core/net/challenge.hpp"
#include "vendors/metadata.hpp"
#include "vendors/oci_refusal.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <vector>

namespace hive::vendors {

namespace {

constexpr std::size_t longest_realm = 4096;
constexpr std::size_t longest_token = 64 * 1024;
constexpr std::chrono::seconds usual_life{60}; ///< when the token server does not say
constexpr std::chrono::seconds longest_life{std::chrono::days{365}};
/// The hex SHA-256 of nothing in base64: what Ollama's registry wants to see signed of a body.
constexpr std::string_view empty_body =
    "ZTNiMGM0NDI5OGZjMWMxNDlhZmJmNGM4OTk2ZmI5MjQyN2FlNDFlNDY0OWI5MzRjYTQ5NTk5MWI3ODUyYjg1NQ==";

using parameters = std::vector<std::pair<std::string, std::string>>;

const net::challenge* find(const std::vector<net::challenge>& all, std::string_view scheme) {
  const auto at = std::ranges::find(all, scheme, &net::challenge::scheme);
  return at == all.end() ? nullptr : &*at;
}

/// Whether a login for `registry` may be shown to `server`.
bool belongs(const net::origin& registry, const net::origin& server) {
  if (registry == server) return true;
  if (server.scheme != "https" || registry.scheme != "https" || server.port != 443) return false;
  if (registry.host == "registry-1.docker.io") return server.host == "auth.docker.io";
  return server.host.find('.') != std::string::npos && registry.host.ends_with("." + server.host);
}

/// Registries that know people by their keys.
bool knows_keys(const net::origin& registry) {
  constexpr std::array<std::string_view, 4> hosts{"registry.ollama.ai", "ollama.com", "hf.co",
                                                  "huggingface.co"};
  return net::is_loopback(registry) || std::ranges::find(hosts, registry.host) != hosts.end();
}

std::optional<login> login_for(const oci_place& place, const oci_account& who,
                               const net::origin& server) {
  const bool ours = belongs(place.where, server);
  if (const auto given = read_login(who.given); given && ours) return given;
  if (const auto own = who.known->of(server)) return own;
  return ours ? who.known->of(place.where) : std::nullopt;
}

std::string with_query(std::string url, parameters all) {
  std::ranges::sort(all);
  char between = url.find('?') == std::string::npos ? '?' : '&';
  for (const auto& [name, value] : all)
    url.append(1, std::exchange(between, '&')).append(name + "=" + percent_encode(value));
  return url;
}

/// A token request, and how it says who asks.
struct token_request {
  net::request what;
  net::origin server;
  enum class manner { nameless, login, signed_by_key } as{manner::nameless};
};

parameters asked_for(const oci_place& place, const net::challenge& why) {
  parameters out;
  if (const auto service = why.parameter("service"); !service.empty())
    out.emplace_back("service", service);
  auto scopes = why.parameter("scope");
  const auto usual = "repository:" + place.name + ":pull";
  if (scopes.empty()) scopes = usual;
  while (!scopes.empty()) {
    const auto end = std::min(scopes.find(' '), scopes.size());
    if (end > 0) out.emplace_back("scope", scopes.substr(0, end));
    scopes.remove_prefix(std::min(end + 1, scopes.size()));
  }
  return out;
}

outcome sign(token_request& to, const ssh_identity& who) {
  const auto text = "GET," + to.what.url + "," + std::string{empty_body};
  HIVE_TRY(const auto signature, who.sign(text));
  auto keys = std::make_shared<net::keyring>();
  keys->add({to.server, who.public_text() + ":" + base64_encoded(signature)});
  to.what.keys = std::move(keys);
  to.as = token_request::manner::signed_by_key;
  return {};
}

result<token_request> make_request(const oci_place& place, const oci_account& who,
                                   const net::challenge& wanted, const lockout& why) {
  const std::string realm{wanted.parameter("realm")};
  const auto server = net::origin_of(realm);
  if (!server || realm.size() > longest_realm || realm.find('#') != std::string::npos)
    return unreadable("what " + place.host + " says about logging in",
                      "its realm is no web address");
  if (auto open = net::may_follow(place.where, *server); !open) {
    return fail(errc::redirect_refused,
                place.host + " names a token server without TLS: " + redact_url(realm));
  }
  token_request out{{}, *server};
  auto all = asked_for(place, wanted);
  const auto account = login_for(place, who, *server);
  const bool signs = !account && who.identity && *server == place.where && knows_keys(place.where);
  if (signs) {
    all.emplace_back("ts", std::to_string(why.now.time_since_epoch().count()));
    all.emplace_back("nonce", base64url_encoded(why.nonce));
  }
  out.what = metadata_request(with_query(realm, std::move(all)));
  if (account) {
    auto keys = std::make_shared<net::keyring>();
    keys->add({*server, account->basic()});
    out.what.keys = std::move(keys);
    out.as = token_request::manner::login;
  }
  if (signs) HIVE_CHECK(sign(out, *who.identity));
  return out;
}

failure needed(const oci_place& place, const oci_account& who, const std::string& detail,
               const std::string& host) {
  const bool flawed = !who.flaw.empty() && knows_keys(place.where);
  return fail(errc::credentials_needed, detail,
              "check the spelling of " + place.shown + "; if it is private, " +
                  (flawed ? who.flaw : how_to_log_in(host)));
}

/// Nobody logs in to a token server by a tool, and --token is for the registry.
std::string how_to_log_in_at(const net::origin& server) {
  const bool usual = server.port == (server.scheme == "https" ? 443 : 80);
  const auto host = usual ? server.host : server.host + ":" + std::to_string(server.port);
  return "put a login under the name " + host +
         " into the file that registry_auth names ('hive doctor' shows which), and start the node "
         "again: what is for the registry is not shown to another host";
}

failure no_token(const oci_place& place, const oci_account& who, const token_request& asked,
                 const std::string& tail) {
  using manner = token_request::manner;
  const auto server = net::to_string(asked.server);
  const bool ours = belongs(place.where, asked.server);
  if (asked.as == manner::nameless) {
    auto why = needed(place, who,
                      server + " gives no token for " + place.shown + " without a login" + tail,
                      place.host);
    if (!ours) why.hint = how_to_log_in_at(asked.server);
    return why;
  }
  const bool key = asked.as == manner::signed_by_key;
  auto hint = ours ? how_to_log_in(place.host) : how_to_log_in_at(asked.server);
  return fail(errc::credentials_rejected,
              server + " does not accept the " + (key ? "key" : "login") + " for " + place.shown +
                  tail,
              (key ? "" : "check user and password: ") + std::move(hint));
}

failure refused(const oci_place& place, const oci_account& who, const token_request& asked,
                const net::reply& got) {
  const auto tail = answer_of(got, words_of(got));
  if (got.head.status == 401 || got.head.status == 403) return no_token(place, who, asked, tail);
  auto why = net::failure_of_status(got.head, written_at(got));
  if (!worth_retrying(why.code)) why.code = errc::unreadable_reply;
  why.detail = "the token server of " + place.host + ": " + why.detail + tail;
  return why;
}

result<net::token> read_token(const oci_place& place, const net::reply& got) {
  const auto where = "the token for " + place.shown;
  HIVE_TRY(const auto body, read_body(where, got));
  auto text = body.root()["token"].string();
  if (!text || text->empty()) text = body.root()["access_token"].string();
  if (!text || text->empty() || text->size() > longest_token || !fits_a_header(*text))
    return unreadable(where, "it has neither a field \"token\" nor \"access_token\" that is one");
  net::token out{{place.where, "Bearer " + std::string{*text}}, usual_life};
  if (const auto life = body.root()["expires_in"].natural(); life && *life > 0) {
    const auto most = static_cast<std::uint64_t>(longest_life.count());
    out.lasts = std::chrono::seconds{static_cast<std::int64_t>(std::min(*life, most))};
  }
  return out;
}

/// Without a token server: the login itself, each time.
result<net::token> basic_token(const oci_place& place, const oci_account& who) {
  const auto account = login_for(place, who, place.where);
  if (!account) return needed(place, who, place.host + " wants a login", place.host);
  return net::token{{place.where, account->basic()}, std::nullopt};
}

} // namespace

conversation<net::token> unlock_oci(oci_place place, oci_account who, lockout why) {
  const auto at = net::origin_of(why.refused.url);
  if (!at || *at != place.where) {
    co_return fail(errc::credentials_needed,
                   place.shown +
                       " leads to a host that wants a login: " + redact_url(why.refused.url),
                   "name that host in the reference");
  }
  if (!who.given.empty() && !read_login(who.given)) {
    co_return fail(errc::credentials_rejected,
                   place.host + " does not accept the token given with the job",
                   "a login is given as USER:PASSWORD");
  }
  const auto challenges = net::read_challenges(why.refused.headers);
  if (const auto* const bearer = find(challenges, "bearer")) {
    HIVE_CO_TRY(auto wanted, make_request(place, who, *bearer, why));
    HIVE_CO_TRY(const auto got, co_await ask(wanted.what));
    if (got.head.status != 200) co_return refused(place, who, wanted, got);
    co_return read_token(place, got);
  }
  if (find(challenges, "basic") != nullptr) co_return basic_token(place, who);
  co_return needed(place, who, place.host + " wants a login, but does not say of which kind",
                   place.host);
}

} // namespace hive::vendors
