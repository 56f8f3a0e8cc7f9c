#pragma once
/// Records that every node keeps a copy of: the newer of two with one key wins, so any order and
/// any number of deliveries lead to the same map. What changed is news for a few members; sums per
/// bucket find what two maps differ in.
///
/// `Rules` names the key (a text) and the hash of a record and says which of two is the newer:
/// `key(r)`, `hash(r)`, `newer(a, b)`. The hash has to be of everything in which two may differ.

#include "core/cluster/member.hpp"
#include "core/cluster/message.hpp"
#include "core/cluster/roster.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace hive::cluster {

template <class Record, class Rules>
class replica {
 public:
  /// New keys beyond `most` are left out.
  explicit replica(std::size_t most) : most_(most) {}

  /// Whether it changed something.
  bool put(const Record& r) {
    const auto& key = Rules::key(r);
    const auto found = records_.find(key);
    auto& sum = sums_[bucket_of(key)];
    if (found != records_.end()) {
      if (!Rules::newer(r, found->second)) return false;
      sum -= Rules::hash(found->second);
      found->second = r;
    } else {
      if (records_.size() >= most_) return false;
      records_.emplace(key, r);
    }
    sum += Rules::hash(r);
    news_.insert(key);
    return true;
  }

  const Record* find(const std::string& key) const noexcept {
    const auto found = records_.find(key);
    return found == records_.end() ? nullptr : &found->second;
  }
  const std::map<std::string, Record>& all() const noexcept { return records_; }
  bool is_full() const noexcept { return records_.size() >= most_; }

  /// Changed since the last call.
  std::vector<Record> take_news(std::size_t most) {
    std::vector<Record> out;
    while (!news_.empty() && out.size() < most)
      if (const auto* r = find(news_.extract(news_.begin()).value())) out.push_back(*r);
    return out;
  }

  const digest_sums& sums() const noexcept { return sums_; }
  /// Of the buckets in which `others` differs, from a turn that moves on.
  std::vector<Record> differing(const digest_sums& others, std::size_t most) {
    std::vector<const Record*> some;
    for (const auto& [key, r] : records_)
      if (const auto b = bucket_of(key); sums_[b] != others[b]) some.push_back(&r);
    std::vector<Record> out;
    for (std::size_t i = 0; i < std::min(some.size(), most); ++i)
      out.push_back(*some[(turn_ + i) % some.size()]);
    if (!some.empty()) turn_ = (turn_ + out.size()) % some.size();
    return out;
  }

  template <class Unwanted>
  void erase_if(Unwanted unwanted) {
    std::erase_if(records_, [&](const auto& entry) {
      const bool goes = unwanted(entry.second);
      if (goes) sums_[bucket_of(entry.first)] -= Rules::hash(entry.second);
      return goes;
    });
  }

 private:
  static std::size_t bucket_of(const std::string& key) noexcept {
    return roster::bucket_of(ring_position(node_id{key}));
  }

  std::size_t most_;
  std::map<std::string, Record> records_;
  std::set<std::string> news_;
  digest_sums sums_{};
  std::size_t turn_{0};
};

} // namespace hive::cluster
