#pragma once
/// What whoever deals with other nodes (the swarm) and the cluster tell each other. Words between
/// nodes are opaque here: the actor of the same name at the other node reads them. Whoever needs
/// one to arrive says it again: words to a member without a link, or with a full line, are dropped.

#include "core/base/ids.hpp"

#include <caf/typed_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace hive::actors {

inline constexpr std::size_t most_words = 64 << 10; ///< bytes of one; longer ones are not sent

/// To the cluster.
struct send_words {
  node_id to;
  std::uint16_t kind{0}; ///< of the words; the two swarms know what it means
  std::string words;     ///< bytes, at most `most_words`
};
/// From the cluster, on the other node. `from` is whom its certificate names.
struct words_arrived {
  node_id from;
  std::uint16_t kind{0};
  std::string words;
};

/// A member as the cluster sees it now.
struct member_now {
  node_id id;
  std::string name;
  std::vector<std::string> addresses; ///< "host:port" of its peer port, for pieces as well
  std::uint64_t incarnation{0};       ///< another one: another life, which knows nothing of before
  std::vector<std::string> labels;
  std::uint64_t free_disk{0}; ///< bytes, rounded down to a power of two of GiB
  bool reachable{false};
  bool draining{false}; ///< takes no new work
  bool wan{true};       ///< may fetch from vendors: it has no label "no-wan"
};
/// All members that have not left, the own node included; at once, and at every change.
struct members_changed {
  node_id self;
  std::vector<member_now> members;
};
struct watch_members;

/// Who hears of members and words.
using hive_listener_actor =
    caf::typed_actor<caf::result<void>(members_changed), caf::result<void>(words_arrived)>;
/// The cluster, for such.
using hive_port_actor =
    caf::typed_actor<caf::result<void>(watch_members), caf::result<void>(send_words)>;

/// One listener at a time; the next one takes its place.
struct watch_members {
  hive_listener_actor who;
};

} // namespace hive::actors
