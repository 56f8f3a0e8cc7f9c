#include "apps/http/wish_routes.hpp"

#include "apps/http/job_routes.hpp"
#include "apps/http/problem.hpp"
#include "apps/http/views.hpp"
#include "core/base/redact.hpp"
#include "core/base/units.hpp"

namespace hive::http {
namespace {

json::object wish_view(const actors::wish_shown& one) {
  const auto& record = one.record;
  json::object out;
  out["id"] = record.id;
  out["ref"] = redact(record.what);
  out["on"] = one.on;
  out["asked_by"] = json::object{{"id", record.asked_by}, {"name", one.asked_by}};
  out["asked_at"] = format_time(record.asked_at);
  out["withdrawn"] = record.removed;
  out["holders"] = texts(one.holders);
  if (one.job.empty()) {
    out["job"] = nullptr;
    return out;
  }
  json::object job;
  job["id"] = one.job.value;
  job["state"] = to_string(one.state.value_or(job_state::queued));
  job["failures"] = one.failures;
  job["next_try_at"] = one.next_try ? json::value(format_time(*one.next_try)) : json::value{};
  out["job"] = std::move(job);
  return out;
}

} // namespace

void list_wishes(desk& at, request asked, responder answer) {
  auto page = read_paging(asked);
  if (!page) return answer(problem(page.why(), 400));
  at.node.wishes(page->limit, std::move(page->cursor),
                 [answer = std::move(answer)](result<actors::wishes_shown> found) {
                   if (!found) return answer(problem(found.why()));
                   json::array items;
                   for (const auto& one : found->items) items.emplace_back(wish_view(one));
                   answer(json_reply(200, list_view("wishes", std::move(items), found->next)));
                 });
}

void withdraw_wish(desk& at, request asked, responder answer) {
  at.node.withdraw(asked.part("id"), [answer = std::move(answer)](result<actors::wish_shown> gone) {
    answer(gone ? json_reply(200, wish_view(*gone)) : problem(gone.why()));
  });
}

} // namespace hive::http
