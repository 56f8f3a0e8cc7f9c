/// What opens a registry that answered 401.
#include "core/base/base64.hpp"
#include "core/base/ssh_identity.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/ssh_key.hpp"
#include "tests/vendors/oci_fixture.hpp"
#include "vendors/registry_logins.hpp"

#include <chrono>

using namespace hive;
using namespace hive::vendors;

namespace {

using strings = std::vector<std::string>;

const std::string ghcr = "ollama:ghcr.io/org/model:v1";
const std::string ghcr_token =
    "https://ghcr.io/token?scope=repository%3Aorg%2Fmodel%3Apull&service=ghcr.io";

std::string bearer(const std::string& realm, const std::string& more = {}) {
  return R"(Bearer realm=")" + realm + "\"" + more;
}
const std::string usual =
    bearer("https://ghcr.io/token", R"(,service="ghcr.io",scope="repository:org/model:pull")");

vendor_settings logins(const strings& entries) {
  vendor_settings out;
  out.registry_logins = R"({"auths":{)" + joined(entries) + "}}";
  return out;
}
std::string login_entry(const std::string& host, const std::string& login = "me:secret") {
  return "\"" + host + R"(":{"auth":")" + base64_encoded(login) + "\"}";
}

/// A 401 of `url` with this challenge, met by whoever pulls `text`.
result<net::token> unlock(script& replies, const std::string& text, const std::string& url,
                          const std::string& challenge, const vendor_settings& settings = {},
                          const std::string& token = {}) {
  lockout why{{401, {{"www-authenticate", challenge}}, url, "", 0},
              std::chrono::sys_seconds{std::chrono::seconds{1'700'000'000}},
              std::string(16, '\xff')};
  return replies.play(
      make_oci(settings)->unlock(parse_reference(text).value(), token, std::move(why)));
}
result<net::token> unlock_ghcr(script& replies, const vendor_settings& settings = {},
                               const std::string& token = {}) {
  return unlock(replies, ghcr, "https://ghcr.io/v2/org/model/manifests/v1", usual, settings, token);
}

/// What the one token request showed of who asks.
std::optional<std::string> shown(const script& replies) {
  REQUIRE(replies.requests.size() == 1);
  const auto& asked = replies.requests[0];
  return asked.keys ? asked.keys->authorization_for(asked.url) : std::nullopt;
}

} // namespace

TEST_CASE("a token is asked for without a name where nobody is known") {
  script replies;
  replies.on(ghcr_token, 200, R"({"token":"t0ken","expires_in":300})");
  const auto got = unlock_ghcr(replies);
  REQUIRE(got);
  CHECK(replies.asked == strings{"GET " + ghcr_token});
  CHECK_FALSE(shown(replies));
  CHECK(got->what.where == net::origin_of("https://ghcr.io").value());
  CHECK(got->what.authorization == "Bearer t0ken");
  CHECK(got->lasts == std::chrono::seconds{300});
}

TEST_CASE("tokens come under two names, for a minute unless it is said, and never for years") {
  const std::pair<std::string, long> table[] = {
      {R"({"access_token":"t"})", 60},
      {R"({"token":"","access_token":"t","expires_in":0})", 60},
      {R"({"token":"t","expires_in":-5})", 60},
      {R"({"token":"t","expires_in":99999999999})", 365L * 24 * 3600}};
  for (const auto& [body, life] : table) {
    INFO(body);
    script replies;
    replies.on(ghcr_token, 200, body);
    const auto got = unlock_ghcr(replies);
    REQUIRE(got);
    CHECK(got->what.authorization == "Bearer t");
    CHECK(got->lasts == std::chrono::seconds{life});
  }
}

TEST_CASE("what is no token is not shown to anybody") {
  for (const std::string body :
       {"", "[]", "{}", R"({"token":5})", R"({"token":"a b"})", R"({"token":"a\r\nx: y"})",
        "<html>log in</html>", R"({"token":")", ""}) {
    INFO(body);
    script replies;
    replies.on(ghcr_token, 200, body);
    const auto got = unlock_ghcr(replies);
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::unreadable_reply);
  }
  script replies;
  replies.on(ghcr_token, 200, R"({"token":")" + std::string(70'000, 'x') + "\"}");
  CHECK_FALSE(unlock_ghcr(replies));
}

TEST_CASE("a login goes to its own host, the domain above it, and Docker's token server") {
  struct row {
    std::string text, realm, of;
    bool goes;
  };
  const row table[] = {
      {"ollama:ghcr.io/a/b", "https://ghcr.io/token", "ghcr.io", true},
      {"ollama:ghcr.io/a/b", "https://ghcr.io/token", "https://GHCR.io/v2/", true},
      {"ollama:registry.gitlab.com/a/b", "https://gitlab.com/jwt/auth", "registry.gitlab.com",
       true},
      {"ollama:registry.gitlab.com/a/b", "https://gitlab.com/jwt/auth", "gitlab.com", true},
      {"ollama:docker.io/ai/m", "https://auth.docker.io/token", "https://index.docker.io/v1/",
       true},
      {"ollama:docker.io/ai/m", "https://auth.docker.io/token", "docker.io", true},
      {"ollama:docker.io/ai/m", "https://auth.docker.io.evil.net/", "docker.io", false},
      {"ollama:registry.org/a/b", "https://evil.net/token", "registry.org", false},
      {"ollama:registry.org/a/b", "https://org/token", "registry.org", false},
      {"ollama:registry.org/a/b", "https://registry.org:8443/token", "registry.org", false},
      {"ollama:r.org:8443/a/b", "https://r.org:8443/token", "r.org", false},
      {"ollama:r.org:8443/a/b", "https://r.org:8443/token", "r.org:8443", true},
      {"ollama:127.0.0.1:5000/a/b", "http://127.0.0.1:5001/token", "127.0.0.1:5000", false},
      {"ollama:127.0.0.1:5000/a/b", "http://127.0.0.1:5001/token", "127.0.0.1:5001", true},
      {"ollama:ghcr.io/a/b", "https://ghcr.io/token", "ghcr.io/a", false}};
  for (const auto& row : table) {
    INFO(row.text << " " << row.realm << " " << row.of);
    const auto what = parse_reference(row.text).value();
    const bool here = what.host.starts_with("127.");
    const auto host = what.host == "docker.io" ? "registry-1.docker.io" : what.host;
    const auto place = (here ? "http://" : "https://") + host;
    script replies;
    static_cast<void>(unlock(replies, row.text, place + "/v2/", bearer(row.realm),
                             logins({login_entry(row.of)})));
    const auto key = shown(replies);
    CHECK(key.has_value() == row.goes);
    if (key) CHECK(*key == "Basic " + base64_encoded("me:secret"));
  }
}

TEST_CASE("the job's own login comes before the operator's") {
  script replies;
  static_cast<void>(unlock_ghcr(replies, logins({login_entry("ghcr.io")}), "you:other"));
  CHECK(shown(replies) == "Basic " + base64_encoded("you:other"));
}

TEST_CASE("a token given with the job is shown at once, and nothing else is tried when it fails") {
  const auto vendor = make_oci({});
  const auto what = parse_reference(ghcr).value();
  const auto keys = vendor->keys(what, "t0ken");
  CHECK(keys.authorization_for("https://ghcr.io/v2/org/model/blobs/x") == "Bearer t0ken");
  CHECK_FALSE(keys.authorization_for("https://storage.example.org/"));
  CHECK(vendor->keys(what, "").empty());
  CHECK(vendor->keys(what, "user:password").empty());
  CHECK(vendor->keys(what, "a b").empty());
  script replies;
  const auto got = unlock_ghcr(replies, logins({login_entry("ghcr.io")}), "t0ken");
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::credentials_rejected);
  CHECK(replies.asked.empty());
}

TEST_CASE("a registry that knows no tokens is shown the login itself, when it asks") {
  script replies;
  const auto url = std::string{"https://ghcr.io/v2/org/model/manifests/v1"};
  const auto got =
      unlock(replies, ghcr, url, R"(Basic realm="x")", logins({login_entry("ghcr.io")}));
  REQUIRE(got);
  CHECK(got->what.authorization == "Basic " + base64_encoded("me:secret"));
  CHECK_FALSE(got->lasts);
  CHECK(unlock(replies, ghcr, url, R"(Basic realm="x")").why().code == errc::credentials_needed);
  CHECK(unlock(replies, ghcr, url, "Negotiate").why().code == errc::credentials_needed);
  CHECK(replies.asked.empty());
}

TEST_CASE("Ollama's registry is asked with a signature, where it is its own token server") {
  vendor_settings settings;
  settings.identity_key = testing::ssh_key;
  const auto url = ollama_host + "/v2/me/private/manifests/latest";
  const auto realm = ollama_host + "/token";
  const auto challenge =
      bearer(realm, R"(,service="s/1",scope="repository:me/private:pull user:x")");
  script replies;
  const auto asked = realm + "?nonce=_____________________w&scope=repository%3Ame%2Fprivate%3Apull"
                             "&scope=user%3Ax&service=s%2F1&ts=1700000000";
  replies.on(asked, 200, R"({"token":"t"})");
  REQUIRE(unlock(replies, "ollama:me/private", url, challenge, settings));
  const auto key = shown(replies);
  REQUIRE(key);
  CHECK(key->starts_with(std::string{testing::ssh_public} + ":"));
  const auto signature = ssh_identity::parse(testing::ssh_key)
                             ->sign("GET," + asked +
                                    ",ZTNiMGM0NDI5OGZjMWMxNDlhZmJmNGM4OTk2ZmI5MjQyN2FlNDFlNDY0OWI5M"
                                    "zRjYTQ5NTk5MWI3ODUyYjg1NQ==");
  CHECK(key->ends_with(":" + base64_encoded(signature.value())));

  for (const auto& [text, at, other] :
       {std::tuple<std::string, std::string, std::string>{"ollama:me/private", url,
                                                          "https://ollama.example.net/token"},
        {ghcr, "https://ghcr.io/v2/", "https://ghcr.io/token"}}) {
    script elsewhere;
    static_cast<void>(unlock(elsewhere, text, at, bearer(other), settings));
    CHECK_FALSE(shown(elsewhere));
    CHECK(elsewhere.asked[0].find("nonce") == std::string::npos);
  }
}

TEST_CASE("a key that cannot be used is told when it would be needed") {
  vendor_settings settings;
  settings.identity_key = testing::locked_ssh_key;
  script replies;
  const auto realm = ollama_host + "/token";
  replies.on(realm + "?scope=repository%3Ame%2Fp%3Apull", 401, "");
  const auto got = unlock(replies, "ollama:me/p", ollama_host + "/v2/", bearer(realm), settings);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::credentials_needed);
  CHECK(got.why().hint.find("encrypted with a passphrase") != std::string::npos);
}

TEST_CASE("a token server without TLS, or none at all, is not asked") {
  const std::pair<std::string, errc> table[] = {
      {"http://ghcr.io/token", errc::redirect_refused},
      {"ftp://ghcr.io/token", errc::unreadable_reply},
      {"/token", errc::unreadable_reply},
      {"https://ghcr.io/token#x", errc::unreadable_reply},
      {"https://ghcr.io/" + std::string(5000, 'x'), errc::unreadable_reply}};
  for (const auto& [realm, code] : table) {
    INFO(realm.substr(0, 40));
    script replies;
    const auto got = unlock(replies, ghcr, "https://ghcr.io/v2/", bearer(realm),
                            logins({login_entry("ghcr.io")}));
    REQUIRE_FALSE(got);
    CHECK(got.why().code == code);
    CHECK(replies.asked.empty());
  }
}

TEST_CASE("a host the registry leads to gets neither token nor login") {
  script replies;
  const auto got = unlock(replies, ghcr, "https://evil.net/v2/", bearer("https://evil.net/token"),
                          logins({login_entry("ghcr.io"), login_entry("evil.net")}));
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::credentials_needed);
  CHECK(replies.asked.empty());
}

TEST_CASE("a token server that refuses is told apart, and no secret is part of it") {
  struct row {
    int status;
    bool known;
    errc code;
  };
  const row table[] = {
      {401, false, errc::credentials_needed},  {403, false, errc::credentials_needed},
      {401, true, errc::credentials_rejected}, {403, true, errc::credentials_rejected},
      {404, true, errc::unreadable_reply},     {429, true, errc::rate_limited},
      {503, true, errc::vendor_unavailable}};
  for (const auto& row : table) {
    INFO(row.status << row.known);
    script replies;
    replies.on(ghcr_token, row.status, refusal("DENIED", "not you"), {{"retry-after", "7"}});
    const auto got =
        unlock_ghcr(replies, row.known ? logins({login_entry("ghcr.io")}) : vendor_settings{});
    REQUIRE_FALSE(got);
    CHECK(got.why().code == row.code);
    CHECK(got.why().detail.find("DENIED: not you") != std::string::npos);
    CHECK(sentence(got.why()).find("secret") == std::string::npos);
    if (worth_retrying(row.code)) CHECK(got.why().retry_after == std::chrono::seconds{7});
    if (row.code == errc::credentials_needed)
      CHECK(got.why().hint.find("docker login ghcr.io") != std::string::npos);
  }
  script foreign;
  foreign.on("https://auth.example.net/token?scope=repository%3Aorg%2Fmodel%3Apull", 401, "");
  const auto got = unlock(foreign, ghcr, "https://ghcr.io/v2/",
                          bearer("https://auth.example.net/token"), {}, "you:other");
  REQUIRE_FALSE(got);
  CHECK(got.why().hint.find("a login under the name auth.example.net") != std::string::npos);
  CHECK(got.why().hint.find("docker login") == std::string::npos);
  script broken;
  broken.broken(ghcr_token, fail(errc::unreachable, "no way"));
  CHECK(unlock_ghcr(broken).why() == fail(errc::unreachable, "no way"));
}

TEST_CASE("files of logins are read as docker and podman write them, whatever else is in them") {
  const auto file = R"({"auths":{"https://index.docker.io/v1/":{"auth":"bWU6c2VjcmV0"},
    "r.org:5000":{"username":"you","password":"p:w"},"R2.org/":{"auth":"bWU6c2VjcmV0"},
    "empty":{},"odd":{"auth":"!!"},"noname":{"auth":"OnB3"},"part/of":{"auth":"bWU6c2VjcmV0"}},
    "credsStore":"desktop"})";
  const auto known = registry_logins::parse(file);
  const auto user = [&](const std::string& url) {
    const auto got = known.of(net::origin_of(url).value());
    return got ? got->user + ":" + got->password : std::string{};
  };
  CHECK(user("https://registry-1.docker.io") == "me:secret");
  CHECK(user("https://auth.docker.io/token") == "me:secret");
  CHECK(user("https://r.org:5000") == "you:p:w");
  CHECK(user("https://r.org") == "");
  CHECK(user("https://r2.org") == "me:secret");
  for (const auto* const none : {"https://empty", "https://odd", "https://noname", "https://part"})
    CHECK(user(none) == "");
  for (const auto* const text : {"", "[]", "{", R"({"auths":[]})", R"({"auths":{"x":5}})"})
    CHECK_FALSE(registry_logins::parse(text).of(net::origin_of("https://x").value()));
}
