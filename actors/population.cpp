#include "actors/population.hpp"

#include "core/base/redact.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace hive::actors {
namespace {

constexpr std::size_t most_untaken = 64;
constexpr std::chrono::seconds sentry_limit{15};

} // namespace

/// A child works for whom its parent works. It is entered before it looks whether its parent is
/// traced: whoever starts a trace meanwhile finds it in the list.
void population::enter(vitals& who) {
  visit(who.parent, [&who](vitals& parent) {
    parent.add_child(1);
    who.set_job(parent.job());
  });
  {
    const std::lock_guard hold{mutex_};
    counts_.try_emplace(who.name, crash_count{who.name, 0, {}});
  }
  {
    auto& home = of(who.id);
    const std::lock_guard hold{home.mutex};
    home.living.insert_or_assign(who.id, &who);
    home.gone.try_emplace(who.name, class_totals{who.name});
  }
  if (!tracing()) return;
  bool is_traced = trace_all_;
  visit(who.parent,
        [&is_traced](const vitals& parent) { is_traced = is_traced || parent.traced(); });
  if (is_traced) who.trace(true);
}

void population::leave(vitals& who) noexcept {
  {
    auto& home = of(who.id);
    const std::lock_guard hold{home.mutex};
    home.living.erase(who.id);
    if (const auto at = home.gone.find(who.name); at != home.gone.end()) {
      at->second.handled += who.handled();
      at->second.skipped += who.skipped();
      at->second.slow += who.slow();
    }
  }
  visit(who.parent, [](vitals& parent) { parent.add_child(-1); });
}

std::size_t population::size() const {
  std::size_t all = 0;
  for (const auto& part : shards_) {
    const std::lock_guard hold{part.mutex};
    all += part.living.size();
  }
  return all;
}

void population::visit(const std::function<void(vitals&)>& see) const {
  for (const auto& part : shards_) {
    const std::lock_guard hold{part.mutex};
    for (const auto& [id, one] : part.living) see(*one);
  }
}

void population::visit_after(std::uint64_t after, std::size_t most,
                             const std::function<bool(vitals&)>& see) const {
  for (const auto& part : shards_) {
    const std::lock_guard hold{part.mutex};
    std::size_t taken = 0;
    for (auto at = part.living.upper_bound(after); at != part.living.end() && taken < most; ++at)
      taken += see(*at->second) ? 1U : 0U;
  }
}

bool population::visit(std::uint64_t id, const std::function<void(vitals&)>& see) const {
  const auto& home = of(id);
  const std::lock_guard hold{home.mutex};
  const auto at = home.living.find(id);
  if (at == home.living.end()) return false;
  see(*at->second);
  return true;
}

std::vector<resident> population::list() const {
  std::vector<resident> all;
  visit([&](const vitals& one) { all.push_back({one.id, one.parent, one.name, one.blocks}); });
  std::ranges::sort(all, {}, &resident::id);
  return all;
}

std::size_t population::count(const std::string& name) const {
  std::size_t all = 0;
  visit([&](const vitals& one) { all += one.name == name ? 1U : 0U; });
  return all;
}

caf::actor population::find(std::uint64_t id) const {
  caf::actor_addr at;
  visit(id, [&](const vitals& one) { at = one.at; });
  return caf::actor_cast<caf::actor>(caf::actor_cast<caf::strong_actor_ptr>(at));
}

std::vector<class_totals> population::totals() const {
  std::map<std::string, class_totals> all;
  const auto add = [&all](const std::string& name, const class_totals& more) {
    auto& sum = all.try_emplace(name, class_totals{name}).first->second;
    sum.alive += more.alive;
    sum.depth += more.depth;
    sum.handled += more.handled;
    sum.skipped += more.skipped;
    sum.slow += more.slow;
  };
  for (const auto& part : shards_) {
    const std::lock_guard hold{part.mutex};
    for (const auto& [name, sum] : part.gone) add(name, sum);
    for (const auto& [id, one] : part.living)
      add(one->name, {one->name, 1, one->depth(), one->handled(), one->skipped(), one->slow()});
  }
  std::vector<class_totals> sorted;
  for (auto& [name, sum] : all) sorted.push_back(std::move(sum));
  return sorted;
}

void population::set_mode(std::uint8_t bit, bool on) noexcept {
  if (on)
    mode_.fetch_or(bit, std::memory_order_relaxed);
  else
    mode_.fetch_and(static_cast<std::uint8_t>(~bit), std::memory_order_relaxed);
}

void population::watch(bool on) {
  if (on == watched()) return;
  // What came late to the end of an earlier watch goes as well.
  if (on) visit([](vitals& one) { one.look_away(); });
  set_mode(watch_bit, on);
  if (!on) visit([](vitals& one) { one.look_away(); });
}

void population::start_trace(std::uint64_t root, instant now) {
  {
    const std::lock_guard hold{mutex_};
    trace_.clear();
    trace_lost_ = 0;
    trace_began_ = now;
    trace_all_ = root == 0;
  }
  set_mode(trace_bit, true);
  // Parents have smaller ids than their children.
  std::map<std::uint64_t, bool> within{{root, true}};
  for (const auto& one : list()) {
    const bool in = within.contains(one.id) || within.contains(one.parent) || root == 0;
    if (in) within.emplace(one.id, true);
    visit(one.id, [in](vitals& who) { who.trace(in); });
  }
}

void population::trace(const vitals& who, const handling& one) {
  const std::lock_guard hold{mutex_};
  if (!trace_began_) return;
  if (trace_.size() < most_traced)
    trace_.push_back({one, who.id, who.name});
  else
    ++trace_lost_;
}

trace_part population::take_trace() {
  std::vector<traced> taken;
  trace_part part;
  instant began;
  {
    const std::lock_guard hold{mutex_};
    part.over = !trace_began_;
    if (part.over) return part;
    began = *trace_began_;
    taken = std::exchange(trace_, {});
    part.lost = std::exchange(trace_lost_, 0);
  }
  for (const auto& one : taken)
    part.messages.push_back({one.actor, one.name, type_name(one.what.type), one.what.sender,
                             one.what.begin - began, one.what.took, one.what.waited});
  return part;
}

void population::end_trace() {
  set_mode(trace_bit, false);
  visit([](vitals& one) { one.trace(false); });
  if (!watched()) visit([](vitals& one) { one.look_away(); });
  const std::lock_guard hold{mutex_};
  trace_ = {};
  trace_lost_ = 0;
  trace_began_.reset();
  trace_all_ = false;
}

void population::slow(const vitals& who, caf::type_id_t type, std::uint32_t ticks) {
  const std::lock_guard hold{mutex_};
  slow_.push_back({who.id, who.name, type, (ticks - 1) * tick_length});
  if (slow_.size() > most_untaken) slow_.pop_front();
}

std::vector<slow_handling> population::take_slow() {
  const std::lock_guard hold{mutex_};
  const auto taken = std::exchange(slow_, {});
  return {taken.begin(), taken.end()};
}

void population::crashed(std::uint64_t id, const std::string& name, failure why) {
  why.detail = redact(why.detail);
  const std::lock_guard hold{mutex_};
  auto& counted = counts_.try_emplace(name, crash_count{name, 0, {}}).first->second;
  ++counted.crashes;
  counted.last = why.detail;
  crashes_.push_back({id, name, std::move(why)});
  if (crashes_.size() > most_untaken) crashes_.pop_front();
}

std::vector<crash> population::take_crashes() {
  const std::lock_guard hold{mutex_};
  const auto taken = std::exchange(crashes_, {});
  return {taken.begin(), taken.end()};
}

std::vector<crash_count> population::crash_counts() const {
  const std::lock_guard hold{mutex_};
  std::vector<crash_count> all;
  for (const auto& [name, counted] : counts_) all.push_back(counted);
  return all;
}

std::uint64_t population::crashes_of(const std::string& name) const {
  const std::lock_guard hold{mutex_};
  const auto at = counts_.find(name);
  return at == counts_.end() ? 0 : at->second.crashes;
}

void population::set_silent(std::vector<std::string> sentences, std::optional<time_point> looked) {
  const std::lock_guard hold{mutex_};
  silent_ = std::move(sentences);
  looked_ = looked;
}

std::vector<std::string> population::silent(time_point now) const {
  const std::lock_guard hold{mutex_};
  auto all = silent_;
  if (!looked_ || now - *looked_ < sentry_limit) return all;
  const auto time = std::chrono::duration_cast<std::chrono::seconds>(now - *looked_);
  all.push_back("the sentry has not looked for silent actors for " + std::to_string(time.count()) +
                " s");
  return all;
}

} // namespace hive::actors
