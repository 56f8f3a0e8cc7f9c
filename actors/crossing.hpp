#pragma once
/// The one crossing between hive's failures and CAF's errors, and the reasons actors are stopped
/// for.

#include "core/base/result.hpp"

#include <caf/error.hpp>
#include <caf/result.hpp>
#include <caf/type_id.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace hive::actors {

/// Carried by an exit message and handed down from a job to whatever works for it.
enum class stop_reason : std::uint8_t {
  cancel_keep = 1,   ///< a person cancelled; the partial stays for a resume
  cancel_purge = 2,  ///< a person cancelled and wants the partial gone
  node_stopping = 3, ///< keep, and resume at the next start
  group_restart = 4, ///< keep, and resume when the group is up again
  finished = 5,      ///< the work it helped with is over
  pause = 6,         ///< a person paused; keep
};

/// Code, detail, hint and retry_after survive the crossing and come back by `as_failure`.
caf::error as_error(const failure& why);
/// Total: what is not hive's own becomes no_answer (nobody there, or not in time), shutting_down or
/// actor_failed. `who` names the other side in the detail.
failure as_failure(const caf::error& why, const std::string& who = "an actor");
/// Of a question put with this limit: when it was not answered in time, the detail also says which
/// question and which limit.
failure unanswered(const caf::error& why, const std::string& who, std::string_view question,
                   std::chrono::milliseconds limit);
template <class Question>
failure unanswered(const caf::error& why, const std::string& who, std::chrono::milliseconds limit) {
  constexpr auto name = caf::type_name_v<Question>;
  return unanswered(why, who, std::string_view{name.data(), name.size()}, limit);
}
/// What an actor called `who` dies of when a handler throws.
caf::error crash_reason(const std::exception_ptr& thrown, const std::string& who);

bool is_stop(const caf::error& why) noexcept;
bool wants_purge(const caf::error& why) noexcept;

template <class T>
caf::result<T> as_reply(result<T> got) {
  if (!got) return as_error(got.why());
  return std::move(*got);
}

inline caf::result<void> as_reply(outcome got) {
  if (!got) return as_error(got.why());
  return caf::unit;
}

} // namespace hive::actors
