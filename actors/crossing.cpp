#include "actors/crossing.hpp"

#include "actors/inspect.hpp"
#include "actors/protocol.hpp"

#include <caf/const_typed_message_view.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

namespace hive::actors {

caf::error as_error(const failure& why) {
  const std::int64_t later = why.retry_after ? why.retry_after->count() : -1;
  return caf::make_error(why.code, why.detail, why.hint, later);
}

namespace {

failure ours(const caf::error& why, const std::string& who) {
  const auto code = errc_from_number(why.code()).value_or(errc::actor_failed);
  auto parts =
      caf::make_const_typed_message_view<std::string, std::string, std::int64_t>(why.context());
  if (!parts) return fail(code, who + " gave no detail");
  auto made = fail(code, caf::get<0>(parts), caf::get<1>(parts));
  const auto later = caf::get<2>(parts);
  if (later >= 0) made.retry_after = std::chrono::seconds{later};
  return made;
}

failure of_stop(stop_reason why, const std::string& who) {
  switch (why) {
  case stop_reason::cancel_keep:
  case stop_reason::cancel_purge: return fail(errc::cancelled, who + " was cancelled");
  case stop_reason::node_stopping:
    return fail(errc::shutting_down, who + " is stopping with the node");
  case stop_reason::group_restart:
  case stop_reason::finished:
  case stop_reason::pause: break;
  }
  return fail(errc::no_answer, who + " has just ended");
}

} // namespace

failure as_failure(const caf::error& why, const std::string& who) {
  if (!why) return fail(errc::no_answer, who + " has ended");
  if (why.category() == caf::type_id_v<errc>) return ours(why, who);
  if (is_stop(why)) return of_stop(static_cast<stop_reason>(why.code()), who);
  if (why == caf::sec::request_timeout)
    return fail(errc::no_answer, who + " did not answer in time");
  if (why == caf::sec::request_receiver_down || why == caf::sec::broken_promise)
    return fail(errc::no_answer, who + " ended before it answered");
  if (why.category() == caf::type_id_v<caf::exit_reason>)
    return fail(errc::no_answer, who + " is gone: " + to_string(why));
  return fail(errc::actor_failed, who + " failed: " + to_string(why));
}

failure unanswered(const caf::error& why, const std::string& who, std::string_view question,
                   std::chrono::milliseconds limit) {
  if (why != caf::sec::request_timeout) return as_failure(why, who);
  question.remove_prefix(question.rfind(':') + 1); // without namespaces
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(limit).count();
  return fail(errc::no_answer, who + " did not answer " + std::string{question} + " within " +
                                   std::to_string(seconds) + " s");
}

caf::error crash_reason(const std::exception_ptr& thrown, const std::string& who) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return as_error(fail(errc::actor_failed, "the " + who + " threw: " + e.what()));
  } catch (...) {
    return as_error(
        fail(errc::actor_failed, "the " + who + " threw something that is no exception"));
  }
}

bool is_stop(const caf::error& why) noexcept {
  return why && why.category() == caf::type_id_v<stop_reason>;
}

bool wants_purge(const caf::error& why) noexcept {
  return why == stop_reason::cancel_purge;
}

} // namespace hive::actors
