#pragma once
/// The real node as the door's backend: forwards, nothing else.

#include "apps/http/backend.hpp"

namespace hive::http {

/// `node` must outlive it.
class node_backend final : public backend {
 public:
  explicit node_backend(hive::actors::node& node) : node_{node} {}

  const store::home& home() const noexcept override;
  void submit(job_request asked, std::string token, reply_to<job_record> reply) override;
  void submit_on(std::string on, job_request asked, std::string token,
                 reply_to<placed_jobs> reply) override;
  void plan(job_request asked, std::string token, reply_to<preview> reply) override;
  void cancel(job_id id, bool purge, reply_to<job_record> reply) override;
  void cancel_all(bool purge, reply_to<std::uint64_t> reply) override;
  void steer(job_id id, job_order what, reply_to<job_record> reply) override;
  void job(job_id id, reply_to<job_record> reply) override;
  void jobs(std::size_t limit, std::string cursor,
            reply_to<store::page<job_record>> reply) override;
  void all_jobs(std::size_t limit, std::string cursor, reply_to<hive_jobs> reply) override;
  void change(job_id id, job_change what, reply_to<job_record> reply) override;
  void limits(reply_to<hive::limits::in_force> reply) override;
  void change_limits(std::vector<hive::limits::change> changes,
                     reply_to<hive::limits::in_force> reply) override;
  hive::limits::divided_rate& uploads() const noexcept override;
  void subscribe(std::function<void(event_ptr)> hear,
                 std::function<void(event_ptr)> hear_afar) override;
  void replay(job_id id, std::uint64_t after, reply_to<std::vector<event_ptr>> reply) override;
  void artifacts(std::size_t limit, std::string cursor,
                 reply_to<store::page<store::artifact>> reply) override;
  void artifact(artifact_id id, reply_to<store::artifact> reply) override;
  void find(reference what, reply_to<std::vector<store::artifact>> reply) override;
  void change(artifact_id id, artifact_change what, reply_to<store::artifact> reply) override;
  void check(artifact_id id, reply_to<update_check> reply) override;
  void remove(artifact_id id, bool force, reply_to<removal> reply) override;
  void collect_garbage(bool dry_run, std::optional<std::uint64_t> budget, bool force,
                       reply_to<store::gc_report> reply) override;
  std::shared_ptr<store::use_board> uses() const noexcept override;
  void status(reply_to<node_status> reply) override;
  void members(reply_to<members_shown> reply) override;
  void drain(node_id who, bool drains, reply_to<members_shown> reply) override;
  void forget(node_id who, bool force, reply_to<members_shown> reply) override;
  void check_members(reply_to<members_checked> reply) override;
  void wishes(std::size_t limit, std::string cursor, reply_to<wishes_shown> reply) override;
  void withdraw(std::string wish, reply_to<wish_shown> reply) override;
  void actors(actor_query asked, std::string at, reply_to<actor_page> reply) override;
  void actor(std::uint64_t id, std::string at, reply_to<actor_detail> reply) override;
  void act(std::uint64_t id, actor_action what, std::string who, std::chrono::milliseconds lasting,
           reply_to<std::string> reply) override;
  void trace(std::uint64_t under, reply_to<trace_part> reply) override;

 private:
  hive::actors::node& node_;
};

} // namespace hive::http
