#pragma once
/// Nodes to announce.

#include "core/discovery/announcement.hpp"

#include <string>

namespace hive::discovery::test {

inline const std::string this_hive(64, 'a');
inline const std::string other_hive(64, 'b');

inline announcement node(int number, const std::string& hive = this_hive) {
  auto digits = std::to_string(number);
  return {hive, {"01JDXN" + std::string(20 - digits.size(), '0') + digits}, 1, 1};
}

inline std::string datagram_of(const announcement& who,
                               const std::vector<std::string>& addresses = {"10.0.0.1:7836"},
                               std::chrono::seconds life = usual_life) {
  return dns::written(*message_of(who, addresses, life));
}

} // namespace hive::discovery::test
