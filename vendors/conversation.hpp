#pragma once
/// A conversation is a coroutine that asks for HTTP replies and in the end yields a value. No
/// socket, thread or clock inside: recorded replies, fuzzers and the vendor actor all drive the
/// same code.
///
///   conversation<int> count(std::string url) {
///     HIVE_CO_TRY(auto reply, co_await ask(metadata_request(std::move(url))));
///     co_return static_cast<int>(reply.body.size());
///   }
///   auto talk = count("https://example.org/");
///   while (const net::request* wanted = talk.wants()) talk.answer(fetch(*wanted));
///   result<int> n = std::move(talk).value();

#include "core/artifact/reference.hpp"
#include "core/net/message.hpp"

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace hive::vendors {

/// `co_await ask(request)` yields result<net::reply>. `whose`: the reference whose secrets it is
/// asked with; empty: those of the reference the conversation is about.
struct ask {
  explicit ask(net::request what) : wanted(std::move(what)) {}
  ask(net::request what, reference who) : wanted(std::move(what)), whose(std::move(who)) {}
  net::request wanted;
  std::optional<reference> whose;
};

namespace detail {

/// The place where a whole conversation, however deeply nested, leaves its question.
struct desk {
  const net::request* wanted{nullptr};
  const std::optional<reference>* whose{nullptr};
  std::optional<result<net::reply>> answer;
  std::coroutine_handle<> waiting;
};

struct asking {
  net::request wanted;
  std::optional<reference> whose;
  desk* at{nullptr};

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> who) noexcept {
    at->wanted = &wanted;
    at->whose = &whose;
    at->waiting = who;
  }
  result<net::reply> await_resume() {
    auto got = std::move(*at->answer);
    at->answer.reset();
    return got;
  }
};

} // namespace detail

template <class T>
class [[nodiscard]] conversation {
 public:
  struct promise_type {
    detail::desk own;
    detail::desk* at{&own};
    std::coroutine_handle<> parent;
    std::optional<result<T>> outcome;

    conversation get_return_object() {
      return conversation{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct back {
        bool await_ready() const noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> me) noexcept {
          return me.promise().parent ? me.promise().parent : std::noop_coroutine();
        }
        void await_resume() const noexcept {}
      };
      return back{};
    }
    void unhandled_exception() {
      try {
        throw;
      } catch (const std::exception& e) {
        outcome =
            fail(errc::actor_failed, std::string{"a vendor conversation failed: "} + e.what());
      } catch (...) {
        outcome = fail(errc::actor_failed, "a vendor conversation failed for an unknown reason");
      }
    }
    template <class V>
    void return_value(V&& v) {
      outcome.emplace(std::forward<V>(v));
    }
    detail::asking await_transform(ask&& a) {
      return {std::move(a.wanted), std::move(a.whose), at};
    }
    template <class U>
    auto await_transform(conversation<U>&& inner) {
      return std::move(inner).join(at);
    }
  };

  /// Movable at any time, also in the middle.
  conversation(conversation&& other) noexcept
    : me_(std::exchange(other.me_, {})), started_(other.started_) {}
  conversation& operator=(conversation&& other) noexcept {
    if (this != &other) {
      if (me_) me_.destroy();
      me_ = std::exchange(other.me_, {});
      started_ = other.started_;
    }
    return *this;
  }
  ~conversation() {
    if (me_) me_.destroy();
  }

  /// The request it waits for, valid until `answer`; null when it is over. Starts it at first call.
  const net::request* wants() {
    if (!started_) {
      started_ = true;
      me_.resume();
    }
    return me_.done() ? nullptr : me_.promise().own.wanted;
  }
  /// Only while it wants something: whose secrets that is asked with; empty: its own reference's.
  const std::optional<reference>& whose() const { return *me_.promise().own.whose; }
  /// Only while it wants something.
  void answer(result<net::reply> reply) {
    auto& desk = me_.promise().own;
    desk.answer.emplace(std::move(reply));
    desk.wanted = nullptr;
    std::exchange(desk.waiting, {}).resume();
  }
  /// Only when it is over.
  result<T> value() && { return std::move(*me_.promise().outcome); }

 private:
  template <class U>
  friend class conversation;
  explicit conversation(std::coroutine_handle<promise_type> me) : me_(me) {}

  auto join(detail::desk* at) && {
    struct inner {
      conversation talk;
      detail::desk* at;
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent) noexcept {
        talk.me_.promise().at = at;
        talk.me_.promise().parent = parent;
        return talk.me_;
      }
      result<T> await_resume() { return std::move(*talk.me_.promise().outcome); }
    };
    return inner{std::move(*this), at};
  }

  std::coroutine_handle<promise_type> me_;
  bool started_{false};
};

} // namespace hive::vendors

/// HIVE_TRY and HIVE_CHECK inside a conversation.
#define HIVE_CO_TRY(target, ...)                                                                   \
  auto HIVE_JOIN(attempt_, __LINE__) = (__VA_ARGS__);                                              \
  if (!HIVE_JOIN(attempt_, __LINE__)) co_return std::move(HIVE_JOIN(attempt_, __LINE__)).why();    \
  target = std::move(*HIVE_JOIN(attempt_, __LINE__))
#define HIVE_CO_CHECK(...)                                                                         \
  if (auto attempt = (__VA_ARGS__); !attempt) co_return std::move(attempt).why()
