/// Files whose server wants a token that runs out.
#include "tests/core/transfer/rig.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <mutex>

using namespace hive;
using namespace hive::testing;

namespace {

constexpr std::uint64_t big_token = 37 * mib;
constexpr std::uint64_t token_seed = 9;

/// Serves one file to whoever shows a token that is in force. Thread-safe.
class locked_server {
 public:
  explicit locked_server(std::uint64_t size, int uses = 1 << 30)
    : content_(pattern(token_seed, 0, size)), uses_(uses) {
    at.answer("/m", [this](const seen& asked) { return serve(asked); });
  }

  origin at;
  std::atomic<int> refused{0};

  std::string give() {
    const std::lock_guard hold{mutex_};
    left_ = uses_;
    return token_ = "Bearer " + std::to_string(++given_);
  }
  int given() {
    const std::lock_guard hold{mutex_};
    return given_;
  }
  plan_file file() const { return rig::file(token_seed, content_.size(), {at.url("/m")}); }

 private:
  bool open(const std::optional<std::string>& shown) {
    const std::lock_guard hold{mutex_};
    return !token_.empty() && shown == token_ && left_-- > 0;
  }

  reply serve(const seen& asked) {
    if (!open(asked.header("authorization"))) {
      ++refused;
      return {.status = 401, .headers = {{"WWW-Authenticate", "Bearer realm=\"x\""}}};
    }
    const auto range = asked.header("range");
    if (!range) return {.body = content_};
    std::size_t from = 0;
    std::size_t to = 0;
    const auto dash = range->find('-');
    std::from_chars(range->data() + 6, range->data() + dash, from);
    std::from_chars(range->data() + dash + 1, range->data() + range->size(), to);
    to = std::min(to + 1, content_.size());
    const auto part = "bytes " + std::to_string(from) + "-" + std::to_string(to - 1) + "/" +
                      std::to_string(content_.size());
    return {.status = 206,
            .headers = {{"Content-Range", part}},
            .body = content_.substr(from, to - from)};
  }

  const std::string content_;
  int uses_;
  std::mutex mutex_;
  std::string token_;
  int given_{0};
  int left_{0};
};

using answer = std::function<result<net::token>()>;

/// A keyring whose pass asks `how`, at once and on the loop.
std::shared_ptr<const net::keyring> keys_from(rig& r, answer how) {
  auto keys = std::make_shared<net::keyring>();
  keys->add(std::make_shared<net::pass>(
      [&r, how = std::move(how)](const net::reply_head&,
                                 std::function<void(result<net::token>)> done) {
        r.engine->post([how, done = std::move(done)] { done(how()); });
        return std::make_shared<int>(1);
      }));
  return keys;
}

std::shared_ptr<const net::keyring> keys_of(rig& r, locked_server& server,
                                            std::optional<std::chrono::seconds> lasts = {}) {
  const auto where = net::origin_of(server.at.url()).value();
  return keys_from(r, [&server, where, lasts]() -> result<net::token> {
    return net::token{{where, server.give()}, lasts};
  });
}

result<transfer::arrival> fetch(rig& r, const plan_file& what,
                                std::shared_ptr<const net::keyring> keys, ears& who) {
  const auto running = r.service->start({what, std::move(keys), {}}, who.listener());
  return who.wait_for_end().value_or(fail(errc::no_answer, "the transfer did not end"));
}

} // namespace

TEST_CASE("a file behind a token is fetched, and the token asked for once") {
  locked_server server{big_token};
  rig r;
  ears who;
  const auto got = fetch(r, server.file(), keys_of(r, server), who);
  if (!got) FAIL(sentence(got.why()));
  CHECK(server.given() == 1);
  CHECK(server.refused == 1);
  CHECK(r.blob_digest(got->sha256) == got->sha256);
  CHECK(who.broken().empty());
}

TEST_CASE("a token that runs out in the middle is renewed, and nothing fails") {
  const int uses = GENERATE(2, 3);
  locked_server server{big_token, uses};
  auto options = quick();
  options.lanes_per_file = 2; // as many as each token lets in
  rig r{options};
  ears who;
  const auto got = fetch(r, server.file(), keys_of(r, server), who);
  if (!got) FAIL(sentence(got.why()));
  CHECK(server.given() >= 2);
  CHECK(r.blob_digest(got->sha256) == got->sha256);
  CHECK(who.notes_of("lane-retry") == 0);
  CHECK(who.broken().empty());
}

TEST_CASE("a token that says when it ends is renewed before a server refuses it") {
  locked_server server{big_token};
  rig r;
  ears who;
  const auto keys = keys_of(r, server, std::chrono::seconds{0}); // stale from the start
  REQUIRE(fetch(r, server.file(), keys, who));
  CHECK(server.given() > 1);
  CHECK(server.refused >= 1);
}

TEST_CASE("files of one job share the token, however many ask at once") {
  locked_server server{big_token};
  rig r;
  const auto keys = keys_of(r, server);
  std::vector<std::unique_ptr<ears>> all;
  std::vector<transfer::ticket> running;
  for (std::uint64_t i = 0; i < 4; ++i) {
    auto what = server.file();
    what.expected.reset(); // each a content of its own
    what.sources[0].url += "?" + std::to_string(i);
    all.push_back(std::make_unique<ears>());
    running.push_back(r.service->start({what, keys, {}}, all.back()->listener()));
  }
  for (const auto& one : all) {
    const auto end = one->wait_for_end();
    REQUIRE(end);
    CHECK(*end);
  }
  CHECK(server.given() == 1);
}

TEST_CASE("a server that refuses what it has just given is believed after a second token") {
  locked_server server{big_token, 0};
  rig r;
  ears who;
  const auto got = fetch(r, server.file(), keys_of(r, server), who);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::credentials_rejected);
  CHECK(server.given() == 2);
}

TEST_CASE("no token is the end where nobody will give one, and a retry where they may later") {
  locked_server server{big_token};
  rig r;
  const auto where = net::origin_of(server.at.url()).value();
  SECTION("refused") {
    ears who;
    const auto keys = keys_from(
        r, []() -> result<net::token> { return fail(errc::credentials_needed, "log in"); });
    CHECK(fetch(r, server.file(), keys, who).why() == fail(errc::credentials_needed, "log in"));
  }
  SECTION("in trouble at first") {
    ears who;
    auto left = std::make_shared<int>(2);
    const auto keys = keys_from(r, [&server, where, left]() -> result<net::token> {
      if ((*left)-- > 0) return fail(errc::vendor_unavailable, "not now");
      return net::token{{where, server.give()}, {}};
    });
    const auto got = fetch(r, server.file(), keys, who);
    if (!got) FAIL(sentence(got.why()));
    CHECK(who.notes_of("lane-retry") == 2);
  }
  SECTION("in trouble for good") {
    ears who;
    const auto keys = keys_from(
        r, []() -> result<net::token> { return fail(errc::vendor_unavailable, "not now"); });
    CHECK(fetch(r, server.file(), keys, who).why().code == errc::vendor_unavailable);
  }
}

TEST_CASE("without anything to renew a 401 ends the transfer at once") {
  locked_server server{big_token};
  rig r;
  ears who;
  const auto got = fetch(r, server.file(), std::make_shared<net::keyring>(), who);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::credentials_needed);
  CHECK(server.refused == 1);
}

TEST_CASE("a transfer that is stopped while it waits for a token gives the errand up") {
  locked_server server{big_token};
  rig r;
  const auto errand = std::make_shared<std::weak_ptr<int>>();
  auto asked = std::make_shared<std::atomic<bool>>(false);
  auto keys = std::make_shared<net::keyring>();
  keys->add(std::make_shared<net::pass>(
      [errand, asked](const net::reply_head&, const std::function<void(result<net::token>)>&) {
        auto made = std::make_shared<int>(1);
        *errand = made;
        *asked = true;
        return made;
      }));
  ears who;
  auto running = r.service->start({server.file(), std::move(keys), {}}, who.listener());
  REQUIRE(r.wait_until([&] { return asked->load(); }));
  REQUIRE(stop_and_wait(running, transfer::leftover::keep));
  CHECK(r.wait_until([&] { return errand->expired(); }));
}
