#include "actors/ledger.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "core/job/log.hpp"

namespace hive::actors {
namespace {

constexpr std::size_t largest_batch = 512;
constexpr std::size_t prune_after = 256; ///< histories kept between two prunings
constexpr std::chrono::minutes first_prune{1};
constexpr std::chrono::hours prune_every{1};

class ledger_state {
 public:
  using handle = ledger_actor;
  static constexpr const char* name = "ledger";

  ledger_state(ledger_actor::pointer self, ledger_deps deps)
    : self_(self), deps_(std::move(deps)) {}

  ledger_actor::behavior_type make_behavior() {
    auto opened = store::database::open(deps_.database);
    if (!opened) {
      break_down(self_, as_error(opened.why()));
      return ledger_actor::behavior_type::make_empty_behavior();
    }
    db_ = std::move(*opened);
    on_exit_signal(self_, [this](const caf::actor_addr&, const caf::error& why) {
      write();
      self_->quit(why);
    });
    tell_later(self_, self_, first_prune, tick{});
    return {
        [this](keep_job& m) { return gather(std::move(m.record)); },
        [this](const write_batch&) { write(); },
        [this](const query_job& m) { return as_reply(settled().one(m.id)); },
        [this](const query_job_by_key& m) { return as_reply(settled().by_key(m.key)); },
        [this](const query_jobs& m) { return as_reply(settled().db_->jobs(m.limit, m.cursor)); },
        [this](const list_unfinished&) { return as_reply(settled().unfinished()); },
        [this](const keep_history& m) { return as_reply(settled().keep(m)); },
        [this](const recall_history& m) { return as_reply(recall(m.job)); },
        [this](const keep_settings& m) { return as_reply(db_->put_settings(m.changes)); },
        [this](const recall_settings&) { return as_reply(settings()); },
        [this](const tick&) { beat(); },
    };
  }

 private:
  struct entry {
    job_record record;
    caf::typed_response_promise<void> promise;
  };

  /// What else is in the mailbox by now shares one transaction, and its one wait for the disk.
  caf::result<void> gather(job_record record) {
    if (batch_.empty()) tell(self_, self_, write_batch{});
    batch_.push_back({std::move(record), self_->make_response_promise<void>()});
    auto promise = batch_.back().promise;
    if (batch_.size() == largest_batch) write();
    return promise;
  }

  void write() {
    auto batch = std::exchange(batch_, {});
    if (batch.empty()) return;
    std::vector<const job_record*> records;
    for (const auto& one : batch) records.push_back(&one.record);
    const auto together = db_->put_jobs(records);
    // A conflict is one record's own: whose, shows when each goes alone. Anything else hits all.
    const bool apart = !together && together.why().code == errc::conflict;
    for (auto& one : batch) {
      const auto kept = apart ? db_->put_job(one.record) : together;
      kept ? one.promise.deliver() : one.promise.deliver(as_error(kept.why()));
    }
  }

  /// Nobody is shown what is not durable.
  ledger_state& settled() {
    write();
    return *this;
  }

  result<job_record> one(const job_id& id) {
    HIVE_TRY(auto found, db_->job(id));
    if (!found) return fail(errc::not_found, "no job " + id.value + " on this node");
    return std::move(*found);
  }

  result<job_found> by_key(const std::string& key) {
    HIVE_TRY(auto found, db_->job_by_key(key));
    return job_found{std::move(found)};
  }

  result<job_list> unfinished() {
    HIVE_TRY(auto found, db_->unfinished_jobs());
    return job_list{std::move(found)};
  }

  outcome keep(const keep_history& m) {
    HIVE_CHECK(db_->put_history(m.job, m.events));
    if (++kept_ % prune_after != 0) return {};
    return prune();
  }

  outcome prune() { return db_->prune_jobs(deps_.finished_kept, wall_now() - deps_.finished_for); }

  void beat() {
    tell_later(self_, self_, prune_every, tick{});
    if (const auto pruned = settled().prune(); !pruned)
      log(level::warning, "ledger", "not-pruned", sentence(pruned.why()));
  }

  result<event_list> recall(const job_id& id) {
    HIVE_TRY(auto found, db_->history(id));
    return event_list{std::move(found)};
  }

  result<setting_list> settings() {
    HIVE_TRY(auto found, db_->settings());
    return setting_list{std::move(found)};
  }

  ledger_actor::pointer self_;
  ledger_deps deps_;
  std::unique_ptr<store::database> db_;
  std::vector<entry> batch_;
  std::size_t kept_{0};
};

} // namespace

ledger_actor spawn_ledger(caf::local_actor* parent, ledger_deps deps) {
  return spawn_blocking_child<ledger_state>(parent, std::move(deps));
}

} // namespace hive::actors
