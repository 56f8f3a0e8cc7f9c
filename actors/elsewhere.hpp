#pragma once
/// Questions about jobs and actors that may be another node's: put to this node first, then, where
/// it knows nothing, to those in reach. In the gateway's context.

#include "actors/promised_reply.hpp"
#include "actors/protocol.hpp"

#include <memory>

namespace hive::actors {

template <class T>
using promised = std::shared_ptr<promised_reply<T>>;

// `id`: the job that is asked about.
void ask_about_job(gateway_actor::pointer self, const house& now, const query_job& what,
                   const promised<job_record>& reply);
void ask_about_job(gateway_actor::pointer self, const house& now, const cancel_job& what,
                   const promised<job_record>& reply);
void ask_about_job(gateway_actor::pointer self, const house& now, const steer_job& what,
                   const promised<job_record>& reply);
void ask_about_job(gateway_actor::pointer self, const house& now, const change_job& what,
                   const promised<job_record>& reply);

/// Of another node's job, events come to the subscriber from then on, until it ends.
void replay_anywhere(gateway_actor::pointer self, const house& now, const replay_events& what,
                     const promised<event_list>& reply);
/// One page of the jobs of all nodes in reach, newest first.
void list_everywhere(gateway_actor::pointer self, const house& now, const query_jobs& what,
                     const node_id& own, const std::string& own_name,
                     const promised<hive_jobs>& reply);
/// At the node `on` names; or, for several, as a wish the hive keeps.
void submit_on(gateway_actor::pointer self, const house& now, const submit_job& what,
               const std::string& on, const node_id& own, const promised<placed_jobs>& reply);
void list_actors_at(gateway_actor::pointer self, const house& now, const actor_query& what,
                    const std::string& at, const promised<actor_page>& reply);
void show_actor_at(gateway_actor::pointer self, const house& now, const show_actor& what,
                   const std::string& at, const promised<actor_detail>& reply);

} // namespace hive::actors
