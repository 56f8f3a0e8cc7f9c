#pragma once
/// Addresses to dial of whose nodes nothing else is known: those a node was told to begin with, and
/// those heard on the local network. Whoever answers there has to prove that it belongs to the
/// hive, as ever; what is heard costs no more than the bounds below. Pure.

#include "core/cluster/redial.hpp"
#include "core/discovery/announcement.hpp"
#include "core/link/talk.hpp"

#include <functional>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hive::actors {

class seeds {
 public:
  using time = cluster::redial::time;

  static constexpr std::size_t most_heard = 256; ///< addresses
  static constexpr std::size_t most_dials = 8;   ///< of heard ones under way
  static constexpr std::size_t most_begun = 4;   ///< of them by one `due`
  /// Heard ones that failed so often make room for others.
  static constexpr int hopeless = 2;
  static constexpr std::size_t most_told = 256; ///< nodes and failures of heard ones

  seeds(const std::vector<std::string>& addresses, std::uint64_t seed);

  /// A node's addresses, in place of those heard of it before. True when the node was not heard
  /// before: worth telling, once.
  bool hear(const discovery::sighting& what, time now);
  /// Whom to dial now; each is under way until it is `met` or `failed`. What was heard of a node
  /// for which `has_link` is true is forgotten.
  std::vector<link::dial_order> due(time now, const std::function<bool(const node_id&)>& has_link);
  /// There is a link, or there is none to be had (it is this node): looked at again a while later.
  void met(std::uint64_t ticket, time now);
  /// True when it is another failure than before: worth telling.
  bool failed(std::uint64_t ticket, cluster::cause why, time now);
  std::size_t heard() const noexcept; ///< addresses

 private:
  struct one {
    std::uint64_t ticket;
    std::string address;
    cluster::redial how;
    time due{0};
    bool under_way{false};
    cluster::cause complained{cluster::cause::none};
    // Of one that was heard.
    node_id who{}; ///< empty when two say that it is theirs
    std::optional<time> until{};
  };
  one* find(std::uint64_t ticket);
  void add(const std::string& address, const node_id& who, time now, time until);
  bool make_room();
  void forget_old(time now);
  bool may_tell();

  std::uint64_t seed_;
  std::uint64_t last_{0}; ///< ticket given
  std::list<one> all_;
  std::set<node_id> introduced_;
  std::size_t told_{0};
};

} // namespace hive::actors
