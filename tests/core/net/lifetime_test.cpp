#include "tests/core/net/network.hpp"

#include <atomic>
#include <filesystem>
#include <thread>

#include <unistd.h>

using namespace hive;
using namespace hive::net;
using namespace hive::net::testing;
using support::generated;
using support::pattern;
using support::text;

TEST_CASE("a paused exchange holds the server back and loses nothing") {
  constexpr std::size_t size = 32 << 20;
  support::origin o;
  o.serve("/f", generated(5, size));
  auto e = start_engine();
  recorder r;
  std::atomic<bool> full{true};
  std::promise<void> paused;
  std::once_flag once;
  r.body_came = [&](std::span<const std::byte>) -> result<taken> {
    if (!full) return taken::all;
    std::call_once(once, [&] { paused.set_value(); });
    return taken::pause;
  };
  // Paused for longer than the idle limit: that must not count as silence. A busy machine may make
  // the server silent for a while itself.
  r.start(*e, {.url = o.url("/f"), .idle_timeout = 2s});
  REQUIRE(paused.get_future().wait_for(patience) == std::future_status::ready);
  std::promise<void> later;
  timer waiting;
  on_loop(*e, [&] { waiting = e->after(2500ms, [&] { later.set_value(); }); });
  REQUIRE(later.get_future().wait_for(patience) == std::future_status::ready);
  CHECK(r.ends() == 0);
  CHECK(r.body().empty());
  CHECK(o.counts().bytes_sent < size); // what the kernel's buffers take, no more
  full = false;
  on_loop(*e, [&] { r.running.resume(); });
  REQUIRE(r.wait());
  CHECK(r.body() == pattern(5, 0, size));
  CHECK(e->counts().bytes_received == size);
}

TEST_CASE("an exchange can pause at every single call") {
  constexpr std::size_t size = 1 << 20;
  support::origin o;
  o.serve("/f", generated(5, size));
  auto e = start_engine();
  recorder r;
  bool first = false;
  r.body_came = [&](std::span<const std::byte>) -> result<taken> {
    first = !first;
    if (!first) return taken::all;
    r.running.resume(); // before the pause itself: it must not get lost
    return taken::pause;
  };
  r.start(*e, {.url = o.url("/f")});
  REQUIRE(r.wait());
  CHECK(r.body() == pattern(5, 0, size));
}

TEST_CASE("destroying an exchange closes its socket at once") {
  support::origin o;
  o.serve("/f", generated(5, 1ull << 40), {.slow = 4 << 20}); // the recorder keeps all of it
  o.serve("/silent", text("x"), {.hold = std::make_shared<support::gate>()});
  auto e = start_engine();
  recorder body;
  recorder head;
  body.start(*e, {.url = o.url("/f")});
  head.start(*e, {.url = o.url("/silent")});
  REQUIRE(body.wait_for_body(100'000));
  REQUIRE(o.wait_for_requests("/silent", 1));
  on_loop(*e, [&] {
    body.running = {};
    head.running = {};
    CHECK(e->counts().exchanges_open == 0); // not some time later
  });
  CHECK(o.wait_until_idle(1s));
  CHECK(body.ends() == 0);
  CHECK(head.ends() == 0);
  CHECK(e->counts().exchanges_open == 0);
}

TEST_CASE("an exchange may be destroyed in any of its own calls") {
  support::origin o;
  o.serve("/f", generated(5, 1 << 20));
  o.serve("/go", text(""), {.redirect = "/f"});
  auto e = start_engine();
  recorder r;
  std::promise<void> reached;
  const auto leave = [&] {
    r.running = {};
    reached.set_value();
  };
  bool closes = true;
  SECTION("at a hop") {
    r.hop = [&](const reply_head&) -> outcome {
      leave();
      return {};
    };
  }
  SECTION("at the head") {
    r.head_came = [&](const reply_head&) -> outcome {
      leave();
      return {};
    };
  }
  SECTION("in the body") {
    r.body_came = [&](std::span<const std::byte>) -> result<taken> {
      leave();
      return taken::all;
    };
  }
  SECTION("while pausing") {
    r.body_came = [&](std::span<const std::byte>) -> result<taken> {
      leave();
      return taken::pause;
    };
  }
  SECTION("at the end") {
    r.over = leave;
    closes = false; // the connection waits for its next use
  }
  r.start(*e, {.url = o.url("/go")});
  REQUIRE(reached.get_future().wait_for(patience) == std::future_status::ready);
  if (closes) {
    CHECK(o.wait_until_idle(1s));
    CHECK(r.ends() == 0);
  } else {
    CHECK(r.wait());
  }
  on_loop(*e, [] {});
  CHECK(e->counts().exchanges_open == 0);
}

TEST_CASE("an exchange may be destroyed while it is resumed") {
  support::origin o;
  o.serve("/f", generated(5, 1 << 20));
  auto e = start_engine();
  recorder r;
  std::promise<void> paused;
  int calls = 0;
  r.body_came = [&](std::span<const std::byte>) -> result<taken> {
    if (++calls == 1)
      paused.set_value();
    else
      r.running = {};
    return taken::pause;
  };
  r.start(*e, {.url = o.url("/f")});
  REQUIRE(paused.get_future().wait_for(patience) == std::future_status::ready);
  on_loop(*e, [&] { r.running.resume(); });
  CHECK(o.wait_until_idle(1s));
  CHECK(r.ends() == 0);
  on_loop(*e, [] {}); // the callback itself is over
}

TEST_CASE("one exchange may destroy and begin others from its calls") {
  support::origin o;
  o.serve("/f", generated(5, 4 << 20));
  o.serve("/g", text("g"));
  auto e = start_engine();
  recorder victim;
  recorder killer;
  recorder child;
  killer.head_came = [&](const reply_head&) -> outcome {
    victim.running = {};
    child.running = e->begin({.url = o.url("/g")}, child);
    return {};
  };
  victim.body_came = [](std::span<const std::byte>) -> result<taken> { return taken::pause; };
  victim.start(*e, {.url = o.url("/f")});
  killer.start(*e, {.url = o.url("/g")});
  CHECK(killer.wait());
  CHECK(child.wait());
  CHECK(child.body() == "g");
  CHECK(victim.ends() == 0);
  CHECK(o.wait_until([](const auto& now) { return now.connections_open <= 2; }));
}

TEST_CASE("a handler that throws ends its exchange, not the engine") {
  support::origin o;
  o.serve("/f", text("x"));
  auto e = start_engine();
  recorder r;
  r.head_came = [](const reply_head&) -> outcome { throw std::runtime_error{"oops"}; };
  r.start(*e, {.url = o.url("/f")});
  const auto end = r.wait();
  REQUIRE_FALSE(end);
  CHECK(end.why().code == errc::actor_failed);
  CHECK(end.why().detail.find("oops") != std::string::npos);
  CHECK(get(*e, {.url = o.url("/f")}));
}

TEST_CASE("two hundred fetches at once all come back") {
  support::origin o;
  o.answer("/n", [](const support::seen& r) { return support::reply{.body = r.query}; });
  auto e = start_engine({.max_connections = 64});
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> bodies(200);
  std::size_t came = 0;
  std::vector<fetch> running;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    running.push_back(e->get({.url = o.url("/n?" + std::to_string(i))}, 100, [&, i](auto got) {
      const std::lock_guard guard{mutex};
      if (got) bodies[i] = got->body;
      ++came;
      changed.notify_all();
    }));
  }
  std::unique_lock guard{mutex};
  REQUIRE(changed.wait_for(guard, patience, [&] { return came == bodies.size(); }));
  for (std::size_t i = 0; i < bodies.size(); ++i) CHECK(bodies[i] == std::to_string(i));
  CHECK(o.counts().connections_made <= 64);
  CHECK(e->counts().exchanges_started == 200);
}

TEST_CASE("a fetch that was taken back is never heard of, and its socket is closed") {
  support::origin o;
  const auto door = std::make_shared<support::gate>();
  o.serve("/f", text("x"), {.hold = door});
  auto e = start_engine();
  std::atomic<int> called{0};
  {
    const auto running = e->get({.url = o.url("/f")}, 100, [&](auto) { ++called; });
    REQUIRE(o.wait_for_requests("/f", 1));
  }
  CHECK(o.wait_until_idle(1s));
  door->open();
  on_loop(*e, [] {});
  CHECK(called == 0);
  CHECK(e->counts().exchanges_open == 0);
}

TEST_CASE("a fetch taken back when its reply is already there is not called back") {
  auto name = (std::filesystem::temp_directory_path() / "hive-fetch-XXXXXX").string();
  const int file = ::mkstemp(name.data());
  REQUIRE(file >= 0);
  ::close(file);
  auto e = start_engine();
  std::promise<void> done;
  std::atomic<int> called{0};
  fetch first;
  fetch second;
  // Two local files move in step: the second is over in the same turn, before it hears of the end.
  on_loop(*e, [&] {
    first = e->get({.url = "file://" + name}, 100, [&](auto) {
      second = {};
      done.set_value();
    });
    second = e->get({.url = "file://" + name}, 100, [&](auto) { ++called; });
  });
  REQUIRE(done.get_future().wait_for(patience) == std::future_status::ready);
  on_loop(*e, [] {});
  CHECK(called == 0);
  std::filesystem::remove(name);
}

TEST_CASE("a fetch may be destroyed and replaced inside its own callback") {
  support::origin o;
  o.serve("/f", text("x"));
  auto e = start_engine();
  fetch running;
  std::promise<std::string> second;
  on_loop(*e, [&] {
    running = e->get({.url = o.url("/f")}, 100, [&](auto) {
      running = e->get({.url = o.url("/f")}, 100, [&](auto got) {
        running = {};
        second.set_value(got ? got->body : got.why().detail);
      });
    });
  });
  auto future = second.get_future();
  REQUIRE(future.wait_for(patience) == std::future_status::ready);
  CHECK(future.get() == "x");
}

TEST_CASE("fetches destroyed by many threads while they end are called back at most once") {
  support::origin o;
  o.serve("/f", text("x"));
  auto e = start_engine();
  std::atomic<int> called{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        auto done = std::make_shared<std::promise<void>>();
        auto running = e->get({.url = o.url("/f")}, 100, [&, done](auto) {
          ++called;
          done->set_value();
        });
        if (i % 4 != t) done->get_future().wait_for(patience);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  on_loop(*e, [] {});
  CHECK(called >= 150);
  CHECK(called <= 200);
  CHECK(e->counts().exchanges_open == 0);
}

TEST_CASE("an engine ends with exchanges open, and what outlives it does nothing") {
  support::origin o;
  o.serve("/f", generated(5, 1ull << 40));
  o.serve("/held", text("x"), {.hold = std::make_shared<support::gate>()});
  recorder paused;
  recorder running;
  timer waiting;
  fetch left;
  std::atomic<int> called{0};
  {
    auto e = start_engine();
    paused.body_came = [](std::span<const std::byte>) -> result<taken> { return taken::pause; };
    paused.start(*e, {.url = o.url("/f")});
    running.start(*e, {.url = o.url("/f")});
    left = e->get({.url = o.url("/held")}, 100, [&](auto) { ++called; });
    on_loop(*e, [&] { waiting = e->after(1h, [&] { ++called; }); });
    REQUIRE(running.wait_for_body(1000));
    REQUIRE(o.wait_for_requests("/held", 1));
  }
  CHECK(o.wait_until_idle(1s));
  CHECK(paused.ends() + running.ends() + called == 0);
  running.running.resume();
  running.running = {};
  waiting = {};
  left = {};
}

TEST_CASE("what was posted before the end still runs, in order") {
  std::vector<int> order;
  {
    auto e = start_engine();
    for (int i = 0; i < 100; ++i) e->post([&order, i] { order.push_back(i); });
    CHECK_FALSE(e->on_loop_thread());
    e->post([&] { CHECK(e->on_loop_thread()); });
  }
  REQUIRE(order.size() == 100);
  for (int i = 0; i < 100; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("timers ring in order, and one taken back does not") {
  auto e = start_engine();
  std::vector<int> order;
  std::promise<void> done;
  std::vector<timer> timers;
  on_loop(*e, [&] {
    timers.push_back(e->after(30ms, [&] {
      order.push_back(3);
      done.set_value();
    }));
    timers.push_back(e->after(10ms, [&] { order.push_back(1); }));
    timers.push_back(e->after(0ms, [&] {
      order.push_back(0);
      timers[3] = {};                                          // before it rings
      timers[4] = e->after(15ms, [&] { order.push_back(2); }); // replaces one
    }));
    timers.push_back(e->after(5ms, [&] { order.push_back(-1); }));
    timers.push_back(e->after(12ms, [&] { order.push_back(-2); }));
  });
  REQUIRE(done.get_future().wait_for(patience) == std::future_status::ready);
  CHECK(order == std::vector<int>{0, 1, 2, 3});
  on_loop(*e, [&] { timers.clear(); });
}
