#pragma once
/// Answers about who is in a population: a page of actors, the top of an order, one of them.

#include "actors/actor_words.hpp"
#include "actors/population.hpp"
#include "actors/samples.hpp"
#include "core/base/result.hpp"

namespace hive::actors {

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
