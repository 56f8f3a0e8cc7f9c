#include "core/trust/verify.hpp"
#include "tests/core/trust/forge.hpp"
#include "tests/support/catch.hpp"

#include <openssl/x509_vfy.h>

using namespace hive;
using namespace hive::trust;
using namespace hive::trust::test;
using namespace std::chrono_literals;

TEST_CASE("a node's certificate says who it is and is good for 90 days in both roles") {
  const auto hive = hive_called("north");
  const auto who = fresh_node();
  const auto key = fresh_key();
  const auto request = signing_request::make(key, who);
  REQUIRE(request);
  const auto made = hive.issue(*request, who, now);
  REQUIRE(made);
  for (const auto role : {peer_role::server, peer_role::client}) {
    const auto seen = verify_peer(*made, hive.own(), {}, role, now);
    REQUIRE(seen);
    CHECK(seen->hive == hive.hive());
    CHECK(seen->node == who);
    CHECK(seen->key == key.fingerprint());
    CHECK(seen->serial == made->serial());
  }
  CHECK(made->common_name() == who.value);
  CHECK(to_string(*uri_in(*made)) == "hive://" + hive.hive().value + "/" + who.value);
  CHECK(made->not_after() - now > 90 * 24h - 2s);
  CHECK(made->not_after() - now <= 90 * 24h);
  CHECK(made->serial().size() == 32);
}

TEST_CASE("who is not let in, with the reason and the alert the other side sees") {
  const auto hive = hive_called("north");
  const auto other = hive_called("south");
  const auto namesake = hive_called("north");
  const auto who = fresh_node();
  const auto uri = "URI:" + to_string(hive_uri{hive.hive(), who});
  const auto by_hive = [&](forgery how) { return forged(hive.own(), hive.key(), how); };
  forgery named;
  named.names = uri;
  const auto with = [&](auto change) {
    auto how = named;
    change(how);
    return by_hive(how);
  };
  revocations node_out;
  REQUIRE(node_out.add(who, {now, "lost"}));
  const auto good = issued(hive, who);
  revocations serial_out;
  REQUIRE(serial_out.add({revoked_thing::certificate, good.serial()}, {now, ""}));
  struct row {
    const char* what;
    certificate peer;
    revocations revoked;
    peer_role as;
    errc code;
    int alert;
    const char* words;
  };
  const auto refused = errc::certificate_refused;
  const row table[] = {
      {"expired",
       issued(hive, who, now - 91 * 24h),
       {},
       peer_role::server,
       refused,
       X509_V_ERR_CERT_HAS_EXPIRED,
       "expired on"},
      {"not yet valid",
       issued(hive, who, now + 25h),
       {},
       peer_role::server,
       refused,
       X509_V_ERR_CERT_NOT_YET_VALID,
       "clocks"},
      {"of another hive",
       issued(other, who),
       {},
       peer_role::client,
       errc::foreign_hive,
       X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
       "not issued by this hive"},
      {"of a hive with the same name",
       issued(namesake, who),
       {},
       peer_role::client,
       errc::foreign_hive,
       X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
       "not issued by this hive"},
      {"another hive's authority itself",
       other.own(),
       {},
       peer_role::server,
       errc::foreign_hive,
       X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
       "not issued by this hive"},
      {"for servers, shown by a client",
       with([](forgery& f) { f.usage = "serverAuth"; }),
       {},
       peer_role::client,
       refused,
       X509_V_ERR_INVALID_PURPOSE,
       "purpose"},
      {"for clients, shown by a server",
       with([](forgery& f) { f.usage = "clientAuth"; }),
       {},
       peer_role::server,
       refused,
       X509_V_ERR_INVALID_PURPOSE,
       "purpose"},
      {"without a name",
       with([](forgery& f) { f.names.clear(); }),
       {},
       peer_role::server,
       refused,
       X509_V_ERR_CERT_REJECTED,
       "names no node"},
      {"with the authority's name",
       with([&](forgery& f) {
         f.names = "URI:" + to_string(hive_uri{hive.hive(), {}});
       }),
       {},
       peer_role::server,
       refused,
       X509_V_ERR_CERT_REJECTED,
       "names no node"},
      {"with two names",
       with([&](forgery& f) { f.names = uri + "," + uri; }),
       {},
       peer_role::server,
       refused,
       X509_V_ERR_CERT_REJECTED,
       "names no node"},
      {"with another hive's name",
       with([&](forgery& f) {
         f.names = "URI:" + to_string(hive_uri{other.hive(), who});
       }),
       {},
       peer_role::server,
       errc::foreign_hive,
       X509_V_ERR_CERT_REJECTED,
       "another hive"},
      {"with another kind of key",
       with([](forgery& f) { f.curve = "P-384"; }),
       {},
       peer_role::server,
       refused,
       X509_V_ERR_CERT_REJECTED,
       "names no node"},
      {"the node revoked", good, node_out, peer_role::server, errc::node_revoked,
       X509_V_ERR_CERT_REVOKED, "lost"},
      {"the certificate revoked", good, serial_out, peer_role::server, errc::node_revoked,
       X509_V_ERR_CERT_REVOKED, "revoked"},
  };
  for (const auto& row : table) {
    INFO(row.what);
    const auto seen = verify_peer(row.peer, hive.own(), row.revoked, row.as, now);
    REQUIRE_FALSE(seen);
    INFO(seen.error().why.detail);
    CHECK(seen.error().why.code == row.code);
    CHECK(seen.error().x509_error == row.alert);
    CHECK(seen.error().why.detail.find(row.words) != std::string::npos);
  }
  REQUIRE(verify_peer(by_hive(named), hive.own(), {}, peer_role::server, now));
}

TEST_CASE("a clock that is wrong by most of a day still lets a node in") {
  const auto hive = hive_called("north");
  const auto made = issued(hive, fresh_node());
  CHECK(verify_peer(made, hive.own(), {}, peer_role::client, now - 23h));
  CHECK_FALSE(verify_peer(made, hive.own(), {}, peer_role::client, now - 25h));
}

TEST_CASE("a node cannot sign for others, nor its certificate stand for a hive") {
  const auto hive = hive_called("north");
  const auto who = fresh_node();
  const auto key = fresh_key();
  const auto middle = hive.issue(*signing_request::make(key, who), who, now);
  REQUIRE(middle);
  forgery how;
  how.names = "URI:" + to_string(hive_uri{hive.hive(), who});
  const auto below = forged(*middle, key, how);
  CHECK_FALSE(verify_peer(below, hive.own(), {}, peer_role::client, now));
  CHECK_FALSE(verify_peer(below, *middle, {}, peer_role::client, now));
  CHECK_FALSE(verify_authority(*middle, now));
  CHECK_FALSE(authority::restore(*middle, key));
  CHECK_FALSE(authority::restore(hive.own(), key));
  CHECK(authority::restore(hive.own(), hive.key()));
}

TEST_CASE("an authority that has ended neither signs nor counts, and nothing outlives it") {
  const auto old = authority::found("old", now - authority_term + 24h * 30);
  REQUIRE(old);
  const auto last = issued(*old, fresh_node());
  CHECK(last.not_after() == old->own().not_after());
  const auto dead = authority::found("dead", now - authority_term - 24h);
  REQUIRE(dead);
  const auto who = fresh_node();
  CHECK_FALSE(dead->issue(*signing_request::make(fresh_key(), who), who, now));
  CHECK_FALSE(verify_authority(dead->own(), now));
}

TEST_CASE("text that is no certificate is refused, whatever its kind") {
  const auto hive = hive_called("north");
  const auto pem = hive.own().pem();
  const auto node = issued(hive, fresh_node()).pem();
  const std::string bad[] = {"",
                             "hello",
                             pem.substr(0, pem.size() / 2),
                             pem.substr(0, pem.size() - 30),
                             pem + "x",
                             pem + pem,
                             std::string(certificate::longest_pem + 1, '\n') + pem,
                             std::string{pem}.replace(60, 8, "********"),
                             hive.key().pem().value()};
  for (const auto& text : bad) {
    INFO(text.substr(0, 80));
    const auto read = certificate::from_pem(text);
    REQUIRE_FALSE(read);
    CHECK(read.why().code == errc::certificate_refused);
  }
  CHECK(certificate::from_pem(pem + "\n\n"));
  CHECK(certificate_chain::from_pem(node + pem));
  CHECK_FALSE(certificate_chain::from_pem(node));
  CHECK_FALSE(certificate_chain::from_pem(node + pem + pem));
}

TEST_CASE("a key survives its PEM form, and nothing else is taken for one") {
  const auto key = fresh_key();
  const auto pem = key.pem().value();
  CHECK(key_pair::from_pem(pem)->fingerprint() == key.fingerprint());
  const std::string encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIH0MF8GCSqGSIb3\n"
                                "-----END ENCRYPTED PRIVATE KEY-----\n";
  for (const auto& text : {std::string{}, pem.substr(0, 100), pem + pem, encrypted,
                           std::string(5000, ' ') + pem, hive_called("x").own().pem()}) {
    INFO(text.substr(0, 60));
    REQUIRE_FALSE(key_pair::from_pem(text));
    CHECK(key_pair::from_pem(text).why().detail.find("PRIVATE") == std::string::npos);
  }
}

TEST_CASE("a certificate request is believed only when its own key signed it") {
  const auto who = fresh_node();
  const auto key = fresh_key();
  const auto pem = signing_request::make(key, who)->pem();
  CHECK(signing_request::from_pem(pem)->key_fingerprint() == key.fingerprint());
  // The last bytes of the text are the signature's.
  auto tampered = pem;
  const auto at = pem.find("\n-----END") - 8;
  tampered[at] = tampered[at] == 'A' ? 'B' : 'A';
  struct row {
    std::string text;
    const char* words;
  };
  const row table[] = {
      {tampered, ""},          {rsa_request(), "EC P-256"},
      {pem + pem, "follows"},  {std::string(signing_request::longest_pem, ' ') + pem, "longer"},
      {pem.substr(0, 90), ""}, {"", ""}};
  for (const auto& row : table) {
    INFO(row.text.substr(0, 80));
    const auto read = signing_request::from_pem(row.text);
    REQUIRE_FALSE(read);
    CHECK(read.why().code == errc::bad_request);
    CHECK(read.why().detail.find(row.words) != std::string::npos);
  }
}

TEST_CASE("a hive's name is one line of plain text") {
  for (const std::string& good :
       {std::string{"a"}, std::string{"Lab 3, second floor"}, std::string(64, 'x')})
    CHECK(authority::found(good, now));
  for (const std::string& bad : {std::string{}, std::string(65, 'x'), std::string{"a\nb"},
                                 std::string{" a"}, std::string{"h\xc3\xafve"}})
    CHECK(authority::found(bad, now).why().code == errc::bad_request);
}
