#pragma once
/// Where links between nodes are made: dials on order, takes what the peer port hands on, and says
/// what became of either. One thread that waits for sockets, and one for what blocks: the resolver
/// when an address is a name, and the disk. At most 256 talks at a time, each of at most 5 s.

#include "core/cluster/desired_state.hpp"
#include "core/link/talk.hpp"
#include "core/store/home.hpp"

#include <functional>
#include <memory>

namespace hive::link {

struct exchange_options {
  store::home home; ///< belongs to a hive
  node_id self;
  // On the exchange's thread; must not block.
  std::function<void(link_made)> on_link;
  std::function<void(dial_ended)> on_dial_ended;
  /// Whoever has this link is to close it: the peer has given it up.
  std::function<void(node_id, link_book::number)> on_stale;

  std::chrono::milliseconds deadline{std::chrono::seconds{5}}; ///< of one talk
  std::size_t most_talks{256};
};

/// Any thread.
class exchange {
 public:
  static result<std::unique_ptr<exchange>> open(exchange_options options);
  /// Ends every talk. Links that were made are others' business.
  ~exchange();
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  /// From now on this node is so, and knows these. Until the first call nobody is greeted.
  void introduce(greeting self, std::vector<cluster::row_ptr> known);
  /// From now on nobody is greeted.
  void fall_silent();
  /// Keeps them on disk for the next start: the newest, however many come. The known ones are
  /// written once a second at most, and at the end.
  void remember(std::vector<cluster::row_ptr> known);
  void remember(std::vector<cluster::desired_record> wishes);
  /// Does what blocks, one after the other; dropped when 64 such wait.
  void aside(std::function<void()> what);
  void dial(dial_order order);
  /// What the peer port hands on.
  void take(trust::established from);
  /// A link is over.
  void over(node_id peer, link_book::number id);

 private:
  exchange();
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace hive::link
