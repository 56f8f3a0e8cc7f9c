#include "core/trust/revocations.hpp"
#include "tests/core/trust/forge.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::trust;
using namespace hive::trust::test;
using namespace std::chrono_literals;

namespace {

revocations merged(revocations a, const revocations& b) {
  REQUIRE(a.merge(b));
  return a;
}

} // namespace

TEST_CASE("revocations merge to the same set in any order, however often") {
  const auto x = fresh_node(), y = fresh_node(), z = fresh_node();
  revocations a, b, c;
  REQUIRE(a.add(x, {now, "stolen"}));
  REQUIRE(a.add(y, {now + 1h, "late"}));
  REQUIRE(b.add(y, {now, "early"}));
  REQUIRE(c.add(z, {now, "left"}));
  REQUIRE(c.add(x, {now, "lost"}));
  REQUIRE(c.add({revoked_thing::certificate, "0a1b"}, {now, ""}));
  const auto all = merged(merged(a, b), c);
  CHECK(merged(a, merged(b, c)) == all);
  CHECK(merged(c, merged(b, a)) == all);
  CHECK(merged(all, a) == all);
  CHECK(merged(all, all) == all);
  CHECK(all.all().size() == 4);
  CHECK(all.find(y, "")->reason == "early");
  CHECK(all.find(x, "")->reason == "lost");
  CHECK(all.find(fresh_node(), "0a1b"));
  CHECK_FALSE(all.find(fresh_node(), "0a1c"));
}

TEST_CASE("revocations survive being written, and nonsense is not read") {
  revocations a;
  REQUIRE(a.add(fresh_node(), {now, "a \"reason\""}));
  REQUIRE(a.add({revoked_thing::certificate, "0a1b"}, {now, ""}));
  const auto text = json::text(a.to_json());
  const auto read = revocations::from_json(json::parse(text)->root());
  REQUIRE(read);
  CHECK(*read == a);
  for (const char* bad :
       {"{}", "[{}]", "[1]",
        R"([{"node":"x","at":"2026-11-28T07:00:00.000Z","reason":"","signature":""}])",
        R"([{"certificate":"0a1b","at":"now","reason":"","signature":""}])",
        R"([{"certificate":"0a1b","at":"2026-11-28T07:00:00.000Z","reason":""}])",
        R"([{"certificate":"0a1b","at":"2026-11-28T07:00:00.000Z","signature":""}])",
        R"([{"certificate":"0A","at":"2026-11-28T07:00:00.000Z","reason":"","signature":""}])"}) {
    INFO(bad);
    CHECK_FALSE(revocations::from_json(json::parse(bad)->root()));
  }
}

TEST_CASE("a revocation counts as the authority signed it, and not otherwise") {
  const auto hive = *authority::found("rack", now);
  const auto other = *authority::found("rack", now);
  const auto who = fresh_node();
  revocations book;
  REQUIRE(book.add(who, {now, "stolen"}, hive.key()));
  CHECK(book.signed_by(hive.own()) == book);
  CHECK(book.signed_by(other.own()).all().empty());
  const auto read = revocations::from_json(json::parse(json::text(book.to_json()))->root());
  REQUIRE(read);
  CHECK(read->signed_by(hive.own()).all().size() == 1);

  const auto signature = book.all().begin()->second.signature;
  const auto stands = [&](const revocations::key& what, revocation why) {
    revocations one;
    REQUIRE(one.add(what, std::move(why)));
    return !one.signed_by(hive.own()).all().empty();
  };
  const revocations::key key{revoked_thing::node, who.value};
  CHECK(stands(key, {now, "stolen", signature}));
  CHECK_FALSE(stands({revoked_thing::node, fresh_node().value}, {now, "stolen", signature}));
  CHECK_FALSE(stands(key, {now + 1s, "stolen", signature}));
  CHECK_FALSE(stands(key, {now, "lost", signature}));
  for (const auto& bad : {std::string{}, std::string{"x"}, std::string{"0"}, std::string{"00"},
                          signature + "00", signature.substr(2), std::string(400, 'a')}) {
    INFO(bad);
    CHECK_FALSE(stands(key, {now, "stolen", bad}));
  }
}

TEST_CASE("what is revoked has a bound, an id and a reason of one line") {
  revocations a;
  CHECK(a.add(node_id{"nobody"}, {now, ""}).why().code == errc::bad_request);
  CHECK(a.add({revoked_thing::certificate, "xyz"}, {now, ""}).why().code == errc::bad_request);
  CHECK(a.add(fresh_node(), {now, "a\nb"}).why().code == errc::bad_request);
  CHECK(a.add(fresh_node(), {now, std::string(201, 'x')}).why().code == errc::bad_request);
  for (std::size_t i = 0; i < revocations::most; ++i) REQUIRE(a.add(fresh_node(), {now, ""}));
  const auto full = a;
  CHECK(a.add(fresh_node(), {now, ""}).why().code == errc::too_large);
  revocations more;
  REQUIRE(more.add(fresh_node(), {now, ""}));
  CHECK(a.merge(more).why().code == errc::too_large);
  CHECK(a == full);
}
