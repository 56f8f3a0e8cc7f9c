#include "actors/wish_keeper.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "actors/wishes.hpp"
#include "core/job/log.hpp"

#include <algorithm>
#include <utility>

namespace hive::actors {

namespace {

constexpr std::chrono::seconds submit_limit{10};
constexpr std::size_t most_open = 64;
constexpr std::size_t newest_jobs = 100;
// Of a job that failed, which has tried several times itself.
constexpr std::chrono::milliseconds first_wait = std::chrono::minutes{1};
constexpr std::chrono::milliseconds longest_wait = std::chrono::hours{1};

std::chrono::milliseconds wait_after(std::uint64_t failures) {
  auto out = first_wait;
  for (std::uint64_t i = 1; i < failures && out < longest_wait; ++i) out *= 2;
  return std::min(out, longest_wait);
}

} // namespace

wish_keeper::wish_keeper(wish_means means)
  : means_(std::move(means)), wishes_(means_.members->self()->id()), random_(means_.seed) {
  wishes_.merge(*means_.kept);
}

std::chrono::milliseconds wish_keeper::now() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      means_.self->clock().now().time_since_epoch());
}

void wish_keeper::tidy() {
  wishes_.tidy(wall_now());
}

void wish_keeper::hear(const node_id& from, const wish_words& what) {
  if (what.records.size() > cluster::max_rows) return;
  if (wishes_.merge(what.records) > 0) {
    changed();
    if (std::ranges::any_of(what.records, &cluster::desired_record::removed)) cancel_strange();
  }
  if (auto back = compared_.answer(from, what.sums, wishes_)) means_.say(from, std::move(*back));
}

void wish_keeper::changed() {
  means_.kept->clear();
  for (const auto& [id, record] : wishes_.all()) means_.kept->push_back(record);
  if (means_.links_of) means_.links_of->keep_wishes(*means_.kept);
  give_up_withdrawn();
  tell(means_.self, means_.self, reconcile{});
}

void wish_keeper::cancel(const job_id& job) {
  ask(means_.self, means_.queue, submit_limit, cancel_job{job, false})
      .then([](const job_record&) {}, [](const caf::error&) {});
}

/// What is whole stays; what is on its way is wanted by nobody any more.
void wish_keeper::give_up_withdrawn() {
  std::erase_if(efforts_, [this](const auto& one) {
    const auto* const record = wishes_.find(one.first);
    if (record != nullptr && !record->removed) return false;
    const auto& how = one.second;
    if (!how.job.empty() && !is_terminal(how.state)) cancel(how.job);
    return true;
  });
}

/// Who wishes gives the job to those in reach itself: it may have come before the wish was heard
/// of.
void wish_keeper::cancel_strange() {
  ask(means_.self, means_.queue, submit_limit, query_jobs{newest_jobs, {}})
      .then(
          [this](const job_page& page) {
            for (const auto& job : page.items) {
              const auto wish = wish_of(job);
              const auto* const record = wish ? wishes_.find(*wish) : nullptr;
              if (record != nullptr && record->removed && !is_terminal(job.state)) cancel(job.id);
            }
          },
          [](const caf::error&) {});
}

void wish_keeper::hold_what_is_due() {
  for (const auto& [id, record] : wishes_.all()) {
    if (open_ >= most_open) return;
    if (record.removed || !cluster::must_hold(record, *means_.members, wall_now())) continue;
    auto& how = efforts_[id];
    if (how.asked) continue;
    if (how.job.empty())
      begin(record, how);
    else
      follow(id, how);
  }
}

void wish_keeper::begin(const cluster::desired_record& wish, effort& how) {
  auto job = job_of(wish);
  if (!job) return;
  how.asked = true;
  ++open_;
  ask(means_.self, means_.queue, submit_limit, submit_job{std::move(*job), {}})
      .then([this, id = wish.id](const job_record& made) { hear_job(id, made, false); },
            [this, id = wish.id](const caf::error& why) { hear_trouble(id, why); });
}

void wish_keeper::follow(const std::string& id, effort& how) {
  if (how.state == job_state::succeeded || how.state == job_state::cancelled) return;
  const bool again = how.state == job_state::failed;
  if (again && now() < how.due) return;
  how.asked = true;
  ++open_;
  const auto heard = [this, id, again](const job_record& job) { hear_job(id, job, again); };
  const auto trouble = [this, id](const caf::error& why) { hear_trouble(id, why); };
  if (again)
    ask(means_.self, means_.queue, submit_limit, steer_job{how.job, job_order::retry})
        .then(heard, trouble);
  else
    ask(means_.self, means_.queue, submit_limit, query_job{how.job}).then(heard, trouble);
}

void wish_keeper::hear_job(const std::string& id, const job_record& job, bool tried_again) {
  --open_;
  const auto* const wish = wishes_.find(id);
  const auto at = efforts_.find(id);
  if (at == efforts_.end() || wish == nullptr || wish->removed) {
    // Withdrawn while the queue answered.
    if (!is_terminal(job.state)) cancel(job.id);
    return;
  }
  auto& how = at->second;
  how.asked = false;
  how.job = job.id;
  how.state = job.state;
  if (job.state == job_state::succeeded) how.failures = 0;
  if (job.state != job_state::failed || tried_again) return;
  const auto most = wait_after(++how.failures);
  // Many nodes may have failed together.
  const auto wait = most / 2 + std::chrono::milliseconds{
                                   random_.below(static_cast<std::uint64_t>(most.count() / 2) + 1)};
  how.due = now() + wait;
  how.due_at = wall_now() + wait;
  log(level::warning, "cluster", "wish-failed",
      id + ": job " + job.id.value + " failed; it is tried again in " +
          std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()) + " s");
}

void wish_keeper::hear_trouble(const std::string& id, const caf::error& why) {
  --open_;
  const auto failed = as_failure(why, "the queue");
  const auto at = efforts_.find(id);
  if (at != efforts_.end()) {
    at->second.asked = false;
    // The job was forgotten, or is at work again by somebody's order: what it is, is asked anew.
    if (failed.code == errc::not_found) at->second = {};
    if (failed.code == errc::conflict) at->second.state = job_state::queued;
  }
  log(level::warning, "cluster", "wish-not-begun", id + ": " + sentence(failed));
}

result<std::vector<node_id>> wish_keeper::place(cluster::desired_record wish) {
  wish.writer = means_.members->self()->id();
  const auto at = wall_now();
  auto holders = cluster::holders(wish, *means_.members, at);
  if (holders.empty())
    return fail(errc::conflict, "no member of the hive fits " + placement_text(wish.where),
                "see 'hive nodes' for names and labels");
  HIVE_CHECK(wishes_.ask(wish, at));
  changed();
  return holders;
}

result<wish_shown> wish_keeper::withdraw(const std::string& id) {
  const auto* const known = wishes_.find(id);
  if (known == nullptr)
    return fail(errc::not_found, "there is no wish " + id.substr(0, 32), "see 'hive wishes'");
  const bool news = !known->removed;
  HIVE_CHECK(wishes_.remove(id, wall_now()));
  if (news) changed();
  return shown(*wishes_.find(id));
}

wishes_shown wish_keeper::list(const list_wishes& asked) const {
  wishes_shown out;
  const auto& all = wishes_.all();
  auto at = asked.cursor.empty() ? all.rbegin()
                                 : std::make_reverse_iterator(all.lower_bound(asked.cursor));
  for (; at != all.rend(); ++at) {
    if (at->second.removed) continue;
    if (out.items.size() == asked.limit) {
      out.next = out.items.back().record.id;
      break;
    }
    out.items.push_back(shown(at->second));
  }
  return out;
}

wish_shown wish_keeper::shown(const cluster::desired_record& wish) const {
  wish_shown out;
  out.record = wish;
  out.on = wish.where.kind == cluster::placement_kind::node
               ? means_.name_of(node_id{wish.where.name})
               : placement_text(wish.where);
  out.asked_by = means_.name_of(node_id{wish.asked_by});
  if (!wish.removed)
    for (const auto& who : cluster::holders(wish, *means_.members, wall_now()))
      out.holders.push_back(means_.name_of(who));
  const auto at = efforts_.find(wish.id);
  if (at == efforts_.end() || at->second.job.empty()) return out;
  out.job = at->second.job;
  out.state = at->second.state;
  out.failures = at->second.failures;
  if (at->second.state == job_state::failed) out.next_try = at->second.due_at;
  return out;
}

} // namespace hive::actors
