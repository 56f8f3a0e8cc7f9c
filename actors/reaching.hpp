#pragma once
/// Questions about members that no link leads to yet. Links are made when there is something to
/// say, so one of many may be well for long without a link to this node: it is dialled, and the
/// question waits. No actor; used by the cluster's alone.

#include "actors/hive_words.hpp"
#include "actors/protocol.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace hive::actors {

class reaching {
 public:
  /// A link on a machine of one's own network takes milliseconds.
  static constexpr std::chrono::seconds limit{1};
  /// Dialled for one question: a hive of a thousand is reached by several.
  static constexpr std::size_t most_dialled = 64;
  /// Questions that wait; one more is answered with what is known.
  static constexpr std::size_t most_waiting = 256;

  /// `dial`: a member's peer is to see that there is a link.
  reaching(cluster_actor::pointer self, std::function<void(const node_id&)> dial)
    : self_(self), dial_(std::move(dial)) {}

  /// Runs `then` once each of the first 64 has a link or could not be dialled, or time is up; at
  /// once when there is nobody to wait for.
  void wait_for(const std::vector<node_id>& who, std::function<void()> then);
  /// Its link is made, or its dial has failed.
  void settled(const node_id& who);
  void overdue(std::uint64_t number);

 private:
  struct question {
    std::set<node_id> open;
    std::function<void()> then;
  };

  cluster_actor::pointer self_;
  std::function<void(const node_id&)> dial_;
  std::uint64_t last_{0};
  std::map<std::uint64_t, question> waiting_;
};

} // namespace hive::actors
