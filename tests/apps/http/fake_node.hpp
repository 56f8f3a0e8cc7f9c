#pragma once
/// A backend without actors: jobs, events and artifacts in memory, every answer given from one
/// thread of its own, in order, as a node's actors would.

#include "apps/http/backend.hpp"
#include "apps/http/door.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <type_traits>

namespace hive::http::test {

/// A folder that goes with its object.
class temporary_folder {
 public:
  temporary_folder();
  ~temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

class fake_node final : public backend {
 public:
  fake_node();
  ~fake_node() override;

  // What a test arranges.
  job_record put_job(job_state state, std::string ref = "hf:org/repo");
  void set_state(const job_id& id, job_state state);
  /// Returns once everything published before has been told.
  void settle();
  /// Gives it the next sequence number, keeps it, and tells the subscriber.
  std::uint64_t publish(event_kind kind, job_id job, std::string human = "something happened",
                        std::optional<job_state> state = std::nullopt);
  /// Stores bytes as a blob and returns the file of an artifact.
  store::artifact_file put_file(std::string path, std::string_view bytes, bool plain_git);
  void put_artifact(store::artifact one);
  /// From now on nothing is answered but with errc::no_answer.
  void fall_silent();
  /// Replies to `job` and `plan` wait until `let_go`.
  void hold_jobs();
  /// Whether that many came to wait.
  bool wait_for_held(std::size_t count);
  /// The same for `replay`, which then answers with what is known by that time.
  void hold_replays();
  void let_go();
  std::size_t job_count();
  job_request last_request();
  std::string last_token();
  bool last_purge();

  const store::home& home() const noexcept override { return home_; }
  void submit(job_request asked, std::string token, reply_to<job_record> reply) override;
  void submit_on(std::string on, job_request asked, std::string token,
                 reply_to<placed_jobs> reply) override;
  /// Of two files, one of them of unknown size; "hf:org/here" is in the catalog.
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
  hive::limits::divided_rate& uploads() const noexcept override { return uploads_; }
  void set_upload_rate(std::uint64_t rate) { upload_rate_ = rate; }
  void subscribe(std::function<void(event_ptr)> hear,
                 std::function<void(event_ptr)> hear_afar) override;
  void replay(job_id id, std::uint64_t after, reply_to<std::vector<event_ptr>> reply) override;
  void artifacts(std::size_t limit, std::string cursor,
                 reply_to<store::page<store::artifact>> reply) override;
  void artifact(artifact_id id, reply_to<store::artifact> reply) override;
  void find(reference what, reply_to<std::vector<store::artifact>> reply) override;
  void change(artifact_id id, artifact_change what, reply_to<store::artifact> reply) override;
  /// Everything has moved on to a revision of fs.
  void check(artifact_id id, reply_to<update_check> reply) override;
  void remove(artifact_id id, bool force, reply_to<removal> reply) override;
  void collect_garbage(bool dry_run, std::optional<std::uint64_t> budget, bool force,
                       reply_to<store::gc_report> reply) override;
  /// From now on removing and collecting need `force`.
  void lose_majority() { has_majority_ = false; }
  std::shared_ptr<store::use_board> uses() const noexcept override { return uses_; }
  /// What the last gc was asked with.
  std::optional<std::uint64_t> last_budget();
  void status(reply_to<node_status> reply) override;
  /// None but itself.
  void members(reply_to<members_shown> reply) override;
  void drain(node_id who, bool drains, reply_to<members_shown> reply) override;
  void forget(node_id who, bool force, reply_to<members_shown> reply) override;
  void check_members(reply_to<members_checked> reply) override;
  /// One, until it is withdrawn.
  void wishes(std::size_t limit, std::string cursor, reply_to<wishes_shown> reply) override;
  void withdraw(std::string wish, reply_to<wish_shown> reply) override;
  /// The actors that were put, in their order; who is asked for is remembered.
  void actors(actor_query asked, std::string at, reply_to<actor_page> reply) override;
  void actor(std::uint64_t id, std::string at, reply_to<actor_detail> reply) override;
  void act(std::uint64_t id, actor_action what, std::string who, std::chrono::milliseconds lasting,
           reply_to<std::string> reply) override;
  /// Every part has two messages of the first actor.
  void trace(std::uint64_t under, reply_to<trace_part> reply) override;
  void put_actor(actor_detail one);
  actor_query last_query();
  std::string last_act(); ///< "cancel 7 by 127.0.0.1 lasting 5000"
  std::uint64_t parts_traced() const noexcept { return parts_traced_; }

 private:
  void later(std::function<void()> call);
  template <class T>
  void answer(const reply_to<T>& reply, std::type_identity_t<result<T>> what);
  result<job_record> known_job(const job_id& id);
  void work();

  temporary_folder folder_;
  std::atomic<bool> has_majority_{true};
  std::atomic<bool> wish_withdrawn_{false};
  store::home home_{folder_.path()};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> calls_;
  std::vector<std::function<void()>> held_;
  bool holding_{false};
  bool holding_replays_{false};
  bool silent_{false};
  bool stopping_{false};
  std::map<std::string, job_record> jobs_;
  std::vector<event_ptr> events_;
  std::vector<store::artifact> artifacts_;
  std::function<void(event_ptr)> hear_;
  std::uint64_t last_seq_{100};
  job_request last_request_;
  std::string last_token_;
  bool last_purge_{false};
  std::optional<std::uint64_t> last_budget_;
  std::shared_ptr<store::use_board> uses_{std::make_shared<store::use_board>()};
  hive::limits::configuration settings_{hive::limits::default_configuration()};
  hive::limits::wishes wishes_;
  std::atomic<std::uint64_t> upload_rate_{0};
  mutable hive::limits::divided_rate uploads_{[this] { return upload_rate_.load(); }};
  std::vector<actor_detail> people_;
  actor_query last_query_;
  std::string last_act_;
  std::atomic<std::uint64_t> parts_traced_{0};
  std::thread thread_;
};

/// An open door on a free port of the loopback.
std::unique_ptr<door> open_door(backend& node, door_options options = {});

} // namespace hive::http::test
