#pragma once
/// Mocks of a job's neighbours, with switches for what they answer.

#include "tests/actors/actor_world.hpp"

#include <algorithm>
#include <map>

namespace hive::actors {

inline reference named(const std::string& text) {
  return parse_reference(text).value();
}

inline job_request pull(const std::string& text) {
  job_request asked;
  asked.what = named(text);
  return asked;
}

inline download_plan plan_of(const reference& what, std::size_t files = 1) {
  download_plan plan;
  plan.what = what;
  plan.revision = std::string(40, 'b');
  plan.requested = "main";
  for (std::size_t i = 0; i < files; ++i) {
    const std::string hex = sha256_hex(what.name + std::to_string(i));
    plan.files.push_back({"file-" + std::to_string(i) + ".bin",
                          1000,
                          digest{digest_kind::sha256, hex},
                          {{"http://127.0.0.1:1/" + hex, {}, {}}}});
  }
  return plan;
}

/// The ledger, kept in memory.
struct fake_ledger {
  std::map<job_id, job_record> jobs;
  std::map<job_id, std::vector<event_ptr>> histories;
  std::map<std::string, std::string> settings;
  bool refuses{false}; ///< every job to keep (disk_full), every history to recall
  bool silent{false};  ///< no answer at all to keep_job

  ledger_actor in(actor_world& world) {
    return world.mock<ledger_actor>(
        [this](const keep_job& m) -> caf::result<void> { return keep(m); },
        [](const write_batch&) {},
        [this](const query_job& m) -> caf::result<job_record> {
          const auto at = jobs.find(m.id);
          if (at == jobs.end()) return as_error(fail(errc::not_found, "no such job"));
          return at->second;
        },
        [this](const query_job_by_key& m) {
          job_found found;
          for (const auto& [id, record] : jobs)
            if (record.asked.idempotency_key == m.key) found.record = record;
          return found;
        },
        [this](const query_jobs&) {
          job_page page;
          for (const auto& [id, record] : jobs) page.items.push_back(record);
          std::ranges::reverse(page.items);
          return page;
        },
        [this](const list_unfinished&) {
          job_list found;
          for (const auto& [id, record] : jobs)
            if (!is_terminal(record.state)) found.jobs.push_back(record);
          return found;
        },
        [this](const keep_history& m) {
          auto& kept = histories[m.job];
          kept.insert(kept.end(), m.events.begin(), m.events.end());
        },
        [this](const recall_history& m) -> caf::result<event_list> {
          if (refuses) return as_error(fail(errc::database_damaged, "a page is torn"));
          return event_list{histories[m.job]};
        },
        [this](const keep_settings& m) -> caf::result<void> { return keep(m); },
        [this](const recall_settings&) { return setting_list{settings}; }, [](const tick&) {});
  }

 private:
  caf::result<void> keep(const keep_job& m) {
    if (refuses) return as_error(fail(errc::disk_full, "no room for a row"));
    if (silent) {
      held_.emplace_back();
      return held_.back();
    }
    jobs[m.record.id] = m.record;
    return caf::unit;
  }
  caf::result<void> keep(const keep_settings& m) {
    if (refuses) return as_error(fail(errc::disk_full, "no room for a row"));
    for (const auto& [name, value] : m.changes) {
      if (value)
        settings[name] = *value;
      else
        settings.erase(name);
    }
    return caf::unit;
  }
  std::vector<caf::typed_response_promise<void>> held_;
};

/// The narrator, as a list of action words per job.
struct fake_narrator {
  std::vector<narrate> told;

  narrator_actor in(actor_world& world) {
    return world.mock<narrator_actor>(
        [this](const narrate& m) { told.push_back(m); }, [](const hear_events&) {},
        [](const replay_events&) { return event_list{}; }, [](const relay_events&) {});
  }
  std::vector<std::string> actions(const job_id& id, bool progress = false) const {
    std::vector<std::string> words;
    for (const auto& m : told)
      if (m.what.job == id && (progress || m.kind != event_kind::progress))
        words.push_back(m.what.action);
    return words;
  }
  bool said(const job_id& id, const std::string& action) const {
    return std::ranges::count(actions(id, true), action) > 0;
  }
};

/// Answers `T` now, later (`release`), or with a failure.
template <class T>
struct answering {
  bool holds{false};
  std::vector<failure> failures; ///< given first, one each
  std::size_t asked{0};
  std::vector<caf::typed_response_promise<T>> held;

  template <class Self>
  caf::result<T> operator()(Self* self, T value) {
    ++asked;
    if (!failures.empty()) {
      const auto why = failures.front();
      failures.erase(failures.begin());
      return as_error(why);
    }
    if (!holds) return value;
    held.push_back(self->template make_response_promise<T>());
    return held.back();
  }
};

/// Catalog, desk and shelf around a job; each can be told to hold its answer.
struct stand_ins {
  fake_ledger ledger_of;
  fake_narrator narrator_of;
  answering<artifact_found> find;
  answering<plan_checked> check;
  answering<store::artifact> admit;
  answering<artifact_claimed> claim;
  artifact_claimed claim_answer; ///< by default the asker's to build
  std::vector<claim_artifact> claimed;
  answering<plan_resolved> resolve;
  std::optional<store::artifact> present; ///< what find_wish and query_artifact find
  std::optional<download_plan> plan;      ///< what the vendor answers; else one of `files`
  std::vector<reference> resolved;        ///< what the vendor was asked
  std::vector<damage> aside;              ///< what was set aside
  std::size_t renewed{0};
  std::size_t files{1};
  bool fetches{true};                  ///< files arrive at once
  std::vector<failure> fetch_failures; ///< given first, one per file asked
  std::vector<admit_artifact> admitted;
  std::vector<fetch_file> fetch_asked;
  std::vector<release_contents> released;
  bool holds_release{false}; ///< the shelf is silent about contents
  std::vector<caf::typed_response_promise<contents_released>> held_releases;
  std::uint64_t kept{0}; ///< bytes of every released content
  store::disk_room room{"/models", 1'000'000, 0, {}};
  std::size_t room_asked{0}; ///< looks at the line

  ledger_actor ledger;
  narrator_actor narrator;
  std::size_t slots{4};         ///< what limits say
  std::vector<limit_job> rates; ///< told to limits

  catalog_actor catalog;
  desk_actor desk;
  shelf_actor shelf;
  limits_actor limits;

  explicit stand_ins(actor_world& world)
    : ledger(ledger_of.in(world)), narrator(narrator_of.in(world)), catalog(make_catalog(world)),
      desk(make_desk(world)), shelf(make_shelf(world)), limits(make_limits(world)) {}

 private:
  catalog_actor make_catalog(actor_world& world);
  desk_actor make_desk(actor_world& world);
  shelf_actor make_shelf(actor_world& world);
  limits_actor make_limits(actor_world& world);
};

} // namespace hive::actors
