#pragma once
/// The sentry: asks every actor for a sign of life, tells who is silent and who has crashed, and
/// ends those that stay silent, so that whoever owns them does what it does after a crash. An actor
/// that blocks is only told about. Whatever cannot be ended, and the node cannot do without, ends
/// the supervisor, and with it the node.
///
/// Hears: life_shown (everybody), its own tick.
/// Says:  show_life (everybody), put_down, narrate.
/// Never: owns anybody.

#include "actors/protocol.hpp"
#include "actors/roll_call.hpp"

namespace hive::actors {

struct sentry_deps {
  narrator_actor narrator;
  patience how{};
  std::optional<fact> news{}; ///< told at the first look, when whoever listens is there
};

sentry_actor spawn_sentry(caf::local_actor* parent, sentry_deps deps);

} // namespace hive::actors
