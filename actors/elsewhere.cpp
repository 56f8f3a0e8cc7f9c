#include "actors/elsewhere.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "actors/wishes.hpp"

#include <algorithm>

namespace hive::actors {
namespace {

constexpr std::chrono::seconds here_limit{10};
constexpr std::chrono::seconds there_limit{10};
/// Of a question that goes to everybody: who does not answer in it is named.
constexpr std::chrono::seconds all_limit{1};

template <class Message>
void ask_job(gateway_actor::pointer self, const house& now, const Message& what,
             const promised<job_record>& reply) {
  const auto give = [reply](job_record& job) { reply->give(std::move(job)); };
  const auto refuse = [reply](const caf::error& why) {
    reply->give(unanswered<Message>(why, "the queue", here_limit));
  };
  const auto elsewhere = [self, what, give, refuse](job_whereabouts& at) {
    ask(self, at.at.rooms.queue, there_limit, what).then(give, refuse);
  };
  ask(self, now.queue, here_limit, what)
      .then(give, [self, now, what, reply, refuse, elsewhere](const caf::error& why) {
        if (as_failure(why).code != errc::not_found) return refuse(why);
        ask(self, now.cluster, find_job_limit, find_job{what.id})
            .then(elsewhere, [reply](const caf::error& none) {
              reply->give(as_failure(none, "the cluster"));
            });
      });
}

/// Answers of many, until the last one is here.
struct gathering {
  std::size_t open{0};
  hive_jobs found;
  std::size_t limit{0};
  bool more{false};

  void take(const node_id& at, const std::string& name, job_page& page) {
    more = more || !page.next.empty();
    for (auto& job : page.items) found.items.push_back({at, name, std::move(job)});
  }
  /// True with the last one.
  bool close() {
    if (--open > 0) return false;
    std::ranges::sort(found.items, std::ranges::greater{},
                      [](const job_at& one) { return one.job.id; });
    more = more || found.items.size() > limit;
    if (found.items.size() > limit) found.items.resize(limit);
    if (more && !found.items.empty()) found.next = found.items.back().job.id.value;
    return true;
  }
};

/// The same job at every holder; the wish is kept for those that are away.
struct placing {
  std::size_t open{0};
  placed_jobs made;
};

void submit_at(gateway_actor::pointer self, const neighbour& at, const submit_job& what,
               const std::shared_ptr<placing>& all, const promised<placed_jobs>& reply) {
  const auto close = [all, reply] {
    if (--all->open == 0) reply->give(std::move(all->made));
  };
  ask(self, at.rooms.queue, there_limit, what)
      .then(
          [all, at, close](job_record& job) {
            all->made.jobs.push_back({at.id, at.name, std::move(job)});
            close();
          },
          [all, at, close](const caf::error& why) {
            all->made.away.push_back(at.name + ": " + sentence(as_failure(why, at.name)));
            close();
          });
}

void place_at_holders(gateway_actor::pointer self, const house& now,
                      const cluster::desired_record& record, const wish_placed& where,
                      const std::string& token, const promised<placed_jobs>& reply) {
  auto job = job_of(record);
  if (!job) return reply->give(job.why());
  auto all = std::make_shared<placing>();
  all->made.wish = record.id;
  all->made.away = where.away;
  all->open = where.holders.size();
  if (all->open == 0) return reply->give(std::move(all->made));
  for (const auto& who : where.holders)
    ask(self, now.cluster, here_limit, find_neighbour{who.value})
        .then(
            [self, job = *job, token, all, reply](const neighbour& at) {
              submit_at(self, at, submit_job{job, token}, all, reply);
            },
            [all, reply, who](const caf::error& why) {
              all->made.away.push_back(sentence(as_failure(why, who.value)));
              if (--all->open == 0) reply->give(std::move(all->made));
            });
}

template <class Message, class Reply>
void ask_inspector_at(gateway_actor::pointer self, const house& now, const Message& what,
                      const std::string& at, const promised<Reply>& reply) {
  ask(self, now.cluster, here_limit, find_neighbour{at})
      .then(
          [self, what, reply](const neighbour& there) {
            ask(self, there.rooms.inspector, there_limit, what)
                .then([reply](Reply& got) { reply->give(std::move(got)); },
                      [reply, name = there.name](const caf::error& why) {
                        reply->give(unanswered<Message>(why, name, there_limit));
                      });
          },
          [reply](const caf::error& why) { reply->give(as_failure(why, "the cluster")); });
}

} // namespace

void ask_about_job(gateway_actor::pointer self, const house& now, const query_job& what,
                   const promised<job_record>& reply) {
  ask_job(self, now, what, reply);
}
void ask_about_job(gateway_actor::pointer self, const house& now, const cancel_job& what,
                   const promised<job_record>& reply) {
  ask_job(self, now, what, reply);
}
void ask_about_job(gateway_actor::pointer self, const house& now, const steer_job& what,
                   const promised<job_record>& reply) {
  ask_job(self, now, what, reply);
}
void ask_about_job(gateway_actor::pointer self, const house& now, const change_job& what,
                   const promised<job_record>& reply) {
  ask_job(self, now, what, reply);
}

void replay_anywhere(gateway_actor::pointer self, const house& now, const replay_events& what,
                     const promised<event_list>& reply) {
  const auto refuse = [reply](const caf::error& why) {
    reply->give(unanswered<replay_events>(why, "the narrator", here_limit));
  };
  const auto follow = [=](event_list all) {
    const auto* const last = all.events.empty() ? nullptr : all.events.back().get();
    if (last == nullptr || last->kind != event_kind::end)
      tell(self, now.cluster, follow_job{what.job, last ? last->seq : what.after});
    reply->give(std::move(all));
  };
  // Its node went away just now, and may be back.
  const auto away = [follow](const caf::error&) { follow({}); };
  const auto there = [=](job_whereabouts& at) {
    ask(self, at.at.rooms.narrator, there_limit, what).then(follow, away);
  };
  const auto look = [=](event_list& known) {
    if (what.job.empty() || !known.events.empty()) return reply->give(std::move(known));
    ask(self, now.queue, here_limit, query_job{what.job})
        .then([reply](const job_record&) { reply->give(event_list{}); },
              [=](const caf::error&) {
                ask(self, now.cluster, find_job_limit, find_job{what.job}).then(there, away);
              });
  };
  ask(self, now.narrator, here_limit, what).then(look, refuse);
}

void list_everywhere(gateway_actor::pointer self, const house& now, const query_jobs& what,
                     const node_id& own, const std::string& own_name,
                     const promised<hive_jobs>& reply) {
  ask(self, now.cluster, here_limit, list_neighbours{})
      .then(
          [=](neighbour_list& known) {
            auto all = std::make_shared<gathering>();
            all->found.missing = known.missing;
            all->limit = what.limit;
            known.here.push_back({own, own_name, {now.queue, now.narrator, now.inspector}});
            all->open = known.here.size();
            const auto close = [all, reply] {
              if (all->close()) reply->give(std::move(all->found));
            };
            for (const auto& at : known.here)
              ask(self, at.rooms.queue, all_limit, what)
                  .then(
                      [all, at, close](job_page& page) {
                        all->take(at.id, at.name, page);
                        close();
                      },
                      [all, at, close](const caf::error&) {
                        all->found.missing.push_back(at.name);
                        close();
                      });
          },
          [reply](const caf::error& why) { reply->give(as_failure(why, "the cluster")); });
}

void submit_on(gateway_actor::pointer self, const house& now, const submit_job& what,
               const std::string& on, const node_id& own, const promised<placed_jobs>& reply) {
  auto where = parse_placement(on);
  if (!where) return reply->give(where.why());
  const auto refuse = [reply](const caf::error& why) {
    reply->give(as_failure(why, "the cluster"));
  };
  if (where->kind == cluster::placement_kind::node) {
    ask(self, now.cluster, here_limit, find_neighbour{on})
        .then(
            [self, what, reply](const neighbour& at) {
              auto all = std::make_shared<placing>();
              all->open = 1;
              ask(self, at.rooms.queue, there_limit, what)
                  .then(
                      [all, at, reply](job_record& job) {
                        all->made.jobs.push_back({at.id, at.name, std::move(job)});
                        reply->give(std::move(all->made));
                      },
                      [reply, name = at.name](const caf::error& why) {
                        reply->give(unanswered<submit_job>(why, name, there_limit));
                      });
            },
            refuse);
    return;
  }
  auto record = record_of(what.asked, *where, own);
  if (!record) return reply->give(record.why());
  ask(self, now.cluster, here_limit, place_wish{*record})
      .then(
          [self, now, record = *record, token = what.token, reply](const wish_placed& placed) {
            place_at_holders(self, now, record, placed, token, reply);
          },
          refuse);
}

void list_actors_at(gateway_actor::pointer self, const house& now, const actor_query& what,
                    const std::string& at, const promised<actor_page>& reply) {
  ask_inspector_at(self, now, what, at, reply);
}
void show_actor_at(gateway_actor::pointer self, const house& now, const show_actor& what,
                   const std::string& at, const promised<actor_detail>& reply) {
  ask_inspector_at(self, now, what, at, reply);
}

} // namespace hive::actors
