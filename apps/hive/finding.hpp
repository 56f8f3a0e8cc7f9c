#pragma once
/// Which node a command talks to. Pure.

#include "core/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace hive::cli {

/// What is known so far.
struct node_clues {
  std::string named;      ///< --node or HIVE_NODE
  std::string holder;     ///< what the live holder of this home announced
  bool home_given{false}; ///< --home, HIVE_HOME or a file: then no other home's node will do
  std::optional<bool>
      default_answers;   ///< whether a hive answers at the default address; empty: not asked
  bool may_embed{false}; ///< the command works without a running node
  std::optional<failure> locked; ///< why a node of our own could not have the home just now
};

enum class node_choice : std::uint8_t {
  named,         ///< use `named`
  holder,        ///< use `holder`
  ask_default,   ///< find out `default_answers`, then choose again
  default_place, ///< use the default address
  embed,         ///< run a node in this process
  none,          ///< errc::no_node
};

node_choice choose_node(const node_clues& clues) noexcept;

/// Whether a `listen` setting is an address of this machine only, whatever its port.
bool listens_on_loopback(const std::string& listen);

/// The URL at which a node with this `listen` setting answers on its own machine.
std::string local_url(const std::string& listen);

} // namespace hive::cli
