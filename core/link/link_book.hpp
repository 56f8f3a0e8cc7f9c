#pragma once
/// Who has a link with this node, or is about to: decides that of two links between the same nodes
/// one stays, the same one at both ends. Pure; one owner.

#include "core/cluster/handshake.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace hive::link {

/// What becomes of an attempt.
enum class standing : std::uint8_t {
  goes_on,
  crossed, ///< the other attempt stays: this one ends, and nobody failed
  stale,   ///< there is a link of before; it ends first, then the peer is to dial again
};

class link_book {
 public:
  using number = std::uint64_t; ///< of an attempt, and then of the link it became

  explicit link_book(node_id self) : self_(std::move(self)) {}

  /// Our dial has reached this peer.
  standing dialled(const node_id& peer, number attempt);
  /// The peer has dialled us; `boot` is its process.
  standing greeted(const node_id& peer, std::uint64_t boot, number attempt);
  /// Both agree. `goes_on` only when nothing came in between; a link with another process of the
  /// peer is then no longer in the book.
  standing agreed(const node_id& peer, std::uint64_t boot, number attempt);
  /// An attempt ended without a link, or a link is over. What is not in the book is ignored.
  void over(const node_id& peer, number attempt);

  struct link {
    number id{0};
    std::uint64_t boot{0};
  };
  std::optional<link> link_with(const node_id& peer) const;
  bool is_trying(const node_id& peer) const { return entries_.contains(peer); }

 private:
  struct entry {
    std::optional<link> made;
    number attempt{0}; ///< 0: none under way
    bool ours{false};  ///< we dialled
  };
  node_id self_;
  std::map<node_id, entry> entries_;
};

} // namespace hive::link
