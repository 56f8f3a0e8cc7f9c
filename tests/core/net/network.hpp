#pragma once
/// An engine for tests, and a handler that writes down what it hears.

#include "core/net/engine.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/origin.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hive::net::testing {

namespace support = hive::testing;
using namespace std::chrono_literals;

constexpr auto patience = 10s;

/// An engine that ignores the proxies of whoever runs the tests.
inline std::unique_ptr<engine> start_engine(engine_options options = {}) {
  if (options.proxy.empty()) options.proxy = "-";
  options.user_agent = "hive-test";
  auto started = engine::start(std::move(options));
  REQUIRE(started);
  return std::move(*started);
}

/// Runs `call` on the loop thread and waits for it.
inline void on_loop(engine& e, const std::function<void()>& call) {
  std::promise<void> done;
  e.post([&] {
    call();
    done.set_value();
  });
  REQUIRE(done.get_future().wait_for(patience) == std::future_status::ready);
}

inline result<reply> get(engine& e, request what, std::size_t max_body = 1 << 20) {
  auto promise = std::make_shared<std::promise<result<reply>>>();
  auto future = promise->get_future();
  const auto running = e.get(std::move(what), max_body,
                             [promise](result<reply> r) { promise->set_value(std::move(r)); });
  if (future.wait_for(patience) != std::future_status::ready)
    return fail(errc::no_answer, "nothing came back in time");
  return future.get();
}

/// Writes down everything; the functions, when set, decide. `running` is the loop thread's.
class recorder final : public exchange_handler {
 public:
  std::function<outcome(const reply_head&)> hop;
  std::function<outcome(const reply_head&)> head_came;
  std::function<result<taken>(std::span<const std::byte>)> body_came;
  std::function<void()> over;
  exchange running;

  outcome on_hop(const reply_head& h) override {
    {
      const std::lock_guard guard{mutex_};
      hops_.push_back(h);
    }
    return hop ? hop(h) : outcome{};
  }
  outcome on_head(const reply_head& h) override {
    {
      const std::lock_guard guard{mutex_};
      head_ = h;
    }
    changed_.notify_all();
    return head_came ? head_came(h) : outcome{};
  }
  result<taken> on_body(std::span<const std::byte> bytes) override {
    if (body_came) {
      auto how = body_came(bytes);
      if (!how || *how == taken::pause) return how;
    }
    {
      const std::lock_guard guard{mutex_};
      body_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    changed_.notify_all();
    return taken::all;
  }
  void on_end(outcome how) override {
    if (over) over();
    const std::lock_guard guard{mutex_};
    end_ = std::move(how);
    ++ends_;
    changed_.notify_all();
  }

  void start(engine& e, request what) {
    on_loop(e, [&] { running = e.begin(std::move(what), *this); });
  }
  outcome wait() {
    std::unique_lock guard{mutex_};
    if (!changed_.wait_for(guard, patience, [&] { return end_.has_value(); }))
      return fail(errc::no_answer, "no end in time");
    return *end_;
  }
  bool wait_for_body(std::size_t size) {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, patience, [&] { return body_.size() >= size; });
  }
  std::string body() const {
    const std::lock_guard guard{mutex_};
    return body_;
  }
  reply_head head() const {
    const std::lock_guard guard{mutex_};
    return head_;
  }
  std::vector<reply_head> hops() const {
    const std::lock_guard guard{mutex_};
    return hops_;
  }
  int ends() const {
    const std::lock_guard guard{mutex_};
    return ends_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<reply_head> hops_;
  reply_head head_;
  std::string body_;
  std::optional<outcome> end_;
  int ends_{0};
};

} // namespace hive::net::testing
