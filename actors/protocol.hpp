#pragma once
/// Every message between actors, in the order a request meets them (commands verb_noun, facts past
/// tense, replies nouns), every typed handle, and the one block of type ids. Bytes never ride here.

#include "actors/crossing.hpp"
#include "actors/hive_port.hpp"
#include "actors/hive_words.hpp"
#include "actors/inspection.hpp"
#include "actors/node.hpp"
#include "actors/vital.hpp"
#include "core/artifact/plan.hpp"
#include "core/artifact/selection.hpp"
#include "core/job/fact.hpp"
#include "core/job/record.hpp"
#include "core/limits/limit.hpp"
#include "core/machine/health.hpp"
#include "core/net/keyring.hpp"
#include "core/store/audit.hpp"
#include "core/store/database.hpp"
#include "core/store/gc.hpp"
#include "core/store/room.hpp"
#include "core/transfer/transfer.hpp"

#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hive::actors {

// In: from foreign threads to the gateway.
struct house;
struct question;        ///< put by a foreign thread
struct house_opened;    ///< the group stands; its handles
struct house_closed {}; ///< the group is down; questions wait
struct hear_events {    ///< the one subscriber
  std::shared_ptr<const std::function<void(event_ptr)>> hear;
  /// Events of other nodes' jobs that somebody follows.
  std::shared_ptr<const std::function<void(event_ptr)>> hear_afar{};
};

// Jobs: to the queue; the ledger understands the two queries as well.
struct submit_job {
  job_request asked;
  std::string token;
};
struct cancel_job {
  job_id id;
  bool purge{false};
};
struct cancel_jobs { ///< every one that has not ended
  bool purge{false};
};
struct jobs_cancelled {
  std::uint64_t count{0};
};
struct steer_job {
  job_id id;
  job_order what{job_order::pause};
};
struct query_job {
  job_id id;
};
struct query_jobs {
  std::size_t limit{0};
  std::string cursor;
};
using job_page = store::page<job_record>;
/// Live; what is empty stays.
struct change_job {
  job_id id;
  job_change what;
};
struct count_jobs {};
struct job_counts {
  std::array<std::uint64_t, 9> by_state{};
};

// Keeping: to the ledger.
struct keep_job {
  job_record record;
};
struct write_batch {}; ///< the ledger to itself
struct query_job_by_key {
  std::string key;
};
struct job_found {
  std::optional<job_record> record;
};
struct list_unfinished {};
struct keep_settings {
  std::map<std::string, std::optional<std::string>> changes; ///< empty: forgotten
};
struct recall_settings {};
struct setting_list {
  std::map<std::string, std::string> settings;
};
struct job_list {
  std::vector<job_record> jobs;
};
struct keep_history {
  job_id job;
  std::vector<event_ptr> events;
};
struct recall_history {
  job_id job;
};
struct event_list {
  std::vector<event_ptr> events;
};

// Limits.
struct query_limits {};
struct change_limits {
  std::vector<limits::change> changes;
};
struct limit_job {
  job_id id;
  std::uint64_t rate{0}; ///< bytes/s, 0: no limit of its own
};
struct watch_slots;
struct slots_changed {
  std::size_t max_jobs{1};
};

// A job's way: is it here, what is it, does it fit.
struct find_wish {
  std::string wish; ///< core/artifact/selection.hpp, wish_key
};
struct artifact_found {
  std::optional<store::artifact> what;
};
struct resolve_reference {
  job_id job;
  reference what;
  file_wish wish;
  std::string token;
};
/// By plan_file::origin; null where nothing is secret.
using keyrings = std::vector<std::shared_ptr<const net::keyring>>;
struct plan_resolved {
  download_plan plan;
  keyrings keys;
};
struct host_asked { ///< to the job whose conversation it is
  std::string host;
};
struct reply_arrived { ///< from the loop thread to the vendor who asked
  std::uint64_t conversation{0};
  std::shared_ptr<result<net::reply>> reply;
};
struct pass_renewed { ///< the same: there is a token now, or none to be had
  std::uint64_t conversation{0};
  std::shared_ptr<outcome> how;
};
/// The catalog spares what the plan needs, room on the disk as well, until the asking job is gone;
/// nothing when it lacks room.
struct check_plan {
  download_plan plan;
};
struct plan_checked {
  std::uint64_t total{0};   ///< bytes, as far as known
  std::uint64_t here{0};    ///< of files that stand
  std::uint64_t partial{0}; ///< of unfinished ones
  store::lack lacks;
};
struct measure_room { ///< from the queue: whom of those who wait for room has it now?
  std::vector<std::vector<job_content>> line;
};
struct room_measured {
  std::vector<store::lack> lacks;     ///< of each in the line
  std::vector<std::uint64_t> to_come; ///< bytes each still brings onto the disk
};

// Verifying: job → audit → auditors and back, then job → catalog.
struct check_part {
  std::size_t subject{0}; ///< of the audit
  std::shared_ptr<store::audit_part> part;
};
struct audit_step {}; ///< an auditor to itself
struct bytes_checked {
  std::size_t subject{0};
  std::uint64_t looked_at{0};
  std::uint64_t right{0};
};
struct part_checked {
  std::size_t subject{0};
  std::shared_ptr<store::audit_part> part;
};
struct damage { ///< a content that is not what it should be, and where the artifact has it
  store::blob_finding found;
  std::vector<std::string> paths;
};
struct audit_finished {
  std::vector<damage> damaged;
};
struct set_aside_contents { ///< they are served to nobody from then on
  std::vector<damage> damaged;
};
struct contents_set_aside {
  std::uint64_t kept{0}; ///< bytes of them that need not be fetched again
};
struct renew_artifact { ///< it was verified: views of what was repaired come back
  artifact_id id;
};

// Fetching: download → shelf → transfer and back.
struct fetch_file;
struct find_blob {
  plan_file file;
};
struct blob_found {
  std::optional<transfer::arrival> blob;
};
struct charge_transfer {
  std::vector<std::string> limits;
};
struct transfer_progressed {
  std::string key;
  transfer::update now;
};
struct transfer_noted {
  std::string key;
  transfer::note what;
};
struct transfer_ended {
  std::string key;
  std::shared_ptr<const result<transfer::arrival>> how;
};
struct sockets_closed {};
struct transfer_seen { ///< from the loop thread to the transfer, which was asked what it does
  std::shared_ptr<const transfer::sight> what;
};
struct file_progressed {
  std::string path;
  transfer::update now;
};
struct file_fetched {
  std::string path;
  transfer::arrival blob;
};
struct file_failed {
  std::string path;
  failure why;
};
struct download_finished {
  std::vector<store::artifact_file> files;
  std::uint64_t resumed{0}; ///< bytes that were already here
};
struct download_failed {
  std::string path;
  failure why;
  bool moved{false}; ///< bytes came before it failed
};
struct kept_content {
  std::string key;
  std::uint64_t bytes{0}; ///< durable ones of its partial
};
struct contents_released {
  std::vector<kept_content> kept;
};
struct contents_measured { ///< from the disk thread to the shelf
  std::uint64_t release{0};
  contents_released what;
};
struct release_contents { ///< answered when nothing of them is open any more
  job_id job;
  std::vector<std::string> keys; ///< content_key of every file of its plan
  bool purge{false};
};
struct partial_purged {
  std::string key;
};

// Sharing with other nodes: transfer ↔ swarm, and the piece server's thread to the swarm.
struct enter_cluster { ///< from the supervisor to the swarm
  hive_port_actor cluster;
};
struct watch_sharing;
struct sharing_changed {
  bool possible{false}; ///< the hive has other members
};
struct begin_sharing;
struct piece_told { ///< from the loop thread
  std::string key;
  std::uint64_t worker{0}; ///< id of the transfer
  transfer::piece_news what;
};
struct piece_ordered {
  transfer::piece_order what;
};
struct end_sharing { ///< the transfer is over
  std::string key;
  std::uint64_t worker{0};
  std::string sha256; ///< of its blob; empty: there is none
};
struct piece_asked { ///< by a peer
  std::uint64_t request{0};
  node_id peer;
  std::string content;
  swarm::piece_index piece{0};
};
struct piece_went {
  std::uint64_t request{0};
  std::uint64_t bytes{0};
};
struct piece_over {
  std::uint64_t request{0};
  bool whole{false};
};
struct pieces_hashed { ///< of a blob; none: it cannot be read
  std::string key;
  std::shared_ptr<const std::vector<swarm::piece_claim>> pieces;
};

// Building: job → build and back.
struct build_step {}; ///< the build to itself
struct build_finished {
  std::vector<plan_file> files; ///< in the build's folder, to be moved
};
struct build_failed {
  failure why;
};
/// Before it is built: whoever else builds the same is waited for.
struct claim_artifact {
  job_id job;
  artifact_id id;
};
struct artifact_claimed {              ///< both empty: it is the asker's to build
  std::optional<store::artifact> what; ///< here already
  std::optional<job_id> maker;         ///< builds it; claim_ended comes
};
struct claim_ended {}; ///< to those who wait: it is here, or nobody builds it any more

// Committing, and the catalog's own questions.
struct admit_artifact {
  download_plan plan;
  std::vector<store::artifact_file> files;
  std::string wish;
};
struct show_artifact { ///< in other tools' folders
  artifact_id id;
  std::vector<view_wish> views;
};
struct artifact_shown {
  std::vector<store::view_sight> views; ///< how each went
};
struct exhibit { ///< from the catalog to the exhibitor
  store::artifact what;
  std::vector<view_wish> views;
  caf::strong_actor_ptr asker; ///< given up with it; null: with nobody
};
struct exhibit_step {}; ///< the exhibitor to itself
struct query_artifact {
  artifact_id id;
};
struct query_artifacts {
  std::size_t limit{0};
  std::string cursor;
};
using artifact_page = store::page<store::artifact>;
struct match_reference {
  reference what;
};
struct artifact_list {
  std::vector<store::artifact> artifacts;
};
struct change_artifact {
  artifact_id id;
  artifact_change what;
};
struct remove_artifact {
  artifact_id id;
};
struct collect_garbage {
  bool dry_run{false};                 ///< answer the plan, do nothing
  std::optional<std::uint64_t> budget; ///< bytes, 0: none; empty: the setting
};
struct clearing_step {}; ///< the catalog to itself
struct uses_due {};      ///< the same: to be written
struct model_due {};     ///< the same: the next one nobody has looked at
struct list_stock {};    ///< what the hive is told of it
struct stock_listed {
  std::uint64_t count{0};                     ///< of all
  std::vector<cluster::held_artifact> newest; ///< at most cluster::max_held
};
struct count_artifacts {};
struct catalog_counts {
  std::uint64_t artifacts{0};
  std::uint64_t bytes{0};
  std::uint64_t disk_promised{0}; ///< still to come for jobs at work
};

// The node's own pulse.
struct take_pulse {};
struct pulse_taken {
  machine::reading now;
  std::optional<std::vector<machine::device>> devices; ///< empty until they have been looked for
  std::vector<machine::reason> ailments;               ///< none: healthy
};
struct look_for_devices {}; ///< the pulse to itself

// Looking in: to the inspector. `actor_query` is a question as well.
struct show_actor {
  std::uint64_t id{0};
};
struct act_on_actor {
  std::uint64_t id{0};
  actor_action what{actor_action::cancel};
  std::chrono::milliseconds lasting{0}; ///< of a freeze
  std::string who;                      ///< asks, for the audit line
};
struct actor_acted {
  std::string human; ///< what follows
};
/// Begins a trace when none is under way; 0: of everybody. Every call takes what has come.
struct take_trace {
  std::uint64_t under{0};
};
struct window_over { ///< the inspector to itself
  std::uint64_t turn{0};
};

// Beating: to the heartbeat.
struct files_planned {
  std::vector<file_progress> files;
};
struct bytes_moved {
  file_progress file;
  std::uint64_t fresh{0}; ///< bytes of it that came in this run
  std::string phase;
};
struct state_entered {
  job_state state{job_state::resolving};
};
struct waiting_for { ///< the try goes on when this one has answered
  std::string whom;
};
struct step_begun { ///< of a build: it takes as long as it takes
  std::string step;
};
struct tick {};

// What a job tells the queue.
struct job_planned { ///< the vendor has answered
  job_id id;
  std::string revision;
  std::vector<job_content> contents;
};
struct job_advanced {
  job_id id;
  job_step step{job_step::resolved};
};
struct job_progressed {
  job_id id;
  job_progress progress;
};
struct job_settled { ///< how this try went
  job_id id;
  std::optional<failure> error;
  artifact_id artifact;
  bool moved{false};    ///< bytes came before it failed
  bool unplaced{false}; ///< there was no room for its plan
};

// The queue to itself.
struct wake_up { ///< a wait is over
  job_id id;
  std::uint64_t turn{0};
};
struct look_for_room {};
struct keep_again { ///< the ledger could not keep it
  job_id id;
};
struct widen_start {}; ///< more of the jobs of before may start

// Telling: to the narrator.
struct narrate {
  fact what;
  event_kind kind{event_kind::narration};
  std::optional<job_state> state;
  std::optional<job_progress> progress;
};
struct replay_events {
  job_id job;
  std::uint64_t after{0};
};
/// Of a job of another node: to the subscriber, and nowhere else.
struct relay_events {
  std::vector<event_ptr> events;
};

struct open_house {}; ///< to the supervisor
struct stop_overdue { ///< the supervisor to itself: whoever was told to stop still lives
  std::uint64_t turn{0};
};

using gateway_actor =
    caf::typed_actor<caf::result<void>(question), caf::result<void>(house_opened),
                     caf::result<void>(house_closed), caf::result<void>(hear_events)>;
using queue_actor =
    caf::typed_actor<caf::result<job_record>(submit_job), caf::result<job_record>(cancel_job),
                     caf::result<jobs_cancelled>(cancel_jobs), caf::result<job_record>(steer_job),
                     caf::result<job_record>(change_job), caf::result<void>(slots_changed),
                     caf::result<job_record>(query_job), caf::result<job_page>(query_jobs),
                     caf::result<job_counts>(count_jobs), caf::result<void>(job_planned),
                     caf::result<void>(job_advanced), caf::result<void>(job_progressed),
                     caf::result<void>(job_settled), caf::result<void>(wake_up),
                     caf::result<void>(look_for_room), caf::result<void>(keep_again),
                     caf::result<void>(widen_start)>;
using ledger_actor =
    caf::typed_actor<caf::result<void>(keep_job), caf::result<void>(write_batch),
                     caf::result<job_record>(query_job), caf::result<job_found>(query_job_by_key),
                     caf::result<job_page>(query_jobs), caf::result<job_list>(list_unfinished),
                     caf::result<void>(keep_history), caf::result<event_list>(recall_history),
                     caf::result<void>(keep_settings), caf::result<setting_list>(recall_settings),
                     caf::result<void>(tick)>;
using limits_actor =
    caf::typed_actor<caf::result<limits::in_force>(query_limits),
                     caf::result<limits::in_force>(change_limits), caf::result<void>(limit_job),
                     caf::result<void>(watch_slots), caf::result<void>(tick)>;
using job_actor =
    caf::typed_actor<caf::result<void>(download_finished), caf::result<void>(download_failed),
                     caf::result<void>(audit_finished), caf::result<void>(host_asked),
                     caf::result<void>(build_finished), caf::result<void>(build_failed),
                     caf::result<void>(claim_ended)>;
using build_actor = caf::typed_actor<caf::result<void>(build_step)>;
using audit_actor =
    caf::typed_actor<caf::result<void>(bytes_checked), caf::result<void>(part_checked)>;
using auditor_actor =
    caf::typed_actor<caf::result<void>(check_part), caf::result<void>(audit_step)>;
using desk_actor = caf::typed_actor<caf::result<plan_resolved>(resolve_reference)>;
using vendor_actor =
    caf::typed_actor<caf::result<plan_resolved>(resolve_reference),
                     caf::result<void>(reply_arrived), caf::result<void>(pass_renewed)>;
using download_actor =
    caf::typed_actor<caf::result<void>(file_progressed), caf::result<void>(file_fetched),
                     caf::result<void>(file_failed)>;
using heartbeat_actor =
    caf::typed_actor<caf::result<void>(files_planned), caf::result<void>(bytes_moved),
                     caf::result<void>(state_entered), caf::result<void>(waiting_for),
                     caf::result<void>(step_begun), caf::result<void>(tick)>;
using shelf_actor =
    caf::typed_actor<caf::result<void>(fetch_file), caf::result<void>(transfer_progressed),
                     caf::result<void>(transfer_noted), caf::result<void>(transfer_ended),
                     caf::result<contents_released>(release_contents),
                     caf::result<void>(contents_measured), caf::result<void>(partial_purged),
                     caf::result<void>(sharing_changed)>;
using transfer_actor =
    caf::typed_actor<caf::result<void>(charge_transfer), caf::result<void>(transfer_progressed),
                     caf::result<void>(transfer_noted), caf::result<void>(transfer_ended),
                     caf::result<void>(sockets_closed), caf::result<void>(transfer_seen),
                     caf::result<void>(piece_ordered)>;
using swarm_actor =
    caf::typed_actor<caf::result<void>(members_changed), caf::result<void>(words_arrived),
                     caf::result<void>(enter_cluster), caf::result<void>(watch_sharing),
                     caf::result<void>(begin_sharing), caf::result<void>(piece_told),
                     caf::result<void>(end_sharing), caf::result<void>(piece_asked),
                     caf::result<void>(piece_went), caf::result<void>(piece_over),
                     caf::result<void>(pieces_hashed), caf::result<void>(tick)>;
using catalog_actor = caf::typed_actor<
    caf::result<artifact_found>(find_wish), caf::result<plan_checked>(check_plan),
    caf::result<room_measured>(measure_room), caf::result<blob_found>(find_blob),
    caf::result<store::artifact>(admit_artifact), caf::result<store::artifact>(query_artifact),
    caf::result<artifact_page>(query_artifacts), caf::result<artifact_list>(match_reference),
    caf::result<removal>(remove_artifact), caf::result<catalog_counts>(count_artifacts),
    caf::result<stock_listed>(list_stock), caf::result<contents_set_aside>(set_aside_contents),
    caf::result<store::artifact>(renew_artifact), caf::result<store::artifact>(change_artifact),
    caf::result<store::gc_report>(collect_garbage), caf::result<void>(clearing_step),
    caf::result<void>(uses_due), caf::result<void>(model_due),
    caf::result<artifact_shown>(show_artifact), caf::result<artifact_claimed>(claim_artifact)>;
using exhibitor_actor =
    caf::typed_actor<caf::result<artifact_shown>(exhibit), caf::result<void>(exhibit_step)>;
using narrator_actor =
    caf::typed_actor<caf::result<void>(narrate), caf::result<void>(hear_events),
                     caf::result<event_list>(replay_events), caf::result<void>(relay_events)>;
using pulse_actor = caf::typed_actor<caf::result<pulse_taken>(take_pulse), caf::result<void>(tick),
                                     caf::result<void>(look_for_devices)>;
using inspector_actor =
    caf::typed_actor<caf::result<actor_page>(actor_query), caf::result<actor_detail>(show_actor),
                     caf::result<actor_acted>(act_on_actor), caf::result<trace_part>(take_trace),
                     caf::result<void>(window_over), caf::result<void>(tick)>;
struct open_rooms;
struct call_on;
struct call_answered;
struct neighbour;
struct neighbour_list;
struct job_whereabouts;
using peer_actor = caf::typed_actor<
    caf::result<void>(link_up), caf::result<void>(dial_over), caf::result<void>(link_stale),
    caf::result<void>(link_closed), caf::result<void>(opening_overdue), caf::result<void>(dial_due),
    caf::result<void>(carry), caf::result<void>(carry_wishes), caf::result<void>(carry_revocations),
    caf::result<void>(know_member), caf::result<void>(seen_again), caf::result<void>(link_wanted),
    caf::result<void>(send_words), caf::result<void>(call_on), caf::result<void>(call_answered),
    caf::result<void>(member_words), caf::result<void>(swarm_words), caf::result<void>(wish_words),
    caf::result<void>(revocation_words), caf::result<void>(words_taken),
    caf::result<void>(carry_holdings), caf::result<void>(holding_words),
    caf::result<void>(carry_checkup), caf::result<void>(checkup_words)>;
using cluster_actor = hive_port_actor::extend<
    caf::result<void>(link_up), caf::result<void>(dial_over), caf::result<void>(link_stale),
    caf::result<void>(peer_linked), caf::result<void>(peer_lost), caf::result<void>(words_heard),
    caf::result<void>(words_arrived), caf::result<void>(wishes_heard),
    caf::result<void>(revocations_heard), caf::result<void>(call_on), caf::result<void>(beat),
    caf::result<void>(look_around), caf::result<void>(advertise), caf::result<void>(node_heard),
    caf::result<open_rooms>(query_rooms), caf::result<members_shown>(query_members),
    caf::result<members_shown>(drain_member), caf::result<members_shown>(forget_member),
    caf::result<neighbour>(find_neighbour), caf::result<neighbour_list>(list_neighbours),
    caf::result<job_whereabouts>(find_job), caf::result<void>(follow_job),
    caf::result<wish_placed>(place_wish), caf::result<void>(reconcile),
    caf::result<void>(barred_found), caf::result<void>(holdings_heard),
    caf::result<void>(checkup_heard), caf::result<wish_shown>(withdraw_wish),
    caf::result<wishes_shown>(list_wishes), caf::result<void>(confirm_majority),
    caf::result<member_counts>(count_members), caf::result<members_checked>(check_members),
    caf::result<void>(checkup_overdue), caf::result<void>(reach_overdue)>;
using supervisor_actor =
    caf::typed_actor<caf::result<house_opened>(open_house), caf::result<void>(stop_overdue)>;
using follower_actor = caf::typed_actor<caf::result<void>(tick)>;
using sentry_actor = caf::typed_actor<caf::result<void>(life_shown), caf::result<void>(tick)>;

/// Actors of a node that members may ask, by the messages that may travel.
struct open_rooms {
  queue_actor queue;
  narrator_actor narrator;
  inspector_actor inspector;
};
/// The first words on a link, to the cluster at its other end: from whom, and by which connection.
struct call_on {
  node_id from;
  std::string binding; ///< trust::binding_of the connection
  peer_actor who;
  open_rooms rooms;
};
struct call_answered {
  std::string binding;
  peer_actor who;
  open_rooms rooms;
};
struct neighbour { ///< a node in reach
  node_id id;
  std::string name;
  open_rooms rooms;
};
struct neighbour_list {
  std::vector<neighbour> here;
  std::vector<std::string> missing; ///< names of members without a link
};
struct job_whereabouts {
  job_record job;
  neighbour at;
};
struct peer_linked { ///< from a peer
  cluster::row_ptr who;
  open_rooms rooms; ///< of that node
};

/// The group of long-lived actors: they stand and fall together.
struct house {
  ledger_actor ledger;
  narrator_actor narrator;
  catalog_actor catalog;
  desk_actor desk;
  shelf_actor shelf;
  swarm_actor swarm;
  limits_actor limits;
  queue_actor queue;
  pulse_actor pulse;
  inspector_actor inspector;
  cluster_actor cluster;
};
struct house_opened {
  house now;
};
struct watch_slots { ///< told at once, and at every change
  queue_actor queue;
};
struct question {
  std::function<void(gateway_actor::pointer, const house&)> put;
};
struct fetch_file {
  job_id job;
  plan_file file;
  std::vector<refusal_rule> refusals; ///< of its plan
  std::shared_ptr<const net::keyring> keys;
  download_actor reader;
};

struct watch_sharing { ///< told at once, and at every change
  shelf_actor shelf;
};
struct begin_sharing { ///< before the transfer begins
  std::string key;
  std::uint64_t size{0};
  transfer_actor worker;
};

/// Makes CAF know every type below; once per process, before the first actor system. Idempotent.
void know_types();

} // namespace hive::actors

#include "actors/type_ids.hpp"
