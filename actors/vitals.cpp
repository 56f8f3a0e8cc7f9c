#include "actors/vitals.hpp"

#include "core/base/redact.hpp"

#include <algorithm>
#include <utility>

namespace hive::actors {

std::string type_name(caf::type_id_t type) {
  if (type == 0) return {};
  const auto name = caf::query_type_name(type);
  return {name.begin(), name.end()};
}

void vitals::take(std::uint32_t tick) noexcept {
  const auto taken = taken_.load(std::memory_order_relaxed);
  const auto depth = arrived_.load(std::memory_order_relaxed) - taken;
  if (depth > most_depth_.load(std::memory_order_relaxed))
    most_depth_.store(depth, std::memory_order_relaxed);
  busy_since_.store(tick, std::memory_order_relaxed);
  taken_.store(taken + 1, std::memory_order_relaxed);
}

std::uint32_t vitals::finish(bool put_back) noexcept {
  if (put_back) {
    taken_.store(taken() - 1, std::memory_order_relaxed);
    add(skipped_, std::uint32_t{1});
  } else {
    add(handled_, std::uint64_t{1});
  }
  const auto since = busy_since_.load(std::memory_order_relaxed);
  busy_since_.store(0, std::memory_order_relaxed);
  return since;
}

vitals::timing& vitals::timed() {
  if (!timing_) timing_ = std::make_unique<timing>();
  return *timing_;
}

/// The oldest that wait keep their stamps; of those behind them nothing is known until their turn.
void vitals::stamp(std::uint64_t arrival, instant now) {
  const std::lock_guard hold{mutex_};
  if (arrival - std::min(arrival, taken()) < stamps_kept)
    timed().stamps[arrival % stamps_kept] = {arrival, now};
}

void vitals::begin(const handling& one) {
  const std::lock_guard hold{mutex_};
  auto& t = timed();
  t.in_hand = one.begin;
  if (one.waited.count() > 0) t.last_arrival = one.begin - one.waited;
}

void vitals::end(const handling& one) {
  const std::lock_guard hold{mutex_};
  auto& t = timed();
  t.in_hand = {};
  t.took.add(one.took);
  t.busy += one.took;
  if (one.waited.count() > 0) t.waited.add(one.waited);
  if (t.close) t.close->ring[t.close->count++ % messages_kept] = one;
}

void vitals::put_back() {
  const std::lock_guard hold{mutex_};
  if (timing_) timing_->in_hand = {};
}

void vitals::look_closely() {
  const std::lock_guard hold{mutex_};
  if (auto& t = timed(); !t.close) t.close = std::make_unique<close_look>();
}

void vitals::look_away() {
  const std::lock_guard hold{mutex_};
  timing_.reset();
}

void vitals::set_label(std::string text) {
  auto safe = std::make_unique<std::string>(redact(text));
  const std::lock_guard hold{mutex_};
  label_ = std::move(safe);
}

void vitals::set_job(std::shared_ptr<const job_id> job) {
  const std::lock_guard hold{mutex_};
  job_ = std::move(job);
}

void vitals::set_error(std::unique_ptr<std::string> text) {
  const std::lock_guard hold{mutex_};
  error_ = std::move(text);
}

std::shared_ptr<const job_id> vitals::job() const {
  const std::lock_guard hold{mutex_};
  return job_;
}

std::string vitals::label() const {
  const std::lock_guard hold{mutex_};
  return label_ ? *label_ : std::string{};
}

/// What was taken is read first: it never exceeds what has arrived by then.
std::uint64_t vitals::depth() const noexcept {
  const auto gone = taken();
  const auto come = arrived_.load(std::memory_order_relaxed);
  return come - std::min(come, gone);
}

std::chrono::nanoseconds vitals::busy(instant now) const {
  const std::lock_guard hold{mutex_};
  if (!timing_) return std::chrono::nanoseconds{0};
  const bool in_hand = timing_->in_hand != instant{};
  return timing_->busy + (in_hand ? now - timing_->in_hand : std::chrono::nanoseconds{0});
}

std::optional<std::chrono::nanoseconds> vitals::oldest(instant now) const {
  const std::lock_guard hold{mutex_};
  return oldest_known(now);
}

const char* vitals::state() const noexcept {
  if (const auto* own = state_.load(std::memory_order_relaxed)) return own;
  if (busy_since_.load(std::memory_order_relaxed) != 0) return "handling";
  return depth() > 0 ? "queued" : "idle";
}

/// The next in line has a stamp, or came no earlier than the one before it.
std::optional<std::chrono::nanoseconds> vitals::oldest_known(instant now) const {
  if (!timing_) return std::nullopt;
  if (depth() == 0) return std::chrono::nanoseconds{0};
  const auto next = taken();
  const auto& kept = timing_->stamps[next % stamps_kept];
  const auto known = kept.when != instant{} && kept.arrival == next;
  const auto since = known ? kept.when : timing_->last_arrival;
  if (since == instant{}) return std::nullopt;
  return std::max(now - since, std::chrono::nanoseconds{0});
}

actor_facts vitals::facts(instant now) const {
  actor_facts f;
  f.id = id;
  f.parent = parent;
  f.name = name;
  f.state = state();
  f.children = static_cast<std::uint64_t>(std::max(children_.load(std::memory_order_relaxed), 0));
  f.age = std::chrono::duration_cast<std::chrono::milliseconds>(now - born);
  f.blocks = blocks;
  f.depth = depth();
  f.most_depth = std::max(most_depth_.load(std::memory_order_relaxed), f.depth);
  f.handled = handled();
  f.skipped = skipped();
  f.slow = slow();
  const std::lock_guard hold{mutex_};
  if (label_) f.label = *label_;
  if (error_) f.last_error = *error_;
  if (job_) f.job = *job_;
  f.oldest = oldest_known(now);
  if (timing_) {
    f.handling = timing_->took.summary();
    f.waiting = timing_->waited.summary();
  }
  return f;
}

std::vector<handling> vitals::last_messages() const {
  const std::lock_guard hold{mutex_};
  std::vector<handling> all;
  if (!timing_ || !timing_->close) return all;
  const auto& [ring, count] = *timing_->close;
  for (auto i = count - std::min(count, messages_kept); i < count; ++i)
    all.push_back(ring[i % messages_kept]);
  return all;
}

} // namespace hive::actors
