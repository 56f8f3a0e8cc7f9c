#include "actors/wish_keeper.hpp"

#include "actors/spelling.hpp"
#include "actors/wishes.hpp"
#include "core/job/log.hpp"

#include <algorithm>
#include <utility>

namespace hive::actors {

namespace {

constexpr std::chrono::seconds submit_limit{10};

} // namespace

wish_keeper::wish_keeper(wish_means means)
  : means_(std::move(means)), wishes_(means_.members->self()->id()) {
  wishes_.merge(*means_.kept);
}

wish_words wish_keeper::sums() const {
  const auto& own = wishes_.sums();
  return {{}, {own.begin(), own.end()}};
}

void wish_keeper::tidy() {
  wishes_.tidy(wall_now());
}

void wish_keeper::hear(const node_id& from, const wish_words& what) {
  if (what.records.size() > cluster::max_rows) return;
  if (wishes_.merge(what.records) > 0) changed();
  if (what.sums.size() != cluster::buckets) return;
  cluster::digest_sums theirs{};
  std::ranges::copy(what.sums, theirs.begin());
  auto records = wishes_.differing(theirs);
  const auto& own = wishes_.sums();
  if (records.empty() && theirs == own) return;
  wish_words answer{std::move(records), {}};
  // Asked back once: what it has and this node has not.
  const auto at = said_.find(from);
  if (at == said_.end() || at->second != own) {
    said_.insert_or_assign(from, own);
    answer.sums.assign(own.begin(), own.end());
  }
  means_.say(from, std::move(answer));
}

void wish_keeper::changed() {
  means_.kept->clear();
  for (const auto& [id, record] : wishes_.all()) means_.kept->push_back(record);
  if (means_.links_of) means_.links_of->keep_wishes(*means_.kept);
  tell(means_.self, means_.self, reconcile{});
}

void wish_keeper::hold_what_is_due() {
  for (const auto& [id, record] : wishes_.all()) {
    if (record.removed || held_.contains(id) ||
        !cluster::must_hold(record, *means_.members, wall_now()))
      continue;
    auto job = job_of(record);
    if (!job) continue;
    held_.insert(id);
    ask(means_.self, means_.queue, submit_limit, submit_job{std::move(*job), {}})
        .then([](const job_record&) {},
              [this, key = id](const caf::error& why) {
                held_.erase(key);
                log(level::warning, "cluster", "wish-not-begun",
                    key + ": " + sentence(as_failure(why, "the queue")));
              });
  }
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

} // namespace hive::actors
