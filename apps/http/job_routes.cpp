#include "apps/http/job_routes.hpp"

#include "apps/http/json_body.hpp"
#include "apps/http/problem.hpp"
#include "apps/http/views.hpp"

#include <algorithm>
#include <charconv>

namespace hive::http {
namespace {

/// A job id of another form cannot exist; it is not asked for.
std::optional<job_id> read_job_id(const request& asked) {
  auto text = asked.part("id");
  if (!is_ulid(text)) return std::nullopt;
  return job_id{std::move(text)};
}

reply no_such_job(const request& asked) {
  return problem(fail(errc::not_found, "there is no job " + asked.part("id")), 404);
}

bool fit_for_key(std::string_view key) {
  return !key.empty() && key.size() <= 255 &&
         std::all_of(key.begin(), key.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

tl::expected<bool, body_fault> read_purge(std::string_view body) {
  bool purge = false;
  const auto read = read_members(body, [&](std::string_view name, json::node value) -> checked {
    if (name != "purge") return wrong_member(name, "no such field");
    const auto yes = value.boolean();
    if (!yes) return wrong_member(name, "must be true or false");
    purge = *yes;
    return {};
  });
  if (!read) return tl::unexpected<body_fault>{read.error()};
  return purge;
}

checked read_change(std::string_view name, json::node value, job_change& into) {
  if (name == "max_rate") {
    into.max_rate = value.natural();
    if (into.max_rate && *into.max_rate <= limits::highest_rate) return {};
    return wrong_member(name, "must be bytes per second, a whole number from 0 to " +
                                  std::to_string(limits::highest_rate));
  }
  if (name == "position") {
    into.position = value.natural();
    if (into.position && *into.position >= 1) return {};
    return wrong_member(name, "must be a place in the line of queued jobs, a number from 1");
  }
  if (name != "priority") return wrong_member(name, "no such field");
  into.priority = value.integer();
  if (into.priority) return {};
  return wrong_member(name, "must be an integer");
}

/// Of a body that may be missing; the error is the reply.
tl::expected<bool, reply> purge_of(const request& asked) {
  if (asked.body.empty()) return false;
  if (!says_json(asked)) return tl::unexpected<reply>{wants_json()};
  const auto read = read_purge(asked.body);
  if (!read) return tl::unexpected<reply>{problem(read.error().why, 400, read.error().field)};
  return *read;
}

void steer_job(desk& at, const request& asked, job_order what, responder answer) {
  auto id = read_job_id(asked);
  if (!id) return answer(no_such_job(asked));
  at.node.steer(std::move(*id), what, [answer = std::move(answer)](result<job_record> job) {
    answer(job ? json_reply(200, job_view(*job, detail::full)) : problem(job.why()));
  });
}

json::object job_at_view(const actors::job_at& one, detail how) {
  auto out = job_view(one.job, how);
  out["node"] = json::object{{"id", one.node.value}, {"name", one.name}};
  return out;
}

/// The first job, with the others and where they are beside it.
actors::reply_to<placed_jobs> answer_placed(responder answer) {
  return [answer = std::move(answer)](result<placed_jobs> made) {
    if (!made) return answer(problem(made.why()));
    json::array placed;
    for (const auto& one : made->jobs)
      placed.emplace_back(
          json::object{{"node", one.node.value}, {"name", one.name}, {"job", one.job.id.value}});
    json::object body;
    if (!made->jobs.empty()) body = job_at_view(made->jobs.front(), detail::full);
    body["placed"] = std::move(placed);
    body["away"] = texts(made->away);
    body["wish"] = made->wish.empty() ? json::value{} : json::value(made->wish);
    auto out = json_reply(202, body);
    if (!made->jobs.empty())
      out.headers.emplace_back("Location", "/v1/jobs/" + made->jobs.front().job.id.value);
    answer(std::move(out));
  };
}

void list_all_jobs(desk& at, paging page, responder answer) {
  at.node.all_jobs(page.limit, std::move(page.cursor),
                   [answer = std::move(answer)](result<hive_jobs> found) {
                     if (!found) return answer(problem(found.why()));
                     json::array items;
                     for (const auto& one : found->items)
                       items.emplace_back(job_at_view(one, detail::brief));
                     auto out = list_view("jobs", std::move(items), found->next);
                     out["missing"] = texts(found->missing);
                     answer(json_reply(200, out));
                   });
}

} // namespace

result<paging> read_paging(const request& asked) {
  paging out;
  if (const auto limit = asked.param("limit")) {
    const auto* end = limit->data() + limit->size();
    const auto [stop, error] = std::from_chars(limit->data(), end, out.limit);
    if (error != std::errc{} || stop != end || out.limit < 1 || out.limit > 1000)
      return fail(errc::bad_request, "limit: must be a number from 1 to 1000");
  }
  out.cursor = std::string{asked.param("cursor").value_or("")};
  if (out.cursor.size() > 512) return fail(errc::bad_request, "cursor: not one of this list's");
  return out;
}

actors::reply_to<job_record> answer_accepted(responder answer) {
  return [answer = std::move(answer)](result<job_record> job) {
    if (!job) return answer(problem(job.why()));
    auto out = json_reply(202, job_view(*job, detail::full));
    out.headers.emplace_back("Location", "/v1/jobs/" + job->id.value);
    answer(std::move(out));
  };
}

void submit_job(desk& at, request asked, responder answer) {
  if (!says_json(asked)) return answer(wants_json());
  auto read = read_submission(asked.body);
  if (!read) return answer(problem(read.error().why, read.error().status, read.error().field));
  if (const auto key = asked.header("idempotency-key")) {
    if (!fit_for_key(*key))
      return answer(problem(
          fail(errc::bad_request, "Idempotency-Key: must be 1 to 255 printable ASCII characters"),
          400, "Idempotency-Key"));
    read->asked.idempotency_key = *key;
  }
  read->asked.correlation = std::move(asked.correlation);
  if (!read->on.empty())
    return at.node.submit_on(std::move(read->on), std::move(read->asked), std::move(read->token),
                             answer_placed(std::move(answer)));
  at.node.submit(std::move(read->asked), std::move(read->token),
                 answer_accepted(std::move(answer)));
}

void list_jobs(desk& at, request asked, responder answer) {
  auto page = read_paging(asked);
  if (!page) return answer(problem(page.why(), 400));
  if (asked.param("all").value_or("") == "true")
    return list_all_jobs(at, std::move(*page), std::move(answer));
  at.node.jobs(page->limit, std::move(page->cursor),
               [answer = std::move(answer)](result<store::page<job_record>> found) {
                 if (!found) return answer(problem(found.why()));
                 json::array items;
                 for (const auto& job : found->items)
                   items.emplace_back(job_view(job, detail::brief));
                 answer(json_reply(200, list_view("jobs", std::move(items), found->next)));
               });
}

void show_job(desk& at, request asked, responder answer) {
  auto id = read_job_id(asked);
  if (!id) return answer(no_such_job(asked));
  at.node.job(std::move(*id), [answer = std::move(answer)](result<job_record> job) {
    answer(job ? json_reply(200, job_view(*job, detail::full)) : problem(job.why()));
  });
}

void change_job(desk& at, request asked, responder answer) {
  auto id = read_job_id(asked);
  if (!id) return answer(no_such_job(asked));
  if (!says_json(asked)) return answer(wants_json());
  job_change wanted;
  const auto read = read_members(asked.body, [&](std::string_view name, json::node value) {
    return read_change(name, value, wanted);
  });
  if (!read) return answer(problem(read.error().why, read.error().status, read.error().field));
  at.node.change(std::move(*id), wanted, [answer = std::move(answer)](result<job_record> job) {
    answer(job ? json_reply(200, job_view(*job, detail::full)) : problem(job.why()));
  });
}

void pause_job(desk& at, request asked, responder answer) {
  steer_job(at, asked, job_order::pause, std::move(answer));
}

void resume_job(desk& at, request asked, responder answer) {
  steer_job(at, asked, job_order::resume, std::move(answer));
}

void retry_job(desk& at, request asked, responder answer) {
  steer_job(at, asked, job_order::retry, std::move(answer));
}

void cancel_job(desk& at, request asked, responder answer) {
  auto id = read_job_id(asked);
  if (!id) return answer(no_such_job(asked));
  const auto purge = asked.method == "POST" ? purge_of(asked) : false;
  if (!purge) return answer(purge.error());
  at.node.cancel(std::move(*id), *purge, [answer = std::move(answer)](result<job_record> job) {
    answer(job ? json_reply(202, job_view(*job, detail::full)) : problem(job.why()));
  });
}

void cancel_jobs(desk& at, request asked, responder answer) {
  const auto purge = purge_of(asked);
  if (!purge) return answer(purge.error());
  at.node.cancel_all(*purge, [answer = std::move(answer)](result<std::uint64_t> count) {
    if (!count) return answer(problem(count.why()));
    json::object out;
    out["cancelled"] = *count;
    answer(json_reply(202, out));
  });
}

} // namespace hive::http
