#include "core/trust/attempts.hpp"
#include "core/trust/token_book.hpp"
#include "tests/core/trust/forge.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::trust;
using namespace hive::trust::test;
using namespace std::chrono_literals;

namespace {

const std::string fingerprint(64, 'a');

joiner_id somebody() {
  return {fresh_node(), std::string(64, 'b')};
}

token_book written_and_read(const token_book& book) {
  const auto text = json::text(book.to_json());
  const auto parsed = json::parse(text);
  REQUIRE(parsed);
  const auto read = token_book::from_json(parsed->root());
  REQUIRE(read);
  return *read;
}

} // namespace

TEST_CASE("a token survives being printed and read") {
  const auto made = new_token(fingerprint);
  REQUIRE(made);
  const auto text = to_string(*made);
  const auto read = parse_token("  " + text + "\n");
  REQUIRE(read);
  CHECK(read->authority == fingerprint);
  CHECK(read->id == made->id);
  CHECK(read->secret == made->secret);
  CHECK(new_token(fingerprint)->secret != made->secret);
}

TEST_CASE("a token that is none says which part is wrong, without the secret") {
  const auto good = to_string(*new_token(fingerprint));
  const auto secret = good.substr(good.rfind('.') + 1);
  struct row {
    std::string text;
    const char* words;
  };
  const row table[] = {
      {"", "empty"},
      {std::string(300, 'x'), "too long"},
      {"hvt_abc", "hv1."},
      {"hv2" + good.substr(3), "later version"},
      {"HV1" + good.substr(3), "hv1."},
      {good.substr(0, good.rfind('.')), "3 parts"},
      {good + ".x", "5 parts"},
      {"hv1.abc." + good.substr(69), "3 characters instead of 64: something is missing"},
      {"hv1." + std::string(64, 'A') + good.substr(68), "fingerprint is not lower-case hex"},
      {"hv1." + fingerprint + ".xyz." + secret, "id"},
      {good.substr(0, good.size() - 1), "42 characters instead of 43"},
      {good.substr(0, good.size() - 1) + "%", "a character that no secret has"},
  };
  for (const auto& row : table) {
    INFO(row.text);
    const auto read = parse_token(row.text);
    REQUIRE_FALSE(read);
    INFO(read.why().detail);
    CHECK(read.why().code == errc::bad_request);
    CHECK(read.why().detail.find(row.words) != std::string::npos);
    CHECK(sentence(read.why()).find(secret.substr(0, 8)) == std::string::npos);
  }
}

TEST_CASE("a token serves so many nodes, each as often as it asks") {
  token_book book;
  const auto token = book.create(fingerprint, {24h, 2}, now);
  REQUIRE(token);
  const auto a = somebody(), b = somebody(), c = somebody();
  const auto spend = [&](const joiner_id& who) {
    auto done = book.spend(token->id, token->secret, who, now + 1h);
    book = written_and_read(book);
    return done;
  };
  CHECK(spend(a));
  CHECK(spend(a));
  CHECK(book.rows().front().used.size() == 1);
  CHECK(spend(b));
  CHECK(spend(c).why().code == errc::token_used_up);
  CHECK(spend(a));
  // The same node with another key is another node.
  CHECK(spend({a.node, std::string(64, 'c')}).why().code == errc::token_used_up);
  CHECK(book.rows().front().state(now) == token_state::used_up);
}

TEST_CASE("a token is refused by its state, and only to who knows its secret") {
  token_book book;
  const auto token = book.create(fingerprint, {1h, 1}, now);
  const auto gone = book.create(fingerprint, {1h, 1}, now);
  REQUIRE(book.revoke(gone->id));
  CHECK(book.revoke("nobody").why().code == errc::not_found);
  const auto who = somebody();
  auto wrong = token->secret;
  wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
  CHECK(book.spend(token->id, wrong, who, now).why().code == errc::token_unknown);
  CHECK(book.spend(token->id, "", who, now).why().code == errc::token_unknown);
  CHECK(book.spend("0123456789abcdef", token->secret, who, now).why().code == errc::token_unknown);
  CHECK(book.spend(gone->id, token->secret, who, now).why().code == errc::token_unknown);
  CHECK(book.spend(gone->id, gone->secret, who, now).why().code == errc::token_revoked);
  CHECK(book.spend(token->id, token->secret, who, now + 1h).why().code == errc::token_expired);
  CHECK(book.spend(token->id, token->secret, who, now + 59min));
  const auto text = json::text(book.to_json());
  CHECK(text.find(token->secret) == std::string::npos);
}

TEST_CASE("terms have bounds, and dead tokens are forgotten after a week") {
  token_book book;
  for (const token_terms& terms :
       {token_terms{0s, 1}, token_terms{-1s, 1}, token_terms{366 * 24h, 1}, token_terms{1h, 0},
        token_terms{1h, 1001}})
    CHECK(book.create(fingerprint, terms, now).why().code == errc::bad_request);
  for (std::size_t i = 0; i < token_book::most; ++i)
    REQUIRE(book.create(fingerprint, {1h, 1}, now));
  CHECK(book.create(fingerprint, {1h, 1}, now).why().code == errc::too_large);
  CHECK(book.create(fingerprint, {1h, 1}, now + 8 * 24h));
  CHECK(book.rows().size() == 1);
}

TEST_CASE("a book of tokens that was tampered with is not read") {
  token_book book;
  const auto token = book.create(fingerprint, {1h, 1}, now);
  REQUIRE(book.spend(token->id, token->secret, somebody(), now));
  const auto good = json::text(book.to_json());
  const std::pair<const char*, const char*> changes[] = {{"\"uses\":1", "\"uses\":0"},
                                                         {"\"uses\":1", "\"uses\":1001"},
                                                         {"\"id\":\"", "\"id\":\"x"},
                                                         {"\"at\":\"2", "\"at\":\"x"},
                                                         {"\"key\":\"b", "\"key\":\"z"}};
  for (const auto& [from, to] : changes) {
    auto text = good;
    text.replace(text.find(from), std::string_view{from}.size(), to);
    INFO(text);
    CHECK_FALSE(token_book::from_json(json::parse(text)->root()));
  }
}

TEST_CASE("who fails five times has to wait, others need not") {
  attempts seen;
  const auto start = attempts::time_point{} + 1h;
  for (int i = 0; i < 5; ++i) {
    CHECK_FALSE(seen.barred("a", start));
    seen.failed("a", start);
  }
  REQUIRE(seen.barred("a", start));
  CHECK(*seen.barred("a", start) == 12s);
  CHECK_FALSE(seen.barred("b", start));
  CHECK(seen.barred("a", start + 11s));
  CHECK_FALSE(seen.barred("a", start + 12s));
  seen.failed("a", start + 12s);
  CHECK(seen.barred("a", start + 13s));
  CHECK_FALSE(seen.barred("a", start + 100s));
}

TEST_CASE("the table of failures has a bound") {
  attempts seen;
  const auto start = attempts::time_point{} + 1h;
  for (int i = 0; i < 5; ++i) seen.failed("newest", start + 1s);
  for (std::size_t i = 0; i < 3 * attempts::most; ++i) seen.failed(std::to_string(i), start);
  CHECK(seen.size() == attempts::most);
  CHECK(seen.barred("newest", start + 1s));
}

TEST_CASE("failures count against what one customer has") {
  CHECK(culprit("192.0.2.7") == "192.0.2.7");
  CHECK(culprit("::ffff:192.0.2.7") == "192.0.2.7");
  CHECK(culprit("2001:db8:1:2:aaaa::1") == "2001:db8:1:2::/64");
  CHECK(culprit("2001:db8:1:2:bbbb::2") == "2001:db8:1:2::/64");
  CHECK(culprit("fe80::1%eth0") == "fe80::/64");
}
