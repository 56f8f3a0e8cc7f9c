#include "core/transfer/lane_pool.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace hive::transfer {

namespace {

constexpr std::size_t most_sites = 256;
constexpr double best_half_life = 30; ///< seconds

} // namespace

struct lane_pool::site {
  lane_pace pace;
  std::size_t open{0};
  std::size_t peak{0}; ///< most open since the last sample
  std::uint64_t bytes{0};
  clock::duration held{0}; ///< of lanes that go on or have ended since the last sample
  bool limited{false};     ///< a bandwidth limit held one since the last sample
  double best{0};          ///< rate of the best lane of late
  clock::time_point used{};
};

struct lane_slot::seat {
  lane_pool* pool;
  std::shared_ptr<lane_pool::site> there;
  std::weak_ptr<lane_taker> who;
  std::string job;
  std::optional<clock::time_point> held_since; ///< for a block
  bool limited{false};                         ///< by a bandwidth limit

  void stop_holding(clock::time_point now) noexcept {
    if (!held_since) return;
    there->held += now - *held_since;
    held_since.reset();
  }
};

void lane_slot::leave::operator()(seat* what) const noexcept {
  what->pool->vacate(*what);
  delete what;
}

void lane_slot::move_to(const std::string& origin) {
  const auto& there = seat_->pool->at(origin);
  if (there == seat_->there) return;
  seat_->stop_holding(clock::now());
  --seat_->there->open;
  seat_->there = there;
  there->peak = std::max(there->peak, ++there->open);
  if (!seat_->pool->queue_.empty()) seat_->pool->soon_();
}

void lane_slot::count(std::uint64_t bytes) noexcept {
  seat_->there->bytes += bytes;
}

void lane_slot::hold(clock::time_point now) noexcept {
  if (!seat_->held_since) seat_->held_since = now;
}

void lane_slot::limit() noexcept {
  seat_->limited = seat_->there->limited = true;
}

void lane_slot::go_on(clock::time_point now) noexcept {
  seat_->limited = false;
  seat_->stop_holding(now);
}

bool lane_slot::held() const noexcept {
  return seat_->limited || seat_->held_since.has_value();
}

void lane_slot::crowded() noexcept {
  seat_->there->pace.crowded(seat_->there->open - 1);
}

double lane_slot::compare(double rate) noexcept {
  auto& best = seat_->there->best;
  best = std::max(best, rate);
  return best;
}

lane_pool::lane_pool(lane_limits limits, std::function<void()> soon)
  : limits_(limits), soon_(std::move(soon)) {}

lane_pool::~lane_pool() = default;

const std::shared_ptr<lane_pool::site>& lane_pool::at(const std::string& origin) {
  auto found = sites_.find(origin);
  if (found == sites_.end()) {
    if (sites_.size() >= most_sites) forget_oldest();
    const lane_pace fresh{limits_.start_per_origin, limits_.per_origin};
    found = sites_.emplace(origin, std::make_shared<site>(site{fresh})).first;
  }
  found->second->used = clock::now();
  return found->second;
}

void lane_pool::forget_oldest() {
  auto oldest = sites_.end();
  for (auto next = sites_.begin(); next != sites_.end(); ++next) {
    if (next->second->open > 0) continue;
    if (oldest == sites_.end() || next->second->used < oldest->second->used) oldest = next;
  }
  if (oldest != sites_.end()) sites_.erase(oldest);
}

bool lane_pool::room(const site& there) const noexcept {
  return open_ < limits_.total && there.open < there.pace.allowed();
}

std::size_t lane_pool::allowed(const std::string& origin) const {
  const auto found = sites_.find(origin);
  if (found != sites_.end()) return found->second->pace.allowed();
  return std::min(limits_.start_per_origin, limits_.per_origin);
}

bool lane_pool::anyone_eligible() {
  std::erase_if(queue_, [](const waiter& w) { return w.who.expired(); });
  return std::ranges::any_of(queue_, [this](const waiter& w) { return room(*at(w.origin)); });
}

std::optional<lane_slot> lane_pool::take(const std::shared_ptr<lane_taker>& who,
                                         const std::string& origin, const std::string& job) {
  if (who->waits_for_lane_) return std::nullopt;
  const auto there = at(origin);
  if (room(*there) && !anyone_eligible()) return seat_for(who, there, job);
  who->waits_for_lane_ = true;
  queue_.push_back({who, origin, job});
  soon_();
  return std::nullopt;
}

lane_slot lane_pool::seat_for(const std::shared_ptr<lane_taker>& who,
                              const std::shared_ptr<site>& there, const std::string& job) {
  lane_slot made{new lane_slot::seat{this, there, who, job, std::nullopt}};
  seats_.insert(made.seat_.get());
  ++open_;
  ++of_job_[job];
  there->peak = std::max(there->peak, ++there->open);
  return made;
}

void lane_pool::vacate(lane_slot::seat& what) noexcept {
  what.stop_holding(clock::now());
  --open_;
  --what.there->open;
  seats_.erase(&what);
  if (const auto job = of_job_.find(what.job); --job->second == 0) of_job_.erase(job);
  if (!queue_.empty()) soon_();
}

std::size_t lane_pool::lanes_of(const std::string& job) const noexcept {
  const auto found = of_job_.find(job);
  return found == of_job_.end() ? 0 : found->second;
}

/// Of those there is room for, the first of the job with fewest lanes.
std::deque<lane_pool::waiter>::iterator lane_pool::next_waiter() {
  auto best = queue_.end();
  for (auto next = queue_.begin(); next != queue_.end(); ++next) {
    if (!room(*at(next->origin))) continue;
    if (best == queue_.end() || lanes_of(next->job) < lanes_of(best->job)) best = next;
  }
  return best;
}

void lane_pool::hand_out() {
  close_surplus();
  std::erase_if(queue_, [](const waiter& w) { return w.who.expired(); });
  for (auto next = next_waiter(); next != queue_.end(); next = next_waiter()) {
    const auto chosen = std::move(*next);
    queue_.erase(next);
    const auto who = chosen.who.lock();
    if (!who) continue;
    who->waits_for_lane_ = false;
    static_cast<void>(who->lane_granted(seat_for(who, at(chosen.origin), chosen.job)));
  }
  const waiter* poorest = nullptr;
  for (const auto& next : queue_) {
    if (poorest == nullptr || lanes_of(next.job) < lanes_of(poorest->job)) poorest = &next;
  }
  if (poorest != nullptr) ask_for_one(waiter{*poorest});
}

/// Whoever has most where `poor` wants to go, if that is two more than `poor` has.
void lane_pool::ask_for_one(const waiter& poor) {
  const auto there = at(poor.origin);
  const bool anywhere = there->open < there->pace.allowed();
  std::map<std::string, std::map<std::shared_ptr<lane_taker>, std::size_t>> held;
  for (auto* const next : seats_) {
    const auto who = next->who.lock();
    if (who && (anywhere || next->there == there)) ++held[next->job][who];
  }
  lane_taker* richest = nullptr;
  auto most = lanes_of(poor.job) + 1;
  for (const auto& [job, takers] : held) {
    if (job == poor.job || lanes_of(job) <= most) continue;
    const auto first = std::ranges::max_element(takers, {}, [](const auto& t) { return t.second; });
    if (first->second < 2) continue;
    most = lanes_of(job);
    richest = first->first.get();
  }
  if (richest != nullptr) richest->yield_lane();
}

void lane_pool::sample(clock::time_point now) {
  const std::chrono::duration<double> passed = now - sampled_at_;
  sampled_at_ = now;
  if (passed.count() <= 0) return;
  for (auto* const next : seats_) {
    next->there->limited = next->there->limited || next->limited;
    if (!next->held_since) continue;
    next->there->held += now - *next->held_since;
    next->held_since = now;
  }
  bool grew = false;
  for (const auto& [origin, there] : sites_) {
    if (there->peak > 0 && passed < 10 * sample_every) {
      const std::chrono::duration<double> held = there->held;
      const auto share = held.count() / passed.count() / static_cast<double>(there->peak);
      const auto before = there->pace.allowed();
      there->pace.sample({passed.count(), there->bytes, there->peak, share, there->limited});
      grew = grew || there->pace.allowed() > before;
    }
    there->best *= std::exp2(-passed.count() / best_half_life);
    there->bytes = 0;
    there->limited = false;
    there->held = {};
    there->peak = there->open;
  }
  if (grew && !queue_.empty()) soon_();
}

void lane_pool::set_total(std::size_t most) {
  limits_.total = std::max<std::size_t>(most, 1);
  if (!queue_.empty() || open_ > limits_.total) soon_();
}

/// Of whoever has most, one after the other; the last lane of a file stays until its piece ends.
void lane_pool::close_surplus() {
  while (open_ > limits_.total) {
    std::map<std::shared_ptr<lane_taker>, std::size_t> held;
    for (auto* const next : seats_)
      if (const auto who = next->who.lock()) ++held[who];
    const auto most = std::ranges::max_element(held, {}, [](const auto& t) { return t.second; });
    const auto before = open_.load();
    if (most != held.end() && most->second > 1) most->first->yield_lane();
    if (open_ == before) return;
  }
}

void lane_pool::clear_queue() {
  queue_.clear();
}

} // namespace hive::transfer
