#include "actors/neighbourhood.hpp"

#include "actors/follower.hpp"
#include "actors/hive_inspect.hpp"
#include "actors/member_facts.hpp"
#include "actors/spelling.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace hive::actors {

namespace {

constexpr std::chrono::seconds ask_limit{1};
constexpr std::size_t most_followed = 256;

} // namespace

std::string neighbourhood::name_of(const node_id& who) const {
  const auto* const row = means_.members->table().find(who);
  return row == nullptr ? who.value : label(*row->who);
}

bool neighbourhood::is_in_reach(const node_id& who) const {
  const auto at = means_.peers->find(who);
  return at != means_.peers->end() && at->second.linked;
}

caf::result<neighbour> neighbourhood::find(const std::string& who) const {
  std::vector<node_id> found;
  for (std::size_t i = 0; i < means_.members->table().size(); ++i) {
    const auto& row = *means_.members->table().at(i);
    if (row.life >= cluster::lifecycle::left) continue;
    if (row.id().value == who || row.who->name == who) found.push_back(row.id());
  }
  if (found.empty())
    return as_error(fail(errc::not_found, "no member of the hive is called " + who.substr(0, 64),
                         "see 'hive nodes'"));
  if (found.size() > 1)
    return as_error(fail(errc::conflict, "several members are called " + who.substr(0, 64),
                         "give the id instead, see 'hive nodes'"));
  if (found.front() == own())
    return neighbour{own(), means_.members->self()->who->name, means_.rooms};
  if (!is_in_reach(found.front()))
    return as_error(fail(errc::unreachable, "there is no link with " + name_of(found.front()),
                         "see 'hive nodes' for why"));
  return neighbour{found.front(), name_of(found.front()), means_.peers->at(found.front()).rooms};
}

neighbour_list neighbourhood::all() const {
  neighbour_list out;
  for (std::size_t i = 0; i < means_.members->table().size(); ++i) {
    const auto& row = *means_.members->table().at(i);
    if (row.id() == own() || row.life >= cluster::lifecycle::left) continue;
    if (is_in_reach(row.id()))
      out.here.push_back({row.id(), label(*row.who), means_.peers->at(row.id()).rooms});
    else
      out.missing.push_back(label(*row.who));
  }
  return out;
}

caf::result<job_whereabouts> neighbourhood::find_job(const job_id& id) {
  auto promise = means_.self->make_response_promise<job_whereabouts>();
  const auto everybody = all();
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
    missed();
    return promise;
  }
  for (const auto& one : everybody.here)
    ask(means_.self, one.rooms.queue, ask_limit, query_job{id})
        .then(
            [promise, state, one](const job_record& job) mutable {
              if (std::exchange(state->found, true)) return;
              promise.deliver(job_whereabouts{job, one});
            },
            [missed](const caf::error&) mutable { missed(); });
  return promise;
}

void neighbourhood::follow(const follow_job& m) {
  if (followed_.contains(m.id) || followed_.size() >= most_followed) return;
  ask(means_.self, cluster_actor{means_.self}, ask_limit * 2, actors::find_job{m.id})
      .then(
          [this, m](const job_whereabouts& at) {
            if (followed_.contains(m.id)) return;
            auto made =
                spawn_follower(means_.self, {m.id, m.after, at.at.rooms.narrator, means_.narrator});
            followed_.emplace(m.id, made);
          },
          [](const caf::error&) {});
}

bool neighbourhood::is_over(const caf::actor_addr& follower) {
  return std::erase_if(followed_, [&](const auto& one) { return is(follower, one.second); }) > 0;
}

} // namespace hive::actors
