#pragma once
/// What every actor understands without a line of its own, since its base answers
/// (actors/known_actor.hpp): a sign of life, what it says of itself, an end, and faults for tests.

#include "actors/description.hpp"
#include "actors/resident.hpp"
#include "core/base/result.hpp"

#include <caf/actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace hive::actors {

struct life_shown {
  std::uint64_t id{0};
};
struct show_life { ///< its turn comes in the order of the mailbox
  caf::actor who;  ///< hears life_shown
};
struct describe_self {};
struct self_described {
  std::optional<description> what; ///< empty: it says nothing
};
using described_promise = caf::typed_response_promise<self_described>;
struct put_down { ///< ends it at once, whatever it still waits for
  failure why;
};
/// Understood only where `system_config::faults` is set.
struct inject_fault {
  fault kind{fault::crash};
  std::chrono::milliseconds lasting{0}; ///< of a freeze
};
struct thaw {}; ///< a freeze is over

/// From any thread.
void inject(const caf::actor& whom, fault kind, std::chrono::milliseconds lasting);

} // namespace hive::actors
