#include "apps/http/node_backend.hpp"

#include <utility>

namespace hive::http {

const store::home& node_backend::home() const noexcept {
  return node_.home();
}

void node_backend::submit(job_request asked, std::string token, reply_to<job_record> reply) {
  node_.submit(std::move(asked), std::move(token), std::move(reply));
}

void node_backend::submit_on(std::string on, job_request asked, std::string token,
                             reply_to<placed_jobs> reply) {
  node_.submit_on(std::move(on), std::move(asked), std::move(token), std::move(reply));
}

void node_backend::plan(job_request asked, std::string token, reply_to<preview> reply) {
  node_.plan(std::move(asked), std::move(token), std::move(reply));
}

void node_backend::cancel(job_id id, bool purge, reply_to<job_record> reply) {
  node_.cancel(std::move(id), purge, std::move(reply));
}

void node_backend::cancel_all(bool purge, reply_to<std::uint64_t> reply) {
  node_.cancel_all(purge, std::move(reply));
}

void node_backend::steer(job_id id, job_order what, reply_to<job_record> reply) {
  node_.steer(std::move(id), what, std::move(reply));
}

void node_backend::job(job_id id, reply_to<job_record> reply) {
  node_.job(std::move(id), std::move(reply));
}

void node_backend::jobs(std::size_t limit, std::string cursor,
                        reply_to<store::page<job_record>> reply) {
  node_.jobs(limit, std::move(cursor), std::move(reply));
}

void node_backend::all_jobs(std::size_t limit, std::string cursor, reply_to<hive_jobs> reply) {
  node_.all_jobs(limit, std::move(cursor), std::move(reply));
}

void node_backend::change(job_id id, job_change what, reply_to<job_record> reply) {
  node_.change(std::move(id), what, std::move(reply));
}

void node_backend::limits(reply_to<hive::limits::in_force> reply) {
  node_.limits(std::move(reply));
}

void node_backend::change_limits(std::vector<hive::limits::change> changes,
                                 reply_to<hive::limits::in_force> reply) {
  node_.change_limits(std::move(changes), std::move(reply));
}

hive::limits::divided_rate& node_backend::uploads() const noexcept {
  return node_.uploads();
}

void node_backend::subscribe(std::function<void(event_ptr)> hear,
                             std::function<void(event_ptr)> hear_afar) {
  node_.subscribe(std::move(hear), std::move(hear_afar));
}

void node_backend::replay(job_id id, std::uint64_t after, reply_to<std::vector<event_ptr>> reply) {
  node_.replay(std::move(id), after, std::move(reply));
}

void node_backend::artifacts(std::size_t limit, std::string cursor,
                             reply_to<store::page<store::artifact>> reply) {
  node_.artifacts(limit, std::move(cursor), std::move(reply));
}

void node_backend::artifact(artifact_id id, reply_to<store::artifact> reply) {
  node_.artifact(std::move(id), std::move(reply));
}

void node_backend::find(reference what, reply_to<std::vector<store::artifact>> reply) {
  node_.find(std::move(what), std::move(reply));
}

void node_backend::change(artifact_id id, artifact_change what, reply_to<store::artifact> reply) {
  node_.change(std::move(id), what, std::move(reply));
}

void node_backend::collect_garbage(bool dry_run, std::optional<std::uint64_t> budget, bool force,
                                   reply_to<store::gc_report> reply) {
  node_.collect_garbage(dry_run, budget, force, std::move(reply));
}

std::shared_ptr<store::use_board> node_backend::uses() const noexcept {
  return node_.uses();
}

void node_backend::check(artifact_id id, reply_to<update_check> reply) {
  node_.check(std::move(id), std::move(reply));
}

void node_backend::remove(artifact_id id, bool force, reply_to<removal> reply) {
  node_.remove(std::move(id), force, std::move(reply));
}

void node_backend::status(reply_to<node_status> reply) {
  node_.status(std::move(reply));
}

void node_backend::members(reply_to<members_shown> reply) {
  node_.members(std::move(reply));
}

void node_backend::drain(node_id who, bool drains, reply_to<members_shown> reply) {
  node_.drain(std::move(who), drains, std::move(reply));
}

void node_backend::forget(node_id who, bool force, reply_to<members_shown> reply) {
  node_.forget(std::move(who), force, std::move(reply));
}

void node_backend::check_members(reply_to<members_checked> reply) {
  node_.check_members(std::move(reply));
}

void node_backend::wishes(std::size_t limit, std::string cursor, reply_to<wishes_shown> reply) {
  node_.wishes(limit, std::move(cursor), std::move(reply));
}

void node_backend::withdraw(std::string wish, reply_to<wish_shown> reply) {
  node_.withdraw(std::move(wish), std::move(reply));
}

void node_backend::actors(actor_query asked, std::string at, reply_to<actor_page> reply) {
  node_.actors(std::move(asked), std::move(at), std::move(reply));
}

void node_backend::actor(std::uint64_t id, std::string at, reply_to<actor_detail> reply) {
  node_.actor(id, std::move(at), std::move(reply));
}

void node_backend::act(std::uint64_t id, actor_action what, std::string who,
                       std::chrono::milliseconds lasting, reply_to<std::string> reply) {
  node_.act(id, what, std::move(who), lasting, std::move(reply));
}

void node_backend::trace(std::uint64_t under, reply_to<trace_part> reply) {
  node_.trace(under, std::move(reply));
}

} // namespace hive::http
