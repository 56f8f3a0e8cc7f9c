#pragma once
/// Which nodes were heard lately: of whom it is worth to know, so that what is heard again and
/// again is passed on once in a while, and no flood is. Pure; one owner.

#include "core/discovery/allowance.hpp"
#include "core/discovery/announcement.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hive::discovery {

class heard_nodes {
 public:
  using time = std::chrono::milliseconds; ///< steady

  static constexpr std::size_t most = 256;
  static constexpr std::size_t most_news = 32; ///< in a second
  /// What has not changed is passed on again after so long.
  static constexpr std::chrono::seconds repeat{30};

  /// Of one hive, by its fingerprint (empty: of all), and never of `self`, which may be empty.
  heard_nodes(std::string hive, node_id self) : hive_(std::move(hive)), self_(std::move(self)) {}

  /// What to pass on of a node that was heard on a network, by its index: all its addresses, of
  /// whichever network, and a farewell once it is on none. Empty unless the node is new, has other
  /// addresses, says farewell, or was passed on a while ago. When there are too many nodes, the one
  /// that lasts least makes room.
  std::optional<sighting> note(unsigned network, const sighting& what, time now);
  std::size_t size() const noexcept { return nodes_.size(); }

 private:
  struct part {
    std::vector<std::string> addresses;
    time until{0};
  };
  struct entry {
    std::map<unsigned, part> parts; ///< by network; empty: it is gone
    std::vector<std::string> passed_on;
    time passed{0};

    time until() const;
    std::vector<std::string> addresses() const;
    void hear(unsigned network, const sighting& what, time now);
  };
  bool concerns(const announcement& who) const;
  void make_room(time now);

  std::string hive_;
  node_id self_;
  std::map<std::pair<std::string, node_id>, entry> nodes_; ///< by hive and node
  allowance news_{most_news};
};

} // namespace hive::discovery
