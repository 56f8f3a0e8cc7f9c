#include "apps/http/limit_routes.hpp"

#include "apps/http/json_body.hpp"
#include "apps/http/problem.hpp"
#include "apps/http/views.hpp"

namespace hive::http {
namespace {

json::object window_view(const limits::window& hours, bool open) {
  json::array days;
  for (unsigned day = 0; day < hours.days.size(); ++day)
    if (hours.days[day]) days.emplace_back(limits::day_name(day));
  json::object out;
  out["from"] = limits::clock_text(hours.from);
  out["to"] = limits::clock_text(hours.to);
  out["days"] = std::move(days);
  out["download_rate"] = or_null(hours.download_rate);
  out["upload_rate"] = or_null(hours.upload_rate);
  out["open"] = open;
  return out;
}

checked read_change(std::string_view name, json::node value, std::vector<limits::change>& into) {
  const auto* const row = limits::find_limit(name);
  if (row == nullptr) return wrong_member(name, "no such limit");
  if (value.is_null()) {
    into.push_back({row->what, std::nullopt});
    return {};
  }
  const auto number = value.natural();
  if (!number || *number < row->least || *number > row->most)
    return wrong_member(name, "must be " + std::string{row->rate ? "bytes per second, " : ""} +
                                  "a whole number from " + std::to_string(row->least) + " to " +
                                  std::to_string(row->most) + ", or null to take it back");
  into.push_back({row->what, *number});
  return {};
}

actors::reply_to<limits::in_force> answer_limits(responder answer) {
  return [answer = std::move(answer)](result<limits::in_force> now) {
    answer(now ? json_reply(200, limits_view(*now)) : problem(now.why()));
  };
}

} // namespace

json::object limits_view(const limits::in_force& now) {
  json::object out;
  json::object origins;
  for (const auto& row : limits::limit_table()) {
    const auto& one = now.values[static_cast<std::size_t>(row.what)];
    out[row.name] = one.value;
    json::object origin;
    origin["from"] = one.from;
    origin["source"] = one.source.empty() ? json::value{} : json::value(one.source);
    origins[row.name] = std::move(origin);
  }
  json::array schedule;
  for (std::size_t i = 0; i < now.hours.size(); ++i)
    schedule.emplace_back(window_view(now.hours[i], now.open[i]));
  out["origins"] = std::move(origins);
  out["schedule"] = std::move(schedule);
  return out;
}

void show_limits(desk& at, request, responder answer) {
  at.node.limits(answer_limits(std::move(answer)));
}

void change_limits(desk& at, request asked, responder answer) {
  if (!says_json(asked)) return answer(wants_json());
  std::vector<limits::change> changes;
  const auto read = read_members(asked.body, [&](std::string_view name, json::node value) {
    return read_change(name, value, changes);
  });
  if (!read) return answer(problem(read.error().why, read.error().status, read.error().field));
  at.node.change_limits(std::move(changes), answer_limits(std::move(answer)));
}

} // namespace hive::http
