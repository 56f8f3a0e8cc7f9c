#include "actors/samples.hpp"

#include <algorithm>
#include <utility>

namespace hive::actors {
namespace {

constexpr std::chrono::seconds kept_beyond{2};
constexpr std::chrono::milliseconds least_window{500}; ///< rates of less are noise

std::chrono::milliseconds between(samples::time_point then, samples::time_point now) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(now - then);
}

} // namespace

void samples::take(moment all, time_point now) {
  kept_.push_back({now, std::move(all)});
  while (now - kept_.front().when > longest_window + kept_beyond) kept_.pop_front();
}

std::chrono::milliseconds samples::age_of_last(time_point now) const {
  return kept_.empty() ? std::chrono::milliseconds::max() : between(kept_.back().when, now);
}

std::chrono::milliseconds samples::reach(std::chrono::milliseconds window, time_point now) const {
  const auto at = std::find_if(kept_.rbegin(), kept_.rend(), [&](const kept& one) {
    return between(one.when, now) >= std::max(window, least_window);
  });
  return at == kept_.rend() ? std::chrono::milliseconds{0} : between(at->when, now);
}

void samples::compare(actor_facts& now_seen, const sample& is, std::chrono::milliseconds window,
                      time_point now) const {
  if (window.count() <= 0) return;
  const auto at = std::ranges::find_if(
      kept_, [&](const kept& one) { return between(one.when, now) <= window; });
  if (at == kept_.end()) return;
  const auto before = at->all.find(now_seen.id);
  if (before == at->all.end()) return;
  const auto& was = before->second;
  const std::chrono::duration<double> time = now - at->when;
  const std::chrono::duration<double> busy = is.busy - std::min(was.busy, is.busy);
  now_seen.rate =
      static_cast<double>(is.handled - std::min(was.handled, is.handled)) / time.count();
  now_seen.busy = std::clamp(busy.count() / time.count(), 0.0, 1.0);
  now_seen.growth = static_cast<std::int64_t>(is.depth) - static_cast<std::int64_t>(was.depth);
}

} // namespace hive::actors
