#pragma once
/// Addresses a node was told to begin with, of whose nodes nothing else is known. Pure.

#include "core/cluster/redial.hpp"
#include "core/link/talk.hpp"

#include <string>
#include <vector>

namespace hive::actors {

class seeds {
 public:
  using time = cluster::redial::time;

  seeds(const std::vector<std::string>& addresses, std::uint64_t seed);

  /// Whom to dial now; each is under way until it is `met` or `failed`.
  std::vector<link::dial_order> due(time now);
  /// There is a link, or there is none to be had (it is this node): looked at again a while later.
  void met(std::uint64_t ticket, time now);
  void failed(std::uint64_t ticket, cluster::cause why, time now);

 private:
  struct one {
    std::string address;
    cluster::redial how;
    time due{0};
    bool under_way{false};
  };
  one* find(std::uint64_t ticket);

  std::vector<one> all_; ///< the ticket is the place, from 1
};

} // namespace hive::actors
