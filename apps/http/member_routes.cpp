#include "apps/http/member_routes.hpp"

#include "apps/http/json_body.hpp"
#include "apps/http/problem.hpp"
#include "apps/http/views.hpp"
#include "core/base/units.hpp"

#include <map>

namespace hive::http {
namespace {

json::object sighting_view(const node_id& by, wall_time since, cluster::cause why) {
  json::object out;
  out["by"] = by.value;
  out["since"] = format_time(since);
  out["cause"] = cluster::to_string(why);
  return out;
}

/// Who saw what of it; this node's own view first, when it is its own.
json::array sightings_view(const actors::member_shown& one) {
  json::array out;
  const auto& seen = one.seen;
  bool told = false;
  for (const auto& s : one.row->sightings) {
    out.emplace_back(sighting_view(s.observer, s.since, s.why));
    told = told || s.observer == seen.observer;
  }
  if (!told && seen.reach != cluster::reachability::ok && !seen.observer.empty())
    out.insert(out.begin(), sighting_view(seen.observer, seen.since, seen.why));
  return out;
}

json::object member_view(const actors::member_shown& one) {
  const auto& row = *one.row;
  json::object out;
  out["id"] = row.id().value;
  out["name"] = row.who->name;
  out["state"] = cluster::to_string(row.life);
  out["reachability"] = cluster::to_string(one.seen.reach);
  out["self"] = one.self;
  out["linked"] = one.linked;
  out["draining"] = row.draining;
  out["version"] = or_null(one.version);
  out["incarnation"] = row.incarnation;
  out["addresses"] = texts(row.who->addresses);
  out["labels"] = texts(row.who->labels);
  out["free_disk"] =
      row.disk_class == 0 ? std::uint64_t{0} : std::uint64_t{1} << (row.disk_class + 29U);
  out["seen"] = sightings_view(one);
  json::array held;
  for (const auto& a : one.held.artifacts) held.emplace_back(a.id);
  out["artifacts"] = std::move(held);
  out["artifact_count"] = one.held.count;
  return out;
}

/// What the ids of members' artifacts stand for, each once.
json::array held_view(const actors::members_shown& all) {
  std::map<std::string, const cluster::held_artifact*> known;
  for (const auto& one : all.members)
    for (const auto& a : one.held.artifacts) known.emplace(a.id, &a);
  json::array out;
  for (const auto& [id, a] : known)
    out.push_back({{"id", id}, {"ref", a->ref}, {"revision", a->revision}});
  return out;
}

json::value span_ms(std::chrono::milliseconds span) {
  return static_cast<std::int64_t>(span.count());
}

json::array dials_view(const std::vector<actors::dial_found>& dials) {
  json::array out;
  for (const auto& one : dials) {
    const bool met = one.why == cluster::cause::none;
    out.push_back(
        {{"address", one.address},
         {"ok", met},
         {"cause", met ? json::value{} : json::value(cluster::to_string(one.why))},
         {"detail", or_null(one.sentence)},
         {"certificate_until",
          one.expires == wall_time{} ? json::value{} : json::value(format_time(one.expires))}});
  }
  return out;
}

json::object member_check_view(const actors::member_check& one) {
  json::object out;
  out["id"] = one.row->id().value;
  out["name"] = one.row->who->name;
  out["linked"] = one.linked;
  out["version"] = or_null(one.version);
  out["there"] = dials_view(one.there);
  out["back"] = one.back ? json::value(dials_view(*one.back)) : json::value{};
  out["skew_ms"] = one.back ? span_ms(one.skew) : json::value{};
  out["skew_within_ms"] = one.back ? span_ms(one.uncertain) : json::value{};
  return out;
}

json::object island_view(const actors::members_shown& all) {
  json::object out;
  out["visible"] = all.around.visible;
  out["expected"] = all.around.expected;
  out["majority"] = all.around.has_majority();
  out["isolated"] = all.isolated;
  out["stretch"] = all.stretch;
  out["since"] = all.around.since ? json::value(format_time(*all.around.since)) : json::value{};
  return out;
}

actors::reply_to<actors::members_shown> answer_members(responder answer) {
  return [answer = std::move(answer)](result<actors::members_shown> all) {
    if (!all) return answer(problem(all.why()));
    json::array members;
    for (const auto& one : all->members) members.emplace_back(member_view(one));
    json::object out;
    out["members"] = std::move(members);
    out["artifacts"] = held_view(*all);
    out["next_cursor"] = nullptr;
    out["island"] = island_view(*all);
    out["in_hive"] = all->in_hive;
    answer(json_reply(200, out));
  };
}

} // namespace

void list_members(desk& at, request, responder answer) {
  at.node.members(answer_members(std::move(answer)));
}

void check_members(desk& at, request, responder answer) {
  at.node.check_members([answer = std::move(answer)](result<members_checked> found) {
    if (!found) return answer(problem(found.why()));
    json::array members;
    for (const auto& one : found->members) members.emplace_back(member_check_view(one));
    json::object out;
    out["members"] = std::move(members);
    out["addresses"] = texts(found->addresses);
    out["left_out"] = found->left_out;
    answer(json_reply(200, out));
  });
}

void act_on_member(desk& at, request asked, responder answer) {
  bool force = false;
  if (!asked.body.empty()) {
    const auto read = read_members(asked.body, [&](std::string_view name, json::node value) {
      if (name != "force") return checked{wrong_member(name, "no such field")};
      const auto yes = value.boolean();
      if (!yes) return checked{wrong_member(name, "must be true or false")};
      force = *yes;
      return checked{};
    });
    if (!read) return answer(problem(read.error().why, read.error().status, read.error().field));
  }
  node_id who{asked.part("id")};
  const auto action = asked.part("action");
  if (action == "forget") return at.node.forget(who, force, answer_members(std::move(answer)));
  if (action == "drain" || action == "undrain")
    return at.node.drain(who, action == "drain", answer_members(std::move(answer)));
  answer(problem(fail(errc::not_found, "members can be drained, undrained and forgotten")));
}

} // namespace hive::http
