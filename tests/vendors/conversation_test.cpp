#include "vendors/conversation.hpp"

#include "tests/support/catch.hpp"
#include "tests/vendors/script.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace hive;
using namespace hive::vendors;

namespace {

/// Counts its living copies, so that a forgotten or doubled destructor shows without a sanitizer.
struct counted {
  explicit counted(int& n) : alive(&n) { ++*alive; }
  counted(const counted& other) : alive(other.alive) { ++*alive; }
  counted& operator=(const counted&) = delete;
  ~counted() { --*alive; }
  int* alive;
};

net::request request_to(std::string url) {
  net::request out;
  out.url = std::move(url);
  return out;
}

conversation<std::string> body_of(std::string url) {
  HIVE_CO_TRY(auto got, co_await ask(request_to(std::move(url))));
  co_return got.body;
}

conversation<int> nothing_asked() {
  co_return 7;
}

conversation<std::string> joined(std::vector<std::string> urls, counted mark) {
  const auto local = mark;
  std::string out;
  for (const auto& url : urls) {
    HIVE_CO_TRY(const auto part, co_await body_of(url));
    out += part;
  }
  HIVE_CO_TRY(const int seven, co_await nothing_asked());
  co_return out + std::to_string(seven);
}

conversation<std::string> nested(int depth, counted mark) {
  const auto local = mark;
  if (depth == 0) {
    HIVE_CO_TRY(auto got, co_await ask(request_to("http://a/deep")));
    co_return got.body;
  }
  HIVE_CO_TRY(const auto inner, co_await nested(depth - 1, mark));
  HIVE_CO_TRY(const auto own, co_await body_of("http://a/" + std::to_string(depth)));
  co_return inner + own;
}

conversation<int> throwing(bool later) {
  if (later) HIVE_CO_CHECK(co_await ask(request_to("http://a/")));
  throw std::runtime_error{"a library's"};
  co_return 1;
}

conversation<void> yes() {
  HIVE_CO_CHECK(co_await ask(request_to("http://a/")));
  co_return outcome{};
}

conversation<int> after_yes() {
  HIVE_CO_CHECK(co_await yes());
  co_return 1;
}

conversation<int> many_without_asking(int rounds) {
  int sum = 0;
  for (int i = 0; i < rounds; ++i) {
    HIVE_CO_TRY(const int n, co_await nothing_asked());
    sum += n;
  }
  co_return sum;
}

} // namespace

TEST_CASE("a conversation asks for replies in order and yields a value") {
  int alive = 0;
  script talk;
  talk.on("http://a/1", 200, "one ").on("http://a/2", 200, "two ");
  {
    const auto got = talk.play(joined({"http://a/1", "http://a/2"}, counted{alive}));
    REQUIRE(got);
    CHECK(*got == "one two 7");
  }
  CHECK(talk.asked == std::vector<std::string>{"GET http://a/1", "GET http://a/2"});
  CHECK(alive == 0);
}

TEST_CASE("a conversation that asks nothing is over at once") {
  auto talk = nothing_asked();
  CHECK(talk.wants() == nullptr);
  const auto got = std::move(talk).value();
  CHECK(got.value() == 7);
}

TEST_CASE("the question of the deepest nested conversation is the outermost one's") {
  int alive = 0;
  script talk;
  talk.on("http://a/deep", 200, "d").on("http://a/1", 200, "1").on("http://a/2", 200, "2");
  const auto got = talk.play(nested(2, counted{alive}));
  REQUIRE(got);
  CHECK(*got == "d12");
  CHECK(alive == 0);
}

TEST_CASE("a failure of the network ends every level with it") {
  int alive = 0;
  script talk;
  talk.broken("http://a/deep", fail(errc::timed_out, "no answer"));
  const auto got = talk.play(nested(3, counted{alive}));
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::timed_out);
  CHECK(talk.asked.size() == 1);
  CHECK(alive == 0);
}

TEST_CASE("a conversation can be dropped at any point without a leak") {
  int alive = 0;
  const int questions = GENERATE(-1, 0, 1, 2);
  {
    auto talk = nested(2, counted{alive});
    if (questions >= 0) REQUIRE(talk.wants() != nullptr);
    for (int i = 0; i < questions; ++i) {
      talk.answer(reply_of(200, "x"));
      REQUIRE(talk.wants() != nullptr);
    }
    CHECK(alive > 0);
  }
  CHECK(alive == 0);
}

TEST_CASE("a conversation goes on after it was moved in the middle") {
  auto first = body_of("http://a/1");
  REQUIRE(first.wants() != nullptr);
  auto second = std::move(first);
  REQUIRE(second.wants() != nullptr);
  CHECK(second.wants()->url == "http://a/1");
  second.answer(reply_of(200, "moved"));
  CHECK(second.wants() == nullptr);
  CHECK(std::move(second).value().value() == "moved");
}

TEST_CASE("a moved-onto conversation takes the state of the other") {
  auto running = body_of("http://a/1");
  REQUIRE(running.wants() != nullptr);
  auto fresh = body_of("http://a/2");
  running = std::move(fresh);
  REQUIRE(running.wants() != nullptr);
  CHECK(running.wants()->url == "http://a/2");
}

TEST_CASE("an exception inside a conversation becomes its failure") {
  script talk;
  talk.on("http://a/", 200);
  const auto got = talk.play(throwing(GENERATE(false, true)));
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::actor_failed);
  CHECK(got.why().detail.find("a library's") != std::string::npos);
}

TEST_CASE("a conversation may yield nothing but success") {
  script talk;
  talk.on("http://a/", 200);
  CHECK(talk.play(after_yes()).value() == 1);
  script bad;
  bad.broken("http://a/", fail(errc::unreachable, "gone"));
  CHECK(bad.play(after_yes()).why().code == errc::unreachable);
}

TEST_CASE("many nested conversations that ask nothing do not pile up") {
  script talk;
  CHECK(talk.play(many_without_asking(2000)).value() == 14000);
}
