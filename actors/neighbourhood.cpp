#include "actors/neighbourhood.hpp"

#include "actors/follower.hpp"
#include "actors/hive_inspect.hpp"
#include "actors/member_facts.hpp"
#include "actors/spelling.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace hive::actors {

namespace {

constexpr std::chrono::seconds ask_limit{1};
constexpr std::size_t most_followed = 256;

} // namespace

members_shown neighbourhood::show() const {
  const auto& core = *means_.members;
  members_shown out;
  out.around = core.around();
  out.isolated = core.is_isolated();
  out.stretch = core.stretch();
  for (std::size_t i = 0; i < core.table().size(); ++i) {
    const auto& row = core.table().at(i);
    const auto seen = core.view(row->id());
    const auto at = means_.peers->find(row->id());
    const bool known = at != means_.peers->end();
    out.members.push_back({row,
                           seen ? *seen : cluster::member_view{row, {}, {}, {}, {}},
                           row->id() == own(),
                           known && at->second.linked,
                           known ? at->second.version : std::string{},
                           {}});
  }
  std::ranges::sort(out.members, {}, [](const member_shown& m) {
    return std::pair{m.row->who->name, m.row->id().value};
  });
  return out;
}

members_changed neighbourhood::everybody() const {
  members_changed out{own(), {}};
  const auto& table = means_.members->table();
  for (std::size_t i = 0; i < table.size(); ++i)
    if (const auto& row = table.at(i); row->life < cluster::lifecycle::left)
      out.members.push_back(as_member(*row));
  return out;
}

member_now neighbourhood::as_member(const cluster::member_row& row) const {
  const auto seen = means_.members->view(row.id());
  const bool here = !seen || seen->reach < cluster::reachability::unreachable;
  return {row.id(),
          row.who->name,
          row.who->addresses,
          row.incarnation,
          row.who->labels,
          row.disk_class == 0 ? 0 : std::uint64_t{1} << (row.disk_class + 29U),
          here,
          row.draining,
          std::ranges::find(row.who->labels, "no-wan") == row.who->labels.end()};
}

member_counts neighbourhood::count() const {
  using cluster::lifecycle;
  using cluster::reachability;
  const auto& core = *means_.members;
  member_counts out;
  // Zero is a figure too: a state that nobody is in any more must not stay at its last one.
  for (const auto state : {lifecycle::joining, lifecycle::up, lifecycle::leaving})
    out.by_state.emplace(to_string(state), 0);
  for (const auto state : {reachability::suspect, reachability::unreachable, reachability::down})
    out.by_state.emplace(to_string(state), 0);
  for (std::size_t i = 0; i < core.table().size(); ++i) {
    const auto& row = core.table().at(i);
    if (row->life >= lifecycle::left) continue;
    const auto seen = core.view(row->id());
    const auto reach = seen ? seen->reach : reachability::ok;
    ++out.by_state[std::string{reach == reachability::ok ? to_string(row->life)
                                                         : to_string(reach)}];
  }
  return out;
}

std::string neighbourhood::name_of(const node_id& who) const {
  const auto* const row = means_.members->table().find(who);
  return row == nullptr ? who.value : label(*row->who);
}

bool neighbourhood::is_in_reach(const node_id& who) const {
  const auto* const row = means_.members->table().find(who);
  return row != nullptr && row->life < cluster::lifecycle::left &&
         !means_.members->table().is_lost(who);
}

/// The link of one that is lost may still stand for seconds: nobody waits for an answer on it.
bool neighbourhood::has_link(const node_id& who) const {
  const auto at = means_.peers->find(who);
  return at != means_.peers->end() && at->second.linked && is_in_reach(who);
}

std::vector<node_id> neighbourhood::not_linked() const {
  std::vector<node_id> out;
  for (std::size_t i = 0; i < means_.members->table().size(); ++i)
    if (const auto& id = means_.members->table().at(i)->id();
        id != own() && is_in_reach(id) && !has_link(id))
      out.push_back(id);
  return out;
}

result<node_id> neighbourhood::called(const std::string& who) const {
  std::vector<node_id> found;
  for (std::size_t i = 0; i < means_.members->table().size(); ++i) {
    const auto& row = *means_.members->table().at(i);
    if (row.life >= cluster::lifecycle::left) continue;
    if (row.id().value == who || row.who->name == who) found.push_back(row.id());
  }
  if (found.empty())
    return fail(errc::not_found, "no member of the hive is called " + who.substr(0, 64),
                "see 'hive nodes'");
  if (found.size() > 1)
    return fail(errc::conflict, "several members are called " + who.substr(0, 64),
                "give the id instead, see 'hive nodes'");
  return found.front();
}

result<neighbour> neighbourhood::linked_now(const node_id& who) const {
  if (who == own()) return neighbour{own(), means_.members->self()->who->name, means_.rooms};
  if (!has_link(who))
    return fail(errc::unreachable, name_of(who) + " cannot be reached", "see 'hive nodes' for why");
  return neighbour{who, name_of(who), means_.peers->at(who).rooms};
}

caf::result<neighbour> neighbourhood::find(const std::string& who) {
  const auto id = called(who);
  if (!id) return as_error(id.why());
  auto promise = means_.self->make_response_promise<neighbour>();
  std::vector<node_id> first;
  if (is_in_reach(*id) && !has_link(*id)) first.push_back(*id);
  reaching_.wait_for(first, [this, id = *id, promise]() mutable {
    if (auto at = linked_now(id))
      promise.deliver(std::move(*at));
    else
      promise.deliver(as_error(at.why()));
  });
  return promise;
}

neighbour_list neighbourhood::linked_now() const {
  neighbour_list out;
  for (std::size_t i = 0; i < means_.members->table().size(); ++i) {
    const auto& row = *means_.members->table().at(i);
    if (row.id() == own() || row.life >= cluster::lifecycle::left) continue;
    if (has_link(row.id()))
      out.here.push_back({row.id(), label(*row.who), means_.peers->at(row.id()).rooms});
    else
      out.missing.push_back(label(*row.who));
  }
  return out;
}

caf::result<neighbour_list> neighbourhood::all() {
  auto promise = means_.self->make_response_promise<neighbour_list>();
  when_linked([this, promise]() mutable { promise.deliver(linked_now()); });
  return promise;
}

void neighbourhood::when_linked(std::function<void()> then) {
  reaching_.wait_for(not_linked(), std::move(then));
}

caf::result<job_whereabouts> neighbourhood::find_job(const job_id& id) {
  auto promise = means_.self->make_response_promise<job_whereabouts>();
  when_linked([this, id, promise] { ask_all_for(id, promise); });
  return promise;
}

void neighbourhood::ask_all_for(const job_id& id,
                                caf::typed_response_promise<job_whereabouts> promise) {
  const auto everybody = linked_now();
  struct search {
    std::size_t open;
    bool found{false};
  };
  const auto state = std::make_shared<search>(search{everybody.here.size()});
  auto missed = [promise, state, id, missing = everybody.missing]() mutable {
    if (state->found || --state->open > 0) return;
    std::string names;
    for (const auto& one : missing) names += (names.empty() ? "" : ", ") + one;
    promise.deliver(
        as_error(fail(errc::not_found, "there is no job " + id.value +
                                           (names.empty() ? "" : "; not asked: " + names))));
  };
  if (everybody.here.empty()) {
    state->open = 1;
    return missed();
  }
  for (const auto& one : everybody.here)
    ask(means_.self, one.rooms.queue, ask_limit, query_job{id})
        .then(
            [promise, state, one](const job_record& job) mutable {
              if (std::exchange(state->found, true)) return;
              promise.deliver(job_whereabouts{job, one});
            },
            [missed](const caf::error&) mutable { missed(); });
}

void neighbourhood::follow(const follow_job& m) {
  if (followed_.contains(m.id) || followed_.size() >= most_followed) return;
  followed_.emplace(m.id, spawn_follower(means_.self, {m.id, m.after, means_.narrator,
                                                       cluster_actor{means_.self}}));
}

bool neighbourhood::is_over(const caf::actor_addr& follower) {
  return std::erase_if(followed_, [&](const auto& one) { return is(follower, one.second); }) > 0;
}

} // namespace hive::actors
