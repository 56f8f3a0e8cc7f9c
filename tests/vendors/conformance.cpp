#include "tests/vendors/conformance.hpp"

#include "core/artifact/safe_path.hpp"
#include "core/base/ascii.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

namespace hive::vendors {

namespace {

constexpr std::size_t most_questions = 5000;
constexpr std::string_view secret = "s3cret-of-this-job";

reference parsed_or_made(const std::string& text) {
  const auto what = parse_reference(text);
  INFO(text);
  REQUIRE(what);
  return *what;
}

conversation<download_plan> begin(const vendor& who, const recording& one) {
  const auto what = parsed_or_made(one.reference);
  return who.resolve(what, {what.selector, {}, {}});
}

/// Plays `one`; `change` may put another reply in place of the recorded one.
result<download_plan>
play(const vendor& who, const recording& one,
     const std::function<result<net::reply>(std::size_t, result<net::reply>)>& change = nullptr) {
  auto replies = one.replies;
  auto talk = begin(who, one);
  for (std::size_t n = 0; const auto* wanted = talk.wants(); ++n) {
    REQUIRE(n < most_questions);
    auto reply = replies.answer_to(*wanted);
    talk.answer(change ? change(n, std::move(reply)) : std::move(reply));
  }
  return std::move(talk).value();
}

void check_request(const net::request& asked, const std::vector<std::string>& allowed) {
  const auto where = net::origin_of(asked.url);
  INFO(asked.url);
  CHECK_FALSE(asked.keys);
  if (asked.method != "GET") { // of this machine's disk
    CHECK(asked.url.starts_with("file:///"));
    CHECK(asked.headers.empty());
    return;
  }
  CHECK(asked.total_timeout);
  for (const auto& [name, value] : asked.headers) CHECK(ascii::lowered(name) != "authorization");
  REQUIRE(where);
  CHECK(std::ranges::find(allowed, net::to_string(*where)) != allowed.end());
}

void check_plan(const download_plan& plan) {
  CHECK_FALSE(plan.revision.empty());
  CHECK(plan.revision != plan.requested);
  CHECK_FALSE(plan.files.empty());
  std::vector<std::string> paths;
  for (const auto& file : plan.files) {
    INFO(file.path);
    CHECK(check_relative_path(file.path));
    CHECK_FALSE(file.sources.empty());
    for (const auto& source : file.sources) {
      CHECK((net::origin_of(source.url) || source.url.starts_with("file:///")));
      CHECK(source.url.find(secret) == std::string::npos);
      for (const auto& [name, value] : source.headers)
        CHECK(ascii::lowered(name) != "authorization");
    }
    paths.push_back(file.path);
  }
  CHECK(check_no_collisions(paths));
}

void check_refusal(const recording& one, const failure& why) {
  CHECK(why.code == *one.refusal);
  // Whom it is about, in the words of whoever asked.
  const auto name = parsed_or_made(one.reference).name;
  CHECK(why.detail.find(name.substr(name.rfind('/') + 1)) != std::string::npos);
  CHECK_FALSE((why.hint.empty() && info(why.code).hint.empty()));
  if (one.situation == "rate-limited") CHECK(why.retry_after);
}

/// How many questions it asks when all goes as recorded.
std::size_t check_as_recorded(const listed_vendor& who, const vendor& v, const recording& one) {
  auto replies = one.replies;
  auto talk = begin(v, one);
  std::size_t asked = 0;
  for (; const auto* wanted = talk.wants(); ++asked) {
    REQUIRE(asked < most_questions);
    check_request(*wanted, who.asks);
    talk.answer(replies.answer_to(*wanted));
  }
  const auto got = std::move(talk).value();
  if (!got) INFO(sentence(got.why()));
  REQUIRE(got.has_value() == !one.refusal);
  if (got)
    check_plan(*got);
  else
    check_refusal(one, got.why());
  const auto again = play(v, one);
  CHECK(got.has_value() == again.has_value());
  if (got && again) CHECK(*got == *again);
  return asked;
}

/// A conversation may be dropped between any two questions (leaks and stale memory are the
/// sanitizers' to see).
void check_dropped(const vendor& v, const recording& one, std::size_t questions) {
  for (std::size_t stop = 0; stop <= questions; ++stop) {
    auto replies = one.replies;
    auto talk = begin(v, one);
    for (std::size_t n = 0; n < stop; ++n)
      if (const auto* wanted = talk.wants()) talk.answer(replies.answer_to(*wanted));
    talk.wants();
  }
}

void check_network_failures(const vendor& v, const recording& one, std::size_t questions) {
  const auto why = fail(errc::unreachable, "nobody is there");
  for (std::size_t broken = 0; broken < questions; ++broken) {
    const auto got = play(v, one, [&](std::size_t n, result<net::reply> reply) {
      return n == broken ? result<net::reply>{why} : std::move(reply);
    });
    INFO("question " << broken);
    REQUIRE_FALSE(got);
    CHECK(got.why() == why);
  }
}

/// Whatever comes, it ends: with a plan that keeps to the contract, or with words.
void check_damaged_replies(const vendor& v, const recording& one, std::size_t questions) {
  const auto half = [](net::reply r) {
    r.body.resize(r.body.size() / 2);
    return r;
  };
  const auto page = [](net::reply r) {
    r.body = "<!DOCTYPE html><title>log in</title>";
    return r;
  };
  const auto nothing = [](net::reply r) {
    r.body.clear();
    r.head.headers.clear();
    return r;
  };
  const auto other = [](net::reply r) {
    r.body = "[null,{\"a\":1e999}]";
    return r;
  };
  const auto teapot = [](net::reply r) {
    r.head.status = 418;
    return r;
  };
  for (const auto& damage :
       {std::function<net::reply(net::reply)>{half}, {page}, {nothing}, {other}, {teapot}}) {
    for (std::size_t broken = 0; broken < questions; ++broken) {
      const auto got = play(v, one, [&](std::size_t n, result<net::reply> reply) {
        if (n != broken || !reply) return reply;
        return result<net::reply>{damage(*std::move(reply))};
      });
      if (got)
        check_plan(*got);
      else
        CHECK_FALSE(got.why().detail.empty());
    }
  }
}

void check_keys(const vendor& v, const recording& one) {
  const auto what = parsed_or_made(one.reference);
  const auto keys = v.keys(what, secret);
  CHECK_FALSE(keys.authorization_for("https://somebody-else.example/"));
  CHECK_FALSE(keys.authorization_for("http://somebody-else.example/"));
  CHECK(v.keys(what, "two\r\nlines").empty());
}

} // namespace

void check_conformance(const listed_vendor& who) {
  const auto v = who.make();
  CHECK_FALSE(v->name().empty());
  CHECK_FALSE(v->serves(parsed_or_made(who.stranger)));
  for (const auto situation : situations) {
    const bool listed =
        std::ranges::any_of(who.recordings, [&](auto& r) { return r.situation == situation; });
    const bool lacking = std::ranges::find(who.lacks, situation) != who.lacks.end();
    INFO("a conversation for \"" << situation << "\", or the word that there is none");
    CHECK(listed != lacking);
  }
  for (const auto& one : who.recordings) {
    INFO(v->name() << ", " << one.situation << ": " << one.reference);
    CHECK(v->serves(parsed_or_made(one.reference)));
    const auto questions = check_as_recorded(who, *v, one);
    // A huge conversation is one for its bounds, not for each of its questions.
    if (one.situation == "huge") continue;
    check_dropped(*v, one, questions);
    check_network_failures(*v, one, questions);
    check_damaged_replies(*v, one, questions);
    check_keys(*v, one);
  }
}

} // namespace hive::vendors
