#include "actors/job.hpp"

#include "actors/audit.hpp"
#include "actors/build.hpp"
#include "actors/catalog.hpp"
#include "actors/download.hpp"
#include "actors/heartbeat.hpp"
#include "actors/import_name.hpp"
#include "actors/inspect.hpp"
#include "actors/job_facts.hpp"
#include "actors/mending.hpp"
#include "actors/shelf.hpp"
#include "actors/spelling.hpp"
#include "core/base/units.hpp"

namespace hive::actors {
namespace {

constexpr std::chrono::minutes resolve_limit{10}; ///< a vendor's pages have their own limits
constexpr std::chrono::minutes admit_limit{60};   ///< views may be copies across file systems

class job_state_machine {
 public:
  using handle = job_actor;
  static constexpr const char* name = "job";

  job_state_machine(job_actor::pointer self, job_deps deps, job_record record, std::string token)
    : self_(self), deps_(std::move(deps)), record_(std::move(record)), token_(std::move(token)) {}

  job_actor::behavior_type make_behavior() {
    on_exit_signal(
        self_, [this](const caf::actor_addr& who, const caf::error& why) { hear_exit(who, why); });
    work_for(self_, record_.id);
    show_label(self_, to_string(asked().what));
    show_state(self_, "resolving");
    heartbeat_ = spawn_heartbeat(
        self_, {.narrator = deps_.narrator, .queue = deps_.queue, .held_up = deps_.held_up},
        record_.id, record_.progress);
    begin();
    return {
        [this](download_finished& m) {
          plan_.how && !built_ ? make(std::move(m.files)) : admit(std::move(m));
        },
        [this](const download_failed& m) { lose(m); },
        [this](audit_finished& m) { judge(std::move(m)); },
        [this](const host_asked& m) { wait_for(m.host); },
        [this](build_finished& m) { collect(std::move(m.files)); },
        [this](const build_failed& m) { settle(m.why); },
        [this](const claim_ended&) { claim(); },
    };
  }

  description describe() const {
    description d;
    d.add("reference", to_string(asked().what));
    d.add("waits_for", whom_);
    d.add("revision", plan_.revision);
    d.add("files", plan_.files.size());
    d.add("bytes_moved", moved_);
    d.add("leaving", leaving_ ? as_failure(*leaving_).detail : std::string{});
    return d;
  }

 private:
  const job_request& asked() const { return record_.asked; }
  bool verifying() const { return asked().kind == job_kind::verify; }
  file_wish wish() const { return {asked().what.selector, asked().include, asked().exclude}; }

  /// `ask`, with every trouble ending the try.
  template <class Handle, class Message, class Next>
  void then(const Handle& whom, const char* who, std::chrono::milliseconds limit, Message m,
            Next next) {
    wait_for(who);
    ask(self_, whom, limit, std::move(m))
        .then(std::move(next), [this, who, limit](const caf::error& why) {
          settle(unanswered<Message>(why, who, limit));
        });
  }

  /// So that a silence has a cause.
  void wait_for(std::string whom) {
    whom_ = whom;
    if (heartbeat_) tell(self_, heartbeat_, waiting_for{std::move(whom)});
  }

  // 1. Is it here already?

  void begin() {
    if (verifying()) return look_over();
    if (asked().update || is_of_this_machine(asked().what)) return resolve();
    then(deps_.catalog, "the catalog", look_limit, find_wish{wish_key(asked().what, wish())},
         [this](const artifact_found& found) { found.what ? be_done(*found.what) : resolve(); });
  }

  void be_done(const store::artifact& a) {
    if (leaving_) return;
    tell(self_, deps_.queue, job_planned{record_.id, a.revision, {}});
    advance(job_step::resolved);
    settle_for(a);
  }

  void settle_for(const store::artifact& a) {
    say("already-here", to_string(asked().what) + " is already here", {{"artifact", a.id.value}});
    files_planned files;
    for (const auto& f : a.files)
      files.files.push_back({f.path, {f.size, f.size, f.size, 0}, f.size});
    tell(self_, heartbeat_, std::move(files));
    advance(job_step::fetched);
    tell(self_, heartbeat_, state_entered{job_state::committing});
    show(a.id);
  }

  // 1b. A verification: is what is here as it should be?

  void look_over() {
    then(deps_.catalog, "the catalog", look_limit, query_artifact{asked().subject},
         [this](const store::artifact& a) { audit(a); });
  }

  void audit(const store::artifact& a) {
    if (leaving_) return;
    held_ = a;
    files_planned files;
    for (const auto& f : a.files) files.files.push_back({f.path, {}, f.size});
    tell(self_, heartbeat_, std::move(files));
    tell(self_, deps_.queue, job_planned{record_.id, a.revision, {}});
    advance(job_step::resolved);
    tell(self_, heartbeat_, state_entered{job_state::fetching});
    audit_ = spawn_audit(self_, {job_actor{self_}, heartbeat_, deps_.home}, a.files);
  }

  void judge(audit_finished m) {
    if (leaving_) return;
    damaged_ = std::move(m.damaged);
    if (damaged_.empty()) {
      advance(job_step::fetched);
      tell(self_, heartbeat_, state_entered{job_state::committing});
      return renew("verified");
    }
    for (const auto& one : damaged_) narrate_fact(damage_fact(record_.id, one));
    then(deps_.catalog, "the catalog", admit_limit, set_aside_contents{damaged_},
         [this](const contents_set_aside& done) {
           say("set-aside",
               "the damaged content is out of service; " + format_bytes(done.kept) +
                   " of it are right and need not be fetched again",
               {{"kept", std::to_string(done.kept)}});
           resolve();
         });
  }

  void renew(const char* action) {
    then(deps_.catalog, "the catalog", admit_limit, renew_artifact{asked().subject},
         [this, action](const store::artifact& a) {
           std::uint64_t bytes = 0;
           for (const auto& f : a.files) bytes += f.size;
           say(action, "every byte of " + to_string(a.what) + " is right: " + format_bytes(bytes),
               {{"files", std::to_string(a.files.size())}, {"bytes", std::to_string(bytes)}});
           for (const auto& view : a.views)
             if (view.state != store::view_state::stands) narrate_fact(view_fact(record_.id, view));
           settle(std::nullopt, a.id);
         });
  }

  // 2. What is it?

  void resolve() {
    if (leaving_) return;
    auto question = resolve_reference{record_.id, asked().what, wish(), token_};
    if (verifying()) question = {record_.id, mending_reference(held_), {}, token_};
    then(deps_.desk, "the vendor", resolve_limit, std::move(question),
         [this](plan_resolved& m) { verifying() ? mend(std::move(m)) : check(std::move(m)); });
  }

  /// What is fetched is what is left of something that was here: the queue does not learn of it as
  /// contents, which a purge would throw away.
  void mend(plan_resolved m) {
    if (leaving_) return;
    auto plan = mending_plan(std::move(m.plan), damaged_);
    if (!plan) return settle(plan.why());
    plan_ = std::move(*plan);
    keys_ = std::move(m.keys);
    then(deps_.catalog, "the catalog", look_limit, check_plan{plan_},
         [this](const plan_checked& seen) { fetch(seen); });
  }

  // 3. Does it fit, and what of it is here?

  void check(plan_resolved m) {
    if (leaving_) return;
    plan_ = std::move(m.plan);
    keys_ = std::move(m.keys);
    if (auto named = name_import(plan_, asked()); !named) return settle(named.why());
    is_of_this_machine(asked().what) ? recognise() : weigh();
  }

  /// What is on this machine may have changed since it was asked for last; in the state it is in
  /// now it may be here.
  void recognise() {
    ask(self_, deps_.catalog, look_limit, query_artifact{artifact_id{artifact_key(plan_)}})
        .then(
            [this](const store::artifact& a) {
              if (!a.damaged.empty()) return weigh();
              then(deps_.catalog, "the catalog", look_limit,
                   change_artifact{a.id, {std::nullopt, true}},
                   [this](const store::artifact& used) { be_done(used); });
            },
            [this](const caf::error& why) {
              if (why == errc::not_found) return weigh();
              settle(unanswered<query_artifact>(why, "the catalog", look_limit));
            });
  }

  void weigh() {
    if (leaving_) return;
    tell(self_, deps_.queue, job_planned{record_.id, plan_.revision, contents_of(plan_)});
    then(deps_.catalog, "the catalog", look_limit, check_plan{plan_},
         [this](const plan_checked& seen) { fetch(seen); });
  }

  // 4. Fetch.

  void fetch(const plan_checked& seen) {
    if (leaving_) return;
    if (seen.lacks.bytes > 0) {
      unplaced_ = !verifying();
      return settle(fail(errc::disk_full, seen.lacks.human));
    }
    const auto here = seen.here + seen.partial;
    say("plan-ready",
        std::to_string(plan_.files.size()) + (plan_.files.size() == 1 ? " file, " : " files, ") +
            format_bytes(seen.total) + ", " + format_bytes(here) + " already here",
        {{"files", std::to_string(plan_.files.size())},
         {"bytes", std::to_string(seen.total)},
         {"here", std::to_string(here)},
         {"revision", plan_.revision}});
    if (!verifying()) tell_remarks();
    files_planned files;
    for (const auto& file : plan_.files) files.files.push_back({file.path, {}, file.size});
    if (!verifying()) tell(self_, heartbeat_, std::move(files));
    advance(job_step::resolved);
    tell(self_, heartbeat_, state_entered{job_state::fetching});
    download_ = spawn_download(self_, {job_actor{self_}, deps_.shelf, heartbeat_},
                               {record_.id, plan_, keys_});
  }

  void tell_remarks() {
    for (auto& one : remarks_on(plan_))
      tell(self_, deps_.narrator,
           narrate{fact{record_.id,
                        "job",
                        std::move(one.action),
                        one.warning ? level::warning : level::info,
                        std::move(one.human),
                        {}},
                   event_kind::narration,
                   {},
                   {}});
  }

  void lose(const download_failed& m) {
    moved_ = m.moved;
    auto why = m.why;
    why.detail = m.path + ": " + why.detail;
    settle(std::move(why));
  }

  // 4b. Make of it what was asked for, and fetch that from where it was made.

  void make(std::vector<store::artifact_file> inputs) {
    inputs_ = std::move(inputs);
    claim();
  }

  void claim() {
    if (leaving_) return;
    then(deps_.catalog, "the catalog", look_limit,
         claim_artifact{record_.id, artifact_id{artifact_key(plan_)}},
         [this](const artifact_claimed& m) {
           if (leaving_) return;
           if (m.what) return settle_for(*m.what);
           m.maker ? stand_by(*m.maker) : build();
         });
  }

  /// claim_ended comes: that job ends, and within its recipe's limits.
  void stand_by(const job_id& maker) {
    tell(self_, heartbeat_, step_begun{"what job " + maker.value + " builds"});
    say("build-awaited", "job " + maker.value + " builds the same: what it makes is taken",
        {{"maker", maker.value}});
  }

  void build() {
    build_ = spawn_build(
        self_, {job_actor{self_}, heartbeat_, deps_.narrator, deps_.home, deps_.disk_reserve},
        {record_.id, *plan_.how, std::move(inputs_)});
  }

  void collect(std::vector<plan_file> made) {
    if (leaving_) return;
    built_ = true;
    files_planned all;
    for (const auto& file : plan_.files) all.files.push_back({file.path, {}, file.size});
    for (const auto& file : made) all.files.push_back({file.path, {}, file.size});
    tell(self_, heartbeat_, std::move(all));
    tell(self_, heartbeat_, state_entered{job_state::fetching});
    plan_.files = std::move(made);
    download_ = spawn_download(self_, {job_actor{self_}, deps_.shelf, heartbeat_},
                               {record_.id, plan_, keys_});
  }

  // 5. Admit.

  void admit(download_finished m) {
    if (leaving_) return;
    advance(job_step::fetched);
    tell(self_, heartbeat_, state_entered{job_state::committing});
    if (verifying()) return renew("mended");
    say("fetched", "every file is here and verified", {{"resumed", std::to_string(m.resumed)}});
    const auto known =
        wish_key(asked().kind == job_kind::import ? plan_.what : asked().what, wish());
    then(deps_.catalog, "the catalog", admit_limit,
         admit_artifact{plan_, std::move(m.files), known},
         [this](const store::artifact& a) { show(a.id); });
  }

  // 5b. Into other tools' folders. What cannot be shown there is here all the same.

  void show(const artifact_id& id) {
    if (leaving_) return;
    const auto views = asked().views.value_or(std::vector<view_wish>{});
    if (views.empty()) return settle(std::nullopt, id);
    wait_for("the catalog");
    ask(self_, deps_.catalog, admit_limit, show_artifact{id, views})
        .then(
            [this, id](const artifact_shown& shown) {
              for (const auto& view : shown.views) narrate_fact(view_fact(record_.id, view));
              settle(std::nullopt, id);
            },
            [this, id](const caf::error& why) {
              narrate_fact(view_fact(record_.id, unshown(as_failure(why, "the catalog"))));
              settle(std::nullopt, id);
            });
  }

  static store::view_sight unshown(failure why) {
    return {"views", {}, {}, store::view_state::failed, std::move(why)};
  }

  // 6. The end.

  void settle(std::optional<failure> error, artifact_id artifact = {}) {
    if (leaving_) return;
    clean_ = !error;
    // Somebody waits for the verdict: no second try, and what is right is kept for another time.
    if (error && !damaged_.empty()) error = unmended(held_.what, damaged_, *error);
    tell(self_, deps_.queue,
         job_settled{record_.id, std::move(error), std::move(artifact), moved_, unplaced_});
    leave(stop_reason::finished);
  }

  void hear_exit(const caf::actor_addr& who, const caf::error& why) {
    const bool child =
        is(who, download_) || is(who, heartbeat_) || is(who, audit_) || is(who, build_);
    if (is(who, download_)) download_ = nullptr;
    if (is(who, heartbeat_)) heartbeat_ = nullptr;
    if (is(who, audit_)) audit_ = nullptr;
    if (is(who, build_)) build_ = nullptr;
    if (!child) return leave(why);
    if (why && !is_stop(why) && !leaving_)
      return settle(fail(errc::actor_failed, as_failure(why, "a part of the job").detail,
                         "retry the job; what is already here is kept"));
    leave_when_alone();
  }

  void leave(caf::error why) {
    if (verifying() && wants_purge(why)) why = stop_reason::cancel_keep;
    if (!leaving_ || wants_purge(why)) leaving_ = why;
    show_state(self_, "ending");
    if (audit_) order_stop(audit_, why);
    if (build_) order_stop(build_, why);
    if (download_) order_stop(download_, why);
    leave_when_alone();
  }

  /// The download first, then the contents: closed, and gone when purge was asked. The heartbeat
  /// goes last: it shows what is kept.
  void leave_when_alone() {
    if (!leaving_ || download_ || audit_ || build_) return;
    if (releasing_) return;
    const bool open = !clean_ && !contents().empty();
    const bool purge = wants_purge(*leaving_);
    if (open && (!released_ || (purge && !purged_))) return release(purge);
    if (heartbeat_) return order_stop(heartbeat_, *leaving_);
    self_->quit(*leaving_);
  }

  /// Of this try's plan; before it is known, of the last one's: a purge means those as well.
  std::vector<job_content> contents() const {
    return plan_.files.empty() ? record_.contents : contents_of(plan_);
  }

  void release(bool purge) {
    released_ = releasing_ = true;
    purged_ = purge;
    release_contents last{record_.id, {}, purge};
    for (const auto& one : contents()) last.keys.push_back(one.key);
    ask(self_, deps_.shelf, release_limit, std::move(last))
        .then([this](const contents_released& rest) { show_kept(rest); },
              [this](const caf::error&) { show_kept({}); });
  }

  void show_kept(const contents_released& rest) {
    releasing_ = false;
    for (const auto& [key, bytes] : rest.kept)
      for (const auto& file : plan_.files)
        if (heartbeat_ && bytes > 0 && content_key(file) == key)
          tell(self_, heartbeat_,
               bytes_moved{{file.path, {bytes, bytes, 0, 0}, file.size}, 0, "kept"});
    leave_when_alone();
  }

  void advance(job_step step) {
    show_state(self_, step == job_step::resolved ? "fetching" : "committing");
    tell(self_, deps_.queue, job_advanced{record_.id, step});
  }

  void say(std::string action, std::string human,
           std::vector<std::pair<std::string, std::string>> fields) {
    narrate_fact(fact{record_.id, "job", std::move(action), level::info, std::move(human),
                      std::move(fields)});
  }

  void narrate_fact(fact what) {
    tell(self_, deps_.narrator, narrate{std::move(what), event_kind::narration, {}, {}});
  }

  job_actor::pointer self_;
  job_deps deps_;
  job_record record_; ///< as it was at the start
  std::string token_;
  std::string whom_; ///< it waits for; of late
  heartbeat_actor heartbeat_;
  download_actor download_;
  audit_actor audit_;
  build_actor build_;
  store::artifact held_;        ///< verification: what is in the catalog
  std::vector<damage> damaged_; ///< and what of it is damaged
  download_plan plan_;
  keyrings keys_;
  std::vector<store::artifact_file> inputs_; ///< of a build that has not begun
  bool built_{false};                        ///< the plan's files are what was made
  bool moved_{false};                        ///< bytes came in this try
  bool unplaced_{false};                     ///< no room for the plan
  std::optional<caf::error> leaving_;        ///< why
  bool clean_{false};                        ///< succeeded: nothing is open
  bool released_{false};                     ///< its contents, or that was asked for
  bool purged_{false};                       ///< that was with purge
  bool releasing_{false};                    ///< the shelf has not answered yet
};

} // namespace

job_actor spawn_job(caf::local_actor* parent, job_deps deps, job_record record, std::string token) {
  return spawn_child<job_state_machine>(parent, std::move(deps), std::move(record),
                                        std::move(token));
}

} // namespace hive::actors
