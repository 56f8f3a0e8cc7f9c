#pragma once
/// The words for what can be asked about actors, and done with them.

#include "actors/inspection.hpp"

#include <optional>
#include <string_view>

namespace hive::actors {

/// "cancel", "pause", …
std::string_view to_string(actor_action what) noexcept;
std::optional<actor_action> actor_action_from(std::string_view word) noexcept;
/// "id", "queue", "age", "rate", "time", "growth".
std::string_view to_string(actor_order by) noexcept;
std::optional<actor_order> actor_order_from(std::string_view word) noexcept;

} // namespace hive::actors
