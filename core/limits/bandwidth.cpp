#include "core/limits/bandwidth.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace hive::limits {

namespace {

constexpr auto unlimited = std::numeric_limits<std::uint64_t>::max();
/// Dealt at a time; small beside 10 ms' worth of fast rates, so that shares come out even.
constexpr std::uint64_t helping = 64 * 1024;

} // namespace

std::vector<spender> bandwidth::limit(const std::string& bucket, std::uint64_t rate,
                                      time_point now) {
  const auto found = buckets_.find(bucket);
  if (rate == (found == buckets_.end() ? 0 : found->second.rate())) return {};
  if (rate == 0) {
    buckets_.erase(found);
  } else if (found == buckets_.end()) {
    buckets_.emplace(bucket, token_bucket{rate, now});
  } else {
    found->second.set_rate(rate, now);
  }
  return disband();
}

std::vector<token_bucket*> bandwidth::held_by(const charge& jobs) {
  std::vector<token_bucket*> held;
  if (const auto node = buckets_.find(std::string{}); node != buckets_.end())
    held.push_back(&node->second);
  token_bucket* generous = nullptr;
  for (const auto& job : jobs) {
    const auto found = buckets_.find(job);
    if (found == buckets_.end()) return held;
    if (generous == nullptr || found->second.rate() > generous->rate()) generous = &found->second;
  }
  if (generous != nullptr) held.push_back(generous);
  return held;
}

bandwidth::claim& bandwidth::claim_of(const charge& jobs) {
  const auto& payer = jobs.empty() ? std::string{} : jobs.front();
  return claims_.try_emplace(payer, claim{dealt_up_to_, {}}).first->second;
}

std::uint64_t bandwidth::ask(spender who, const charge& jobs, time_point now) {
  if (buckets_.empty()) return unlimited;
  const auto held = held_by(jobs);
  if (held.empty()) return unlimited;
  if (in_line_.contains(who)) return 0;
  const auto turn = turns_.find(who);
  const bool has_turn = turn != turns_.end();
  auto allowed = has_turn ? turn->second : unlimited;
  for (auto* bucket : held) {
    const auto level = bucket->level(now);
    // Outside a turn, small rests stay: nobody goes byte by byte.
    allowed = std::min(allowed, has_turn || level >= bucket->portion() ? level : 0);
  }
  if (!has_turn && others_wait(jobs)) allowed = 0;
  if (allowed == 0) queue(who, jobs);
  return allowed;
}

/// Somebody was there before, for the same bytes.
bool bandwidth::others_wait(const charge& jobs) {
  if (in_line_.empty()) return false;
  return buckets_.contains(std::string{}) || !claim_of(jobs).line.empty();
}

void bandwidth::queue(spender who, const charge& jobs) {
  turns_.erase(who);
  auto& mine = claim_of(jobs);
  if (mine.line.empty()) mine.had = std::max(mine.had, dealt_up_to_);
  mine.line.push_back({who, jobs});
  in_line_.insert(who);
}

void bandwidth::spend(spender who, const charge& jobs, std::uint64_t bytes, time_point now) {
  if (buckets_.empty()) return;
  for (auto* bucket : held_by(jobs)) bucket->spend(bytes, now);
  const auto turn = turns_.find(who);
  if (turn == turns_.end()) return; // nobody had to stand back for it
  claim_of(jobs).had += bytes;
  turn->second -= std::min(turn->second, bytes);
  if (turn->second == 0) turns_.erase(turn);
}

/// One round of dealing out what the buckets hold.
class bandwidth::dealing {
 public:
  dealing(bandwidth& from, time_point now) : from_(from) {
    for (auto& [name, bucket] : from.buckets_) left_.emplace(&bucket, bucket.level(now));
    for (auto& [name, one] : from.claims_)
      if (!one.line.empty()) hands_.push_back({&one, one.had});
  }

  std::vector<spender> run() {
    while (serve_one()) {
    }
    for (auto& one : hands_)
      std::erase_if(one.of->line,
                    [this](const waiting& w) { return from_.turns_.contains(w.who); });
    for (auto* const who : served_) from_.in_line_.erase(who);
    return std::move(served_);
  }

 private:
  /// What a job had, with what it is given now.
  struct hand {
    claim* of;
    std::uint64_t had;
  };

  bool serve_one() {
    std::ranges::sort(hands_, {}, &hand::had);
    return std::ranges::any_of(hands_, [this](hand& one) { return serve(one); });
  }

  /// The first of its line whose buckets hold enough; it goes to the end, for more if there is.
  bool serve(hand& one) {
    auto& line = one.of->line;
    for (auto at = line.begin(); at != line.end(); ++at) {
      const auto bytes = take_helping(from_.held_by(at->jobs));
      if (bytes == 0) continue;
      from_.dealt_up_to_ = std::max(from_.dealt_up_to_, one.had);
      one.had += bytes;
      const auto [turn, fresh] = from_.turns_.try_emplace(at->who, 0);
      turn->second += bytes;
      if (fresh) served_.push_back(at->who);
      std::rotate(at, at + 1, line.end());
      return true;
    }
    return false;
  }

  std::uint64_t take_helping(const std::vector<token_bucket*>& held) {
    auto bytes = helping;
    for (const auto* bucket : held) bytes = std::min(bytes, bucket->portion());
    for (auto* bucket : held)
      if (left_[bucket] < bytes) return 0;
    for (auto* bucket : held) left_[bucket] -= bytes;
    return bytes;
  }

  bandwidth& from_;
  std::map<token_bucket*, std::uint64_t> left_;
  std::vector<hand> hands_;
  std::vector<spender> served_;
};

std::vector<spender> bandwidth::due(time_point now) {
  if (in_line_.empty()) return {};
  return dealing{*this, now}.run();
}

std::optional<std::chrono::milliseconds> bandwidth::wait(time_point now) {
  std::optional<std::chrono::milliseconds> least;
  for (const auto& [name, one] : claims_) {
    for (const auto& next : one.line) {
      const auto its = wait(next.jobs, now);
      if (!least || its < *least) least = its;
    }
  }
  return least;
}

std::chrono::milliseconds bandwidth::wait(const charge& jobs, time_point now) {
  std::chrono::milliseconds longest{0};
  for (auto* bucket : held_by(jobs)) longest = std::max(longest, bucket->wait(now));
  return longest;
}

std::vector<spender> bandwidth::disband() {
  std::vector<spender> all;
  for (const auto& [name, one] : claims_)
    for (const auto& next : one.line) all.push_back(next.who);
  claims_.clear();
  turns_.clear();
  in_line_.clear();
  return all;
}

void bandwidth::forget(spender who) {
  turns_.erase(who);
  if (in_line_.erase(who) > 0)
    for (auto& [name, one] : claims_)
      std::erase_if(one.line, [who](const waiting& w) { return w.who == who; });
  drop_idle_claims();
}

/// They begin anew where the others are.
void bandwidth::drop_idle_claims() {
  std::erase_if(claims_, [this](const auto& entry) {
    return entry.second.line.empty() && (in_line_.empty() || entry.second.had < dealt_up_to_);
  });
}

} // namespace hive::limits
