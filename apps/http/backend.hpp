#pragma once
/// What the door needs of a node: the questions of actors::node, answered by whoever implements
/// this. The same promises hold: `reply` is called once, on any thread, and must not block.

#include "actors/node.hpp"

#include <functional>
#include <string>
#include <vector>

namespace hive::http {

using actors::actor_action;
using actors::actor_detail;
using actors::actor_page;
using actors::actor_query;
using actors::artifact_change;
using actors::hive_jobs;
using actors::members_checked;
using actors::members_shown;
using actors::node_status;
using actors::placed_jobs;
using actors::preview;
using actors::removal;
using actors::reply_to;
using actors::trace_part;
using actors::update_check;
using actors::wish_shown;
using actors::wishes_shown;

class backend {
 public:
  virtual ~backend() = default;

  virtual const store::home& home() const noexcept = 0;

  virtual void submit(job_request asked, std::string token, reply_to<job_record> reply) = 0;
  virtual void submit_on(std::string on, job_request asked, std::string token,
                         reply_to<placed_jobs> reply) = 0;
  virtual void plan(job_request asked, std::string token, reply_to<preview> reply) = 0;
  virtual void cancel(job_id id, bool purge, reply_to<job_record> reply) = 0;
  virtual void cancel_all(bool purge, reply_to<std::uint64_t> reply) = 0;
  virtual void steer(job_id id, job_order what, reply_to<job_record> reply) = 0;
  virtual void job(job_id id, reply_to<job_record> reply) = 0;
  virtual void jobs(std::size_t limit, std::string cursor,
                    reply_to<store::page<job_record>> reply) = 0;
  virtual void all_jobs(std::size_t limit, std::string cursor, reply_to<hive_jobs> reply) = 0;

  virtual void change(job_id id, job_change what, reply_to<job_record> reply) = 0;

  virtual void limits(reply_to<hive::limits::in_force> reply) = 0;
  virtual void change_limits(std::vector<hive::limits::change> changes,
                             reply_to<hive::limits::in_force> reply) = 0;
  /// What may leave now: the door is `limits::door::replies`. Any thread, never blocks.
  virtual hive::limits::divided_rate& uploads() const noexcept = 0;

  /// `hear_afar`: events of other nodes' jobs that were asked for by `replay`.
  virtual void subscribe(std::function<void(event_ptr)> hear,
                         std::function<void(event_ptr)> hear_afar) = 0;
  virtual void replay(job_id id, std::uint64_t after, reply_to<std::vector<event_ptr>> reply) = 0;

  virtual void artifacts(std::size_t limit, std::string cursor,
                         reply_to<store::page<store::artifact>> reply) = 0;
  virtual void artifact(artifact_id id, reply_to<store::artifact> reply) = 0;
  /// With neither revision nor selector: everything of that repository, newest first.
  virtual void find(reference what, reply_to<std::vector<store::artifact>> reply) = 0;
  virtual void change(artifact_id id, artifact_change what, reply_to<store::artifact> reply) = 0;
  virtual void check(artifact_id id, reply_to<update_check> reply) = 0;
  virtual void remove(artifact_id id, bool force, reply_to<removal> reply) = 0;
  virtual void collect_garbage(bool dry_run, std::optional<std::uint64_t> budget, bool force,
                               reply_to<store::gc_report> reply) = 0;
  virtual std::shared_ptr<store::use_board> uses() const noexcept = 0;

  virtual void status(reply_to<node_status> reply) = 0;

  virtual void members(reply_to<members_shown> reply) = 0;
  virtual void drain(node_id who, bool drains, reply_to<members_shown> reply) = 0;
  virtual void forget(node_id who, bool force, reply_to<members_shown> reply) = 0;
  virtual void check_members(reply_to<members_checked> reply) = 0;
  virtual void wishes(std::size_t limit, std::string cursor, reply_to<wishes_shown> reply) = 0;
  virtual void withdraw(std::string wish, reply_to<wish_shown> reply) = 0;

  virtual void actors(actor_query asked, std::string at, reply_to<actor_page> reply) = 0;
  virtual void actor(std::uint64_t id, std::string at, reply_to<actor_detail> reply) = 0;
  virtual void act(std::uint64_t id, actor_action what, std::string who,
                   std::chrono::milliseconds lasting, reply_to<std::string> reply) = 0;
  virtual void trace(std::uint64_t under, reply_to<trace_part> reply) = 0;
};

} // namespace hive::http
