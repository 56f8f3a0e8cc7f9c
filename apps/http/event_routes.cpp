#include "apps/http/event_routes.hpp"

#include "apps/http/problem.hpp"
#include "core/base/ascii.hpp"

namespace hive::http {
namespace {

/// ?after= comes before Last-Event-ID: a person typed it. Empty when there is neither.
result<std::optional<std::uint64_t>> read_after(const request& asked) {
  auto text = asked.param("after");
  if (!text) text = asked.header("last-event-id");
  if (!text || text->empty()) return std::optional<std::uint64_t>{};
  const auto after = ascii::number(*text);
  if (!after) return fail(errc::bad_request, "after: must be the id of an event, a number");
  return after;
}

reply stream_reply(event_stream stream) {
  return reply{200, {{"Content-Type", "text/event-stream"}}, std::move(stream)};
}

/// The job is over: its history is asked for first, so that a client that has it all gets 204,
/// which tells a browser not to come back.
void tell_ended(backend& node, job_record job, std::uint64_t after, responder answer) {
  const auto id = job.id;
  node.replay(id, after,
              [job = std::move(job), after,
               answer = std::move(answer)](result<std::vector<event_ptr>> known) mutable {
                if (!known) return answer(problem(known.why()));
                if (known->empty() && after > 0) return answer(reply{204, {}, std::string{}});
                event_stream stream{job.id, after, true, true, std::move(*known), std::nullopt};
                stream.final_job = std::move(job);
                answer(stream_reply(std::move(stream)));
              });
}

} // namespace

void job_events(desk& at, request asked, responder answer) {
  const auto after = read_after(asked);
  if (!after) return answer(problem(after.why(), 400, "after"));
  auto id = job_id{asked.part("id")};
  if (!is_ulid(id.value))
    return answer(problem(fail(errc::not_found, "there is no job " + id.value), 404));
  const auto from = after->value_or(0);
  at.node.job(
      id, [answer = std::move(answer), from, id, &node = at.node](result<job_record> job) mutable {
        if (!job) return answer(problem(job.why()));
        if (is_terminal(job->state))
          return tell_ended(node, std::move(*job), from, std::move(answer));
        answer(stream_reply({id, from, true, false, {}, std::nullopt}));
      });
}

void node_events(desk&, request asked, responder answer) {
  const auto after = read_after(asked);
  if (!after) return answer(problem(after.why(), 400, "after"));
  answer(stream_reply({{}, after->value_or(0), after->has_value(), false, {}, std::nullopt}));
}

} // namespace hive::http
