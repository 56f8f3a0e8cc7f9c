#pragma once
/// Errors as values: `result<T>` is a T or a `failure`. Libraries' exceptions end where they were
/// thrown; above that line only results travel.

#include "core/base/errc.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace hive {

/// What happened and to what (`detail`), and what to do next (`hint`; empty means the code's own).
struct failure {
  errc code{errc::actor_failed};
  std::string detail;
  std::string hint;
  /// The other side said when to come back (Retry-After, RateLimit reset).
  std::optional<std::chrono::seconds> retry_after;

  friend bool operator==(const failure&, const failure&) = default;
};

/// "detail; hint" for people, one line.
std::string sentence(const failure& why);

template <class T>
class [[nodiscard]] result : public tl::expected<T, failure> {
 public:
  using value_type_t = T;
  using tl::expected<T, failure>::expected;
  result(failure why) : tl::expected<T, failure>(tl::unexpect, std::move(why)) {}

  /// Why there is no value. Only when there is none.
  const failure& why() const& { return this->error(); }
  failure&& why() && { return std::move(this->error()); }
};

/// The outcome of something that yields nothing but may fail.
using outcome = result<void>;

inline failure fail(errc code, std::string detail, std::string hint = {}) {
  return failure{code, std::move(detail), std::move(hint), std::nullopt};
}

} // namespace hive

#define HIVE_JOIN_(a, b) a##b
#define HIVE_JOIN(a, b) HIVE_JOIN_(a, b)
/// `HIVE_TRY(auto x, f())`: x is f's value, or the enclosing function returns f's failure.
#define HIVE_TRY(target, ...)                                                                      \
  auto HIVE_JOIN(attempt_, __LINE__) = (__VA_ARGS__);                                              \
  if (!HIVE_JOIN(attempt_, __LINE__)) return std::move(HIVE_JOIN(attempt_, __LINE__)).why();       \
  target = std::move(*HIVE_JOIN(attempt_, __LINE__))
/// `HIVE_CHECK(f())`: like HIVE_TRY for an `outcome`.
#define HIVE_CHECK(...)                                                                            \
  if (auto attempt = (__VA_ARGS__); !attempt) return std::move(attempt).why()
