#pragma once
/// Answers about who is in a population: a page of actors, the top of an order, one of them.

#include "actors/population.hpp"
#include "actors/samples.hpp"
#include "core/base/result.hpp"

#include <string_view>

namespace hive::actors {

/// "cancel", "pause", …
std::string_view to_string(actor_action what) noexcept;
std::optional<actor_action> actor_action_from(std::string_view word) noexcept;
/// "id", "queue", "age", "rate", "time", "growth".
std::string_view to_string(actor_order by) noexcept;
std::optional<actor_order> actor_order_from(std::string_view word) noexcept;

failure no_such_actor(std::uint64_t id);

/// What `samples` are made of.
samples::moment counters_of(const population& people, instant now);

/// `asked.limit` is within its bounds. The window of the answer is the youngest known one that is
/// no shorter than what was asked for.
actor_page list_actors(const population& people, const samples& known, const actor_query& asked,
                       instant now);

/// Without what it says of itself. From now on its last messages are kept. errc::not_found.
result<actor_detail> look_at(const population& people, const samples& known, std::uint64_t id,
                             instant now);

} // namespace hive::actors
