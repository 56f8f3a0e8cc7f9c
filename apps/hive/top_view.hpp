#pragma once
/// What hive top shows and how keys change it. Pure: no terminal, no clock, no node.

#include "apps/hive/actor_sight.hpp"
#include "apps/hive/actor_wish.hpp"
#include "apps/hive/terminal.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::cli {

/// The node at one answer.
struct top_node {
  std::string name;
  std::string version;
  std::string health;                        ///< "ok", or why it is not
  std::uint64_t uptime{0};                   ///< seconds
  std::map<std::string, std::uint64_t> jobs; ///< by state
  std::uint64_t transfers{0};
  std::uint64_t lanes{0};
  // Of two answers.
  std::optional<double> message_rate;
  std::optional<double> byte_rate;
};

struct top_data {
  top_node node;
  std::uint64_t alive{0};
  std::vector<actor_sight> actors;
  std::vector<std::string> detail; ///< lines about the actor that is looked at
  std::string trouble;             ///< why the node does not answer; empty when it does
};

enum class top_key : std::uint8_t {
  none,
  letter, ///< `top_press::letter`
  up,
  down,
  page_up,
  page_down,
  home,
  end,
  enter,
  escape,
  backspace,
};
struct top_press {
  top_key key{top_key::none};
  char letter{0};
};

enum class top_mode : std::uint8_t { list, detail, help, filter, confirm };

/// What a key asks of the caller.
struct top_order {
  bool quit{false};
  std::string action; ///< "cancel", "pause", "resume", "restart" of `actor`; empty: none
  std::uint64_t actor{0};
};

struct top_view {
  top_mode mode{top_mode::list};
  bool tree{true};
  std::string by{"time"}; ///< of the list without tree
  std::string filter;
  std::string typed;          ///< in mode filter
  std::uint64_t selected{0};  ///< actor; 0: the first
  std::size_t first{0};       ///< row on top of the list, or line of the detail
  std::uint64_t looked_at{0}; ///< actor of the detail
  std::string wanted;         ///< action to be confirmed
  std::string note;           ///< what came of the last action
};

/// What the node is to be asked for.
actor_wish wish_of(const top_view& view);
/// Rows of the list in their order.
std::vector<actor_place> rows_of(const top_data& data, const top_view& view);
/// `size`: of the terminal.
top_order press(top_view& view, top_press what, const top_data& data, extent size);

enum class ink : std::uint8_t { plain, strong, head, chosen, faint, alarm };
struct top_line {
  std::string text; ///< as wide as the terminal at most
  ink how{ink::plain};
  friend bool operator==(const top_line&, const top_line&) = default;
};
/// Exactly as many lines as the terminal has rows. Moves `view.first` so that the chosen row is in
/// sight.
std::vector<top_line> paint(const top_data& data, top_view& view, extent size);

} // namespace hive::cli
