#pragma once
/// How two members find out in what their records differ: one says its sums, the other answers with
/// what differs and, once, with sums of its own. Pure.

#include "core/base/ids.hpp"
#include "core/cluster/message.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace hive::actors {

/// `Words`: {records, sums}.
template <class Words>
class comparison {
 public:
  /// For a start.
  template <class Records>
  static Words sums_of(const Records& own) {
    return {{}, {own.sums().begin(), own.sums().end()}};
  }

  /// What is to be said to `from`, whose records have been taken already; empty: nothing.
  template <class Records>
  std::optional<Words> answer(const node_id& from, const std::vector<std::uint64_t>& sums,
                              Records& own) {
    if (sums.size() != cluster::buckets) return std::nullopt;
    cluster::digest_sums theirs{};
    std::ranges::copy(sums, theirs.begin());
    auto records = own.differing(theirs);
    if (records.empty() && theirs == own.sums()) return std::nullopt;
    Words out{std::move(records), {}};
    // Asked back once: what it has and this node has not.
    const auto at = said_.find(from);
    if (at == said_.end() || at->second != own.sums()) {
      said_.insert_or_assign(from, own.sums());
      out.sums.assign(own.sums().begin(), own.sums().end());
    }
    return out;
  }

  /// Its link is gone: it may have forgotten what was said.
  void lost(const node_id& who) { said_.erase(who); }

 private:
  std::map<node_id, cluster::digest_sums> said_; ///< the sums each was asked back with
};

} // namespace hive::actors
