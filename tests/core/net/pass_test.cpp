/// Secrets bound to origins, and one that is had again.
#include "core/net/keyring.hpp"
#include "core/net/message.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace hive;
using namespace hive::net;

namespace {

const origin registry{"https", "registry.example.org", 443};
const std::string inside = "https://registry.example.org/v2/";

/// A pass whose errands wait for the test.
struct office {
  std::vector<std::function<void(result<token>)>> asked;
  std::vector<std::string> refusals;
  std::weak_ptr<void> errand;
  std::shared_ptr<pass> own = std::make_shared<pass>(
      [this](const reply_head& refused, std::function<void(result<token>)> done) {
        asked.push_back(std::move(done));
        refusals.push_back(refused.url);
        auto made = std::make_shared<int>(1);
        errand = made;
        return made;
      });

  void give(const std::string& text, std::optional<std::chrono::seconds> lasts = {}) {
    asked.back()(token{{registry, text}, lasts});
  }
};

reply_head refused_at(const std::string& url) {
  return {401, {}, url, "", 0};
}

} // namespace

TEST_CASE("a pass is empty until somebody was refused, then good for its origin alone") {
  office at;
  keyring keys;
  keys.add(at.own);
  CHECK_FALSE(keys.empty());
  CHECK_FALSE(keys.authorization_for(inside));
  CHECK(at.own->number() == 0);
  std::vector<bool> told;
  const auto refused = refused_at(inside);
  at.own->renew(0, &refused, [&](const outcome& how) { told.push_back(how.has_value()); });
  CHECK(told.empty());
  at.give("Bearer a");
  CHECK(told == std::vector<bool>{true});
  CHECK(at.errand.expired());
  CHECK(at.own->number() == 1);
  CHECK(keys.authorization_for(inside) == "Bearer a");
  for (const auto* const other :
       {"https://registry.example.org:8443/", "http://registry.example.org/", "https://storage/"})
    CHECK_FALSE(keys.authorization_for(other));
  keys.add({registry, "Bearer own"});
  CHECK(keys.authorization_for(inside) == "Bearer own");
}

TEST_CASE("however many ask, one errand runs, and whoever is late has it at once") {
  office at;
  const auto refused = refused_at(inside);
  int told = 0;
  const auto count = [&](const outcome& how) { told += how.has_value() ? 1 : 100; };
  for (int i = 0; i < 5; ++i) at.own->renew(0, &refused, count);
  CHECK(at.asked.size() == 1);
  at.give("Bearer a");
  CHECK(told == 5);
  at.own->renew(0, &refused, count);
  CHECK(told == 6);
  CHECK(at.asked.size() == 1);
  at.own->renew(1, &refused, count);
  CHECK(at.asked.size() == 2);
  at.give("Bearer b");
  CHECK(at.own->authorization_for(registry) == "Bearer b");
  CHECK(at.own->number() == 2);
}

TEST_CASE("who gets no token hears why, the old one stays, and the next may ask again") {
  office at;
  const auto refused = refused_at(inside);
  at.own->renew(0, &refused, [](const outcome&) {});
  at.give("Bearer a");
  std::vector<errc> told;
  const auto hear = [&](const outcome& how) {
    told.push_back(how ? errc::not_found : how.why().code);
  };
  at.own->renew(1, &refused, hear);
  at.asked.back()(fail(errc::vendor_unavailable, "no"));
  CHECK(told == std::vector<errc>{errc::vendor_unavailable});
  CHECK(at.own->authorization_for(registry) == "Bearer a");
  at.own->renew(1, nullptr, hear);
  CHECK(at.asked.size() == 3);
  CHECK(at.refusals == std::vector<std::string>{inside, inside, inside});
}

TEST_CASE("nobody can renew what nobody was ever refused") {
  office at;
  bool failed = false;
  at.own->renew(0, nullptr, [&](const outcome& how) { failed = !how; });
  CHECK(failed);
  CHECK(at.asked.empty());
}

TEST_CASE(
    "a token is stale before its time is over, and never when nobody said how long it lasts") {
  office at;
  const auto refused = refused_at(inside);
  at.own->renew(0, &refused, [](const outcome&) {});
  at.give("Bearer a");
  CHECK_FALSE(at.own->stale());
  at.own->renew(1, &refused, [](const outcome&) {});
  at.give("Bearer b", std::chrono::seconds{3600});
  CHECK_FALSE(at.own->stale());
  at.own->renew(2, &refused, [](const outcome&) {});
  at.give("Bearer c", std::chrono::seconds{0});
  CHECK(at.own->stale());
}

TEST_CASE("an errand nobody waits for any more is given up, and its answer does nothing") {
  office at;
  const auto refused = refused_at(inside);
  bool told = false;
  at.own->renew(0, &refused, [&](const outcome&) { told = true; });
  CHECK_FALSE(at.errand.expired());
  at.own.reset();
  CHECK(at.errand.expired());
  at.give("Bearer a");
  CHECK_FALSE(told);
}

TEST_CASE("errands that end on another thread before they are known to have begun do no harm") {
  // Each answer comes at once, from a thread of its own.
  std::vector<std::thread> threads;
  const auto own =
      std::make_shared<pass>([&](const reply_head&, std::function<void(result<token>)> done) {
        std::thread{[done = std::move(done)] { done(token{{registry, "Bearer x"}, {}}); }}.join();
        return std::make_shared<int>(1);
      });
  const auto refused = refused_at(inside);
  std::atomic<int> told{0};
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round)
        own->renew(own->number(), &refused, [&](const outcome&) { ++told; });
    });
  for (auto& one : threads) one.join();
  CHECK(told == 800);
}
