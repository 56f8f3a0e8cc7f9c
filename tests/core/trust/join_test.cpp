#include "core/trust/joiner.hpp"
#include "tests/core/trust/forge.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include <sys/stat.h>

using namespace hive;
using namespace hive::trust;
using namespace hive::trust::test;
using namespace std::chrono_literals;

namespace {

/// What `asked` is answered, byte by byte, as a failure or nothing.
std::string conversation(const std::string& request, const reception::decision& decide) {
  reception desk{decide};
  for (std::size_t i = 0; i < request.size(); ++i) {
    auto answer = desk.take(request.substr(i, 1));
    if (answer) return *answer;
  }
  return {};
}

mode_t mode_of(const std::filesystem::path& what) {
  struct stat seen {};
  REQUIRE(::stat(what.c_str(), &seen) == 0);
  return seen.st_mode & 07777;
}

} // namespace

TEST_CASE("a node joins: the request leaves for the right authority only, and only once") {
  founder hive;
  const auto token = hive.hive.create_token({1h, 1}, now);
  REQUIRE(token);
  const auto who = fresh_node();
  auto node = joiner::with_token(*token, fresh_key(), {who, "second"});
  REQUIRE(node);
  const auto stranger = hive_called("test hive");
  const auto refused = node->ask(stranger.own());
  REQUIRE_FALSE(refused);
  CHECK(refused.why().code == errc::foreign_hive);
  const auto request = node->ask(hive.hive.chain().authority);
  REQUIRE(request);
  CHECK(node->ask(hive.hive.chain().authority).why().code == errc::conflict);
  const auto answer = conversation(*request, [&](const join_request& asked) {
    return hive.hive.admit(asked, std::nullopt, now);
  });
  for (const char byte : answer) REQUIRE(node->take({&byte, 1}));
  REQUIRE(node->is_answered());
  const auto grant = node->finish("host:7836");
  REQUIRE(grant);
  CHECK(grant->members == std::vector<std::string>{"host:7836"});
  const auto own = certificate::from_pem(grant->certificate);
  CHECK(verify_peer(*own, hive.hive.chain().authority, {}, peer_role::client, now)->node == who);
}

TEST_CASE("a refusal arrives with its number, its reason and what to do") {
  founder hive;
  const auto token = hive.hive.create_token({1h, 1}, now);
  REQUIRE(hive.hive.revoke_token(token->id));
  auto node = joiner::with_token(*token, fresh_key(), {fresh_node(), "second"});
  const auto answer =
      conversation(*node->ask(hive.hive.chain().authority), [&](const join_request& asked) {
        return hive.hive.admit(asked, std::nullopt, now);
      });
  REQUIRE(node->take(answer));
  const auto got = node->finish("host:1");
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::token_revoked);
  CHECK(got.why().detail.find(token->id) != std::string::npos);
  CHECK_FALSE(got.why().hint.empty());
}

TEST_CASE("an answer for another key, node or authority is not taken") {
  founder hive, other;
  const auto who = fresh_node();
  const auto key = fresh_key();
  const auto& authority = hive.hive.chain().authority;
  const auto grant_of = [](founder& by, const join_request& asked) {
    const auto token = by.hive.create_token({1h, 1}, now);
    return *by.hive.admit(with_token(asked, *token), std::nullopt, now);
  };
  const auto finish = [&](join_grant grant) {
    const auto token = hive.hive.create_token({1h, 1}, now);
    auto node = joiner::with_token(*token, key, {who, "second"});
    REQUIRE(node->ask(authority));
    REQUIRE(node->take(*encode(join_answer{std::move(grant)})));
    return node->finish("host:1");
  };
  const auto good = grant_of(hive, request_of(key, who));
  CHECK(finish(good));
  CHECK(finish(grant_of(hive, request_of(fresh_key(), fresh_node()))).why().code ==
        errc::certificate_refused);
  CHECK(finish(grant_of(hive, request_of(key, fresh_node()))).why().code ==
        errc::certificate_refused);
  CHECK(finish(grant_of(other, request_of(key, who))).why().code == errc::foreign_hive);
  auto mixed = grant_of(other, request_of(key, who));
  mixed.authority = good.authority;
  CHECK(finish(mixed).why().code == errc::foreign_hive);
  auto cut = good;
  cut.certificate.resize(cut.certificate.size() / 2);
  CHECK(finish(cut).why().code == errc::certificate_refused);
}

TEST_CASE("who is admitted, and what a refusal leaves as it was") {
  founder hive;
  const auto token = hive.hive.create_token({1h, 1}, now);
  const auto who = fresh_node();
  const auto key = fresh_key();
  const auto ask = [&](const join_request& what,
                       const std::optional<peer_identity>& caller = std::nullopt) {
    return hive.hive.admit(what, caller, now);
  };
  const auto used = [&] { return hive.hive.books().tokens()->rows().front().used.size(); };
  const auto asked = with_token(request_of(key, who), *token);

  auto tampered = asked;
  tampered.signing_request = rsa_request();
  CHECK(ask(tampered).why().code == errc::bad_request);
  // A node id that is known belongs to its key, and the token is not spent on the attempt.
  const auto thief = with_token(request_of(fresh_key(), hive.hive.node()), *token);
  CHECK(used() == 0);
  const auto first = ask(asked);
  REQUIRE(first);
  CHECK(used() == 1);
  const auto again = ask(asked);
  REQUIRE(again);
  CHECK(used() == 1);
  CHECK(ask(with_token(request_of(fresh_key(), fresh_node()), *token)).why().code ==
        errc::token_used_up);
  const auto fresh = hive.hive.create_token({1h, 5}, now);
  CHECK(ask(with_token(request_of(fresh_key(), who), *fresh)).why().code == errc::node_taken);
  CHECK(hive.hive.books().tokens()->rows().back().used.empty());

  // Renewal: by the certificate, for the same node and key.
  const auto cert = certificate::from_pem(again->certificate);
  const auto self = *verify_peer(*cert, hive.hive.chain().authority, {}, peer_role::client, now);
  CHECK(ask(request_of(key, who), self));
  CHECK(ask(request_of(key, who)).why().code == errc::certificate_refused);
  CHECK(ask(request_of(fresh_key(), who), self).why().code == errc::certificate_refused);
  CHECK(ask(request_of(key, fresh_node()), self).why().code == errc::certificate_refused);

  REQUIRE(hive.hive.revoke(who, "stolen", now));
  CHECK(ask(request_of(key, who), self).why().code == errc::node_revoked);
  CHECK(ask(with_token(request_of(key, who), *fresh)).why().code == errc::node_revoked);
  CHECK(hive.hive.books().tokens()->rows().back().used.empty());
  CHECK(hive.hive.revoke(fresh_node(), "", now).why().code == errc::not_found);
  CHECK(hive.hive.revoke(hive.hive.node(), "", now).why().code == errc::conflict);
}

TEST_CASE("one use is spent once, however many ask at the same time") {
  founder hive;
  const auto token = hive.hive.create_token({1h, 1}, now);
  std::array<errc, 4> outcomes{};
  std::array<std::thread, 4> threads;
  for (std::size_t i = 0; i < threads.size(); ++i)
    threads[i] = std::thread{[&, i] {
      auto own = hive_folder::open(hive.home.where);
      const auto got =
          own->admit(with_token(request_of(fresh_key(), fresh_node()), *token), std::nullopt, now);
      outcomes[i] = got ? errc{} : got.why().code;
    }};
  for (auto& one : threads) one.join();
  CHECK(std::count(outcomes.begin(), outcomes.end(), errc{}) == 1);
  CHECK(std::count(outcomes.begin(), outcomes.end(), errc::token_used_up) == 3);
}

TEST_CASE("a home founds one hive, keeps its keys to itself and never replaces them") {
  founder hive;
  const hive_files files{hive.home.where};
  CHECK(mode_of(files.folder()) == 0700);
  CHECK(mode_of(files.authority_key()) == 0600);
  CHECK(mode_of(files.key()) == 0600);
  CHECK(hive.hive.issues());
  const auto before = store::test::read_file(files.authority_key());
  const auto again = hive_folder::found(hive.home.where, "other", {fresh_node(), "x"}, now);
  REQUIRE_FALSE(again);
  CHECK(again.why().code == errc::conflict);
  CHECK(again.why().detail.find("test hive") != std::string::npos);
  CHECK(store::test::read_file(files.authority_key()) == before);
  CHECK_FALSE(std::filesystem::exists(hive.home.where.node() / "hive-draft"));
}

TEST_CASE("a member is settled, keeps its key, takes a new certificate, and no other hive") {
  founder hive, other;
  store::test::scratch_home home;
  const auto who = fresh_node();
  CHECK(hive_folder::open(home.where).why().code == errc::no_hive);
  const auto key = hive_folder::joining_key(home.where);
  REQUIRE(key);
  CHECK(hive_folder::joining_key(home.where)->fingerprint() == key->fingerprint());
  CHECK(mode_of(hive_files{home.where}.joining_key()) == 0600);
  const auto grant_of = [&](founder& by) {
    const auto token = by.hive.create_token({1h, 1}, now);
    return *by.hive.admit(with_token(request_of(*key, who), *token), std::nullopt, now);
  };
  auto grant = grant_of(hive);
  grant.members = {"a:1", "b:2"};
  const auto member = hive_folder::settle(home.where, grant, now);
  REQUIRE(member);
  CHECK(member->node() == who);
  CHECK(member->hive() == hive.hive.hive());
  CHECK(member->members() == std::vector<std::string>{"a:1", "b:2"});
  CHECK(member->key()->fingerprint() == key->fingerprint());
  CHECK_FALSE(std::filesystem::exists(hive_files{home.where}.joining_key()));
  CHECK_FALSE(member->issues());
  auto own = hive_folder::open(home.where);
  CHECK(own->create_token({1h, 1}, now).why().code == errc::not_issuer);
  CHECK(own->create_token({1h, 1}, now).why().hint.find("a:1") != std::string::npos);

  const auto old = own->chain().own.serial();
  REQUIRE(hive_folder::settle(home.where, grant_of(hive), now));
  CHECK(hive_folder::open(home.where)->chain().own.serial() != old);
  CHECK(hive_folder::settle(home.where, grant_of(other), now).why().code == errc::conflict);
  CHECK(hive_folder::found(home.where, "new", {who, "x"}, now).why().code == errc::conflict);
}

TEST_CASE("what of a hive's folder is damaged is named") {
  founder hive;
  const hive_files files{hive.home.where};
  store::test::write_file(files.tokens(), "{");
  const auto token = hive.hive.create_token({1h, 1}, now);
  REQUIRE_FALSE(token);
  CHECK(token.why().detail.find("tokens.json") != std::string::npos);
  store::test::write_file(files.certificate(), "x");
  const auto opened = hive_folder::open(hive.home.where);
  REQUIRE_FALSE(opened);
  CHECK(opened.why().code == errc::bad_config);
  CHECK(opened.why().detail.find("node.pem") != std::string::npos);
}

TEST_CASE("a message is put together with its bound in sight") {
  message_reader reader{10};
  REQUIRE(reader.take(std::string_view{"\0\0", 2}));
  REQUIRE(reader.take(std::string_view{"\0\x04", 2}));
  CHECK_FALSE(reader.is_whole());
  REQUIRE(reader.take("ab"));
  REQUIRE(reader.take("cd"));
  CHECK(reader.is_whole());
  CHECK(reader.text() == "abcd");
  CHECK(reader.take("e").why().code == errc::bad_request);
  message_reader huge{10};
  CHECK(huge.take(std::string_view{"\x40\0\0\0", 4}).why().code == errc::too_large);
  CHECK(huge.text().capacity() < 64);
}

TEST_CASE("a request that cannot be read is answered with what is wrong") {
  const auto good =
      with_token(request_of(fresh_key(), fresh_node()), *new_token(std::string(64, 'a')));
  const auto text = encode(good)->substr(4);
  REQUIRE(decode_request(text));
  CHECK(decode_request(text)->token->secret == good.token->secret);
  const auto changed = [&](const std::string& from, const std::string& to) {
    auto out = text;
    out.replace(out.find(from), from.size(), to);
    return out;
  };
  struct row {
    std::string text;
    errc code;
    const char* words;
  };
  const row table[] = {
      {"", errc::bad_request, "no JSON"},
      {"[]", errc::bad_request, "no version"},
      {changed("\"hive_join\":1", "\"hive_join\":2"), errc::unsupported, "version 2"},
      {changed(good.token->secret, "short"), errc::bad_request, "token is malformed"},
      {changed("\"id\":\"", "\"id\":\"x"), errc::bad_request, "token is malformed"},
      {changed(good.node.value, "me"), errc::bad_request, "node id"},
      {changed("a node", "a\\nnode"), errc::bad_request, "name"},
      {changed("a node", std::string(65, 'x')), errc::bad_request, "name"},
      {changed("-----BEGIN", std::string(5000, 'x')), errc::bad_request, "4 KiB"},
      {std::string(longest_request + 1, ' '), errc::bad_request, "too long"},
      {std::string(64, '['), errc::bad_request, "no JSON"},
  };
  for (const auto& row : table) {
    INFO(row.text.substr(0, 120));
    const auto read = decode_request(row.text);
    REQUIRE_FALSE(read);
    CHECK(read.why().code == row.code);
    CHECK(read.why().detail.find(row.words) != std::string::npos);
    CHECK(sentence(read.why()).find(good.token->secret) == std::string::npos);
  }
}

TEST_CASE("an answer that makes no sense is not taken for one") {
  const std::pair<const char*, const char*> table[] = {
      {"", "no JSON"},
      {"{}", "another version"},
      {R"({"hive_join":1})", "missing"},
      {R"({"hive_join":1,"certificate":"x","authority":"y","members":["nowhere"]})", "host:port"},
      {R"({"hive_join":1,"refused":{"code":"token_expired","detail":"a\nb"}})", "no line"}};
  for (const auto& [text, words] : table) {
    INFO(text);
    const auto read = decode_answer(text);
    REQUIRE_FALSE(read);
    CHECK(read.why().code == errc::unreadable_reply);
    CHECK(read.why().detail.find(words) != std::string::npos);
  }
  const auto later =
      decode_answer(R"({"hive_join":1,"refused":{"code":"from_2030","detail":"d"}})");
  REQUIRE(later);
  CHECK(std::get<failure>(*later).code == errc::actor_failed);
}
