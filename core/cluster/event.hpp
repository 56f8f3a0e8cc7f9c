#pragma once
/// What a membership tells the rest of its node: facts named member.*, each with who saw it, since
/// when and why.

#include "core/cluster/member.hpp"

#include <string_view>

namespace hive::cluster {

enum class event_kind : std::uint8_t {
  joined,      ///< a row that was not known before
  restarted,   ///< a newer incarnation of a known member
  up,          ///< it takes part
  leaving,     ///< it has said that it is about to leave
  left,        ///< it has left
  suspect,     ///< silent for this node, or for one other
  unreachable, ///< for two observers, or for one that can be sure
  down,        ///< for so long that its work is given away
  back,        ///< reachable again
  forgotten,   ///< removed by an operator
  expired,     ///< its row was dropped after 72 h
  conflict,    ///< another process uses this node's identity; this one goes on
  replaced,    ///< another process with this node's identity is newer: this one must stop
  slow,        ///< this node wakes late; its own time-outs are stretched
  in_time,     ///< no longer so
  isolated,    ///< this node hears nobody: all others count as unreachable for it
  reunited,    ///< it hears somebody again
  refused,     ///< a message or row beyond the bounds, or a full table
};
/// "member.unreachable"
std::string_view name(event_kind k) noexcept;

struct member_event {
  event_kind kind{event_kind::joined};
  row_ptr subject;   ///< as it is now; never null
  node_id observer;  ///< who saw it; the subject itself when it said so
  wall_time since{}; ///< by the observer's clock
  cause why{cause::none};
};

} // namespace hive::cluster
