#pragma once
/// One node of the hive, seen from outside the actor world: what apps/ start, ask and stop. CAF
/// stays behind this header.
///
/// Every question is asynchronous: `reply` is called once, on an actor's thread; it must not block
/// (post to your own loop). A question nobody answers in time gets errc::no_answer.

#include "actors/inspection.hpp"
#include "actors/members.hpp"
#include "actors/resident.hpp"
#include "actors/roll_call.hpp"
#include "core/artifact/plan.hpp"
#include "core/artifact/selection.hpp"
#include "core/artifact/view_wish.hpp"
#include "core/base/ids.hpp"
#include "core/discovery/announcement.hpp"
#include "core/job/fact.hpp"
#include "core/job/record.hpp"
#include "core/job/retry.hpp"
#include "core/limits/divided_rate.hpp"
#include "core/limits/limit.hpp"
#include "core/machine/health.hpp"
#include "core/net/engine.hpp"
#include "core/store/database.hpp"
#include "core/store/gc.hpp"
#include "core/store/home.hpp"
#include "core/store/recovery.hpp"
#include "core/store/room.hpp"
#include "core/store/tool_layout.hpp"
#include "core/store/usage.hpp"
#include "core/transfer/transfer.hpp"
#include "core/trust/established.hpp"
#include "vendors/vendor.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hive::actors {

struct node_options {
  store::home home;
  std::string name;
  net::engine_options engine;
  transfer::service_options transfer;
  vendors::vendor_settings vendors;
  hive::limits::configuration limits{hive::limits::default_configuration()};
  std::chrono::days history{30}; ///< how long an ended job is remembered
  std::uint64_t store_budget{0}; ///< bytes; what a gc leaves when it is told no other; 0: no end
  store::tool_roots tools;       ///< where other tools of this machine keep what they have
  std::string views;             ///< parse_views: what a pull or an import makes that says none
  retry_policy job_retry;        ///< of a job as a whole, above what a transfer retries by itself
  /// Called once, on an actor's thread, when the node ended by itself because its actors kept
  /// crashing, or one of them could not be ended; questions get errc::shutting_down from then on.
  /// May be empty.
  std::function<void(failure)> on_give_up;
  patience with_actors{};          ///< until a silent one is told about, and ended
  std::vector<std::string> peers;  ///< "host:port" of nodes of the hive to begin with
  std::vector<std::string> labels; ///< of this node in its hive; sorted
  bool fault_injection{false};     ///< `inject` works; for tests
};

template <class T>
using reply_to = std::function<void(result<T>)>;

/// What GET /v1/node and /metrics show.
struct node_status {
  node_id id;
  std::string name;
  std::string version;
  wall_time started{};
  std::chrono::seconds uptime{0};
  std::string home;
  machine::reading machine;
  std::optional<std::vector<machine::device>> devices; ///< empty until they have been looked for
  std::vector<machine::reason> ailments;               ///< none: healthy
  std::uint64_t disk_promised{0}; ///< of the free bytes, still to come for jobs at work
  std::array<std::uint64_t, 9> jobs_by_state{}; ///< indexed by job_state; terminal ones since start
  std::uint64_t artifacts{0};
  std::uint64_t artifact_bytes{0};
  net::engine_counts engine;
  transfer::service_counts transfer;
  std::uint64_t peer_bytes_out{0};                               ///< of pieces, to other nodes
  std::uint64_t bad_pieces{0};                                   ///< peers sent that were wrong
  std::array<std::uint64_t, hive::limits::limit_count> limits{}; ///< in force
  std::uint64_t events{0};                                       ///< last sequence number given
  std::uint64_t actors{0};                                       ///< alive
  std::uint64_t restarts{0};                                     ///< of long-lived actors
  std::vector<crash_count> crashes;                              ///< by class of actor
  std::vector<class_totals> classes;                             ///< of actors
  member_counts members;
};

/// What is empty stays.
struct artifact_change {
  std::optional<bool> pinned;
  bool used{false};                         ///< a tool was told where it is
  std::vector<view_wish> views_to_remove{}; ///< from other tools' folders; the artifact stays
};

/// Whether the branch or tag an artifact was asked by has moved on.
struct update_check {
  store::artifact here;
  std::string newest; ///< revision; of one that was asked for by its commit its own
};

/// What a pull would do, asked before it is submitted.
struct preview {
  download_plan plan;
  std::vector<quant_choice> choices; ///< quantisations among its files
  std::optional<artifact_id> here;   ///< all of it is in the catalog already
  std::uint64_t to_come{0};          ///< bytes it would bring onto the disk, as far as known
  store::lack lacks;                 ///< beside what is promised to jobs at work
};

struct removal {
  artifact_id id;
  std::uint64_t freed{0}; ///< bytes no other artifact held
};

class node {
 public:
  /// Takes the home (lock, recovery, database), starts threads and actors; running jobs of before
  /// resume as queued.
  static result<std::unique_ptr<node>> start(node_options options);
  /// Like `stop`.
  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// Stops admitting, cancels with keep, persists, ends every actor: within 5 s, else the process
  /// is ended by a watchdog that says which actors hung. Idempotent. Not from an actor's thread.
  void stop();

  const store::home& home() const noexcept;
  const store::recovery_report& recovered() const noexcept;
  /// Tells other processes where this node answers (store::home_lock::announce).
  outcome announce(const std::string& url);

  // Jobs.
  /// `token`: the job's own vendor secret; held in memory only. The same idempotency key yields the
  /// same job (errc::conflict if it asks for something else).
  void submit(job_request asked, std::string token, reply_to<job_record> reply);
  /// At other nodes: a member's name or id, "all", "k=3", "label=NAME". For several the hive keeps
  /// it as a wish, so that nodes that come later get it too; the idempotency key, when it is a
  /// ULID, is the wish's id. errc::unreachable, errc::conflict when no member fits.
  void submit_on(std::string on, job_request asked, std::string token, reply_to<placed_jobs> reply);
  // These find jobs of other nodes in reach as well.
  /// errc::not_found; errc::conflict when it had already ended. Repeating a cancel succeeds.
  void cancel(job_id id, bool purge, reply_to<job_record> reply);
  /// Every job that has not ended; how many those were. Their actors may still be stopping.
  void cancel_all(bool purge, reply_to<std::uint64_t> reply);
  /// Answered once the state is durable: a job that runs is paused when its actors are down. A
  /// pause of a paused job and a resume of any other are fine. errc::not_found; errc::conflict when
  /// the job has ended, or (retry) has not or has succeeded.
  void steer(job_id id, job_order what, reply_to<job_record> reply);
  void job(job_id id, reply_to<job_record> reply);
  /// What `asked` would fetch, by its vendor's word; no job, nothing stored. Answered within 30 s.
  void plan(job_request asked, std::string token, reply_to<preview> reply);
  /// Of this node alone.
  void jobs(std::size_t limit, std::string cursor, reply_to<store::page<job_record>> reply);
  /// Of all nodes in reach.
  void all_jobs(std::size_t limit, std::string cursor, reply_to<hive_jobs> reply);

  /// Live. errc::not_found; errc::conflict when it has ended.
  void change(job_id id, job_change what, reply_to<job_record> reply);

  // Limits.
  void limits(reply_to<hive::limits::in_force> reply);
  /// Live and durable; values must be within `hive::limits::limit_table`'s bounds.
  void change_limits(std::vector<hive::limits::change> changes,
                     reply_to<hive::limits::in_force> reply);
  /// What may leave now. Any thread, at once.
  limits::divided_rate& uploads() const noexcept;

  // Events.
  /// Hears every event as it happens, in order of sequence, on an actor's thread. One subscriber:
  /// the door, which fans out.
  /// `hear_afar` hears those of other nodes' jobs that were asked for by `replay`; their sequence
  /// numbers are that node's. May be empty.
  void subscribe(std::function<void(event_ptr)> hear,
                 std::function<void(event_ptr)> hear_afar = {});
  /// Events after `after` that are still known: of one job, or (empty id) of the node's ring. Of
  /// another node's job, the subscriber hears what happens (`hear_afar`) from then on.
  void replay(job_id id, std::uint64_t after, reply_to<std::vector<event_ptr>> reply);

  // Catalog.
  void artifacts(std::size_t limit, std::string cursor,
                 reply_to<store::page<store::artifact>> reply);
  void artifact(artifact_id id, reply_to<store::artifact> reply);
  /// What is here for a reference as typed (newest first; several when selections differ).
  void find(reference what, reply_to<std::vector<store::artifact>> reply);
  /// errc::not_found, also of a view; errc::conflict for views while a running job uses it.
  void change(artifact_id id, artifact_change what, reply_to<store::artifact> reply);
  /// Asks the vendor, and fetches nothing. Fails as the vendor refuses.
  void check(artifact_id id, reply_to<update_check> reply);
  /// errc::conflict while it is pinned or a running job uses it. errc::no_majority where no more
  /// than half of the hive's members are in reach, unless `force`.
  void remove(artifact_id id, bool force, reply_to<removal> reply);
  /// `budget`: bytes that may stay, 0: any number; empty: the setting. Answered when all is done;
  /// what could not be removed is in the report. errc::conflict while another one is under way;
  /// errc::no_majority as `remove`, but for a dry run.
  void collect_garbage(bool dry_run, std::optional<std::uint64_t> budget, bool force,
                       reply_to<store::gc_report> reply);
  /// Where those who serve bytes note what is used. Outlives the node.
  std::shared_ptr<store::use_board> uses() const noexcept;

  void status(reply_to<node_status> reply);

  // The hive. A node whose home belongs to none is a member of its own.
  /// What the peer port is to hand on, by protocol; any thread, also after `stop`. Empty when the
  /// home belongs to no hive.
  trust::takers takers();
  /// Where other nodes reach this one's peer port, "host:port".
  void advertise(std::vector<std::string> addresses);
  /// A node of the hive, as somebody on the local network says: one more address to dial. Any
  /// thread.
  void heard(discovery::sighting what);
  void members(reply_to<members_shown> reply);
  /// This node takes no new work of the hive, or does again. errc::conflict for another node.
  void drain(node_id who, bool drains, reply_to<members_shown> reply);
  /// Strikes a member off that is gone. errc::not_found; errc::conflict for one that is here, or
  /// where less than half of the members are in sight, unless `force`.
  void forget(node_id who, bool force, reply_to<members_shown> reply);

  /// Dials every member, and has them dial this node; answered within 12 s.
  void check_members(reply_to<members_checked> reply);
  // What the hive is to hold.
  void wishes(std::size_t limit, std::string cursor, reply_to<wishes_shown> reply);
  /// Nobody begins to hold it any more, and who has begun gives up; copies stay. Twice is fine.
  /// errc::not_found.
  void withdraw(std::string wish, reply_to<wish_shown> reply);

  // Looking at actors (actors/inspection.hpp). Clocks run from the first question until 60 s after
  // the last.
  // `at`: a member's name or id; empty: this node.
  void actors(actor_query asked, std::string at, reply_to<actor_page> reply);
  /// errc::not_found.
  void actor(std::uint64_t id, std::string at, reply_to<actor_detail> reply);
  /// Answered with a sentence. `who` goes into the audit line; `lasting`: of a freeze.
  /// errc::not_found; errc::conflict when the action does not fit the actor; errc::unsupported for
  /// faults unless the node was started for them.
  void act(std::uint64_t id, actor_action what, std::string who, std::chrono::milliseconds lasting,
           reply_to<std::string> reply);
  /// Begins a trace of `under` and all below it (0: of everybody) when none is under way, and takes
  /// what has come since. One at a time. It is over after a minute, with its actor, or 3 s after
  /// nobody takes.
  void trace(std::uint64_t under, reply_to<trace_part> reply);

 private:
  node();
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace hive::actors
