#include "actors/ledger.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"

namespace hive::actors {
namespace {

constexpr std::size_t prune_after = 256; ///< histories kept between two prunings

class ledger_state {
 public:
  using handle = ledger_actor;
  static constexpr const char* name = "ledger";

  ledger_state(ledger_actor::pointer self, ledger_deps deps)
    : self_(self), deps_(std::move(deps)) {}

  ledger_actor::behavior_type make_behavior() {
    auto opened = store::database::open(deps_.database);
    if (!opened) {
      self_->quit(as_error(opened.why()));
      return ledger_actor::behavior_type::make_empty_behavior();
    }
    db_ = std::move(*opened);
    return {
        [this](const keep_job& m) { return as_reply(db_->put_job(m.record)); },
        [this](const query_job& m) { return as_reply(one(m.id)); },
        [this](const query_job_by_key& m) { return as_reply(by_key(m.key)); },
        [this](const query_jobs& m) { return as_reply(db_->jobs(m.limit, m.cursor)); },
        [this](const list_unfinished&) { return as_reply(unfinished()); },
        [this](const keep_history& m) { return as_reply(keep(m)); },
        [this](const recall_history& m) { return as_reply(recall(m.job)); },
        [this](const keep_settings& m) { return as_reply(db_->put_settings(m.changes)); },
        [this](const recall_settings&) { return as_reply(settings()); },
    };
  }

 private:
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
    return db_->prune_jobs(deps_.finished_kept);
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
  std::size_t kept_{0};
};

} // namespace

ledger_actor spawn_ledger(caf::local_actor* parent, ledger_deps deps) {
  return spawn_blocking_child<ledger_state>(parent, std::move(deps));
}

} // namespace hive::actors
