#include "actors/roll_call.hpp"

#include <utility>

namespace hive::actors {
namespace {

std::chrono::milliseconds since(roll_call::time_point then, roll_call::time_point now) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(now - then);
}

} // namespace

std::optional<sign> roll_call::sign_of(const entry& one, time_point now) const {
  if (!one.asked) return std::nullopt;
  const auto silence = since(*one.asked, now);
  if (one.who.blocks)
    return silence >= how_.tell_blocking ? std::optional{sign::silent} : std::nullopt;
  if (silence >= 2 * how_.end) return sign::stuck;
  if (silence >= how_.end) return sign::lost;
  return silence >= how_.tell ? std::optional{sign::silent} : std::nullopt;
}

std::vector<finding> roll_call::judge(time_point now) {
  std::vector<finding> found;
  for (auto& [id, one] : known_) {
    const auto seen = sign_of(one, now);
    if (!seen || seen == one.told) continue;
    one.told = seen;
    found.push_back({*seen, one.who, since(*one.asked, now)});
  }
  return found;
}

std::vector<resident> roll_call::call(time_point now, const std::vector<resident>& alive) {
  std::map<std::uint64_t, entry> living;
  std::vector<resident> owing;
  for (const auto& who : alive) {
    auto known = known_.extract(who.id);
    auto& one = living.try_emplace(who.id).first->second;
    if (known) one = std::move(known.mapped());
    one.who = who;
    if (one.asked) continue;
    one.asked = now;
    owing.push_back(who);
  }
  known_ = std::move(living);
  return owing;
}

std::optional<finding> roll_call::hear(std::uint64_t id, time_point now) {
  const auto at = known_.find(id);
  if (at == known_.end() || !at->second.asked) return std::nullopt;
  auto& one = at->second;
  const auto silence = since(*std::exchange(one.asked, std::nullopt), now);
  if (!std::exchange(one.told, std::nullopt)) return std::nullopt;
  return finding{sign::back, one.who, silence};
}

std::vector<finding> roll_call::silent(time_point now) const {
  std::vector<finding> found;
  for (const auto& [id, one] : known_)
    if (one.told) found.push_back({*one.told, one.who, since(*one.asked, now)});
  return found;
}

} // namespace hive::actors
