#pragma once
/// How a build is told: what its steps are called, what they said, why they failed. Pure.

#include "actors/protocol.hpp"
#include "core/build/family.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace hive::actors {

/// "step 2 of 3 (llama-quantize)".
std::string step_words(const recipe& how, std::size_t step);

/// The programs cannot be contained, for the kernel's reason.
fact open_fact(const recipe& how, const failure& why);
fact step_fact(const recipe& how, std::size_t step);
fact said_fact(std::string line);
fact passed_over_fact(std::uint64_t lines);
fact built_fact(const std::vector<plan_file>& made, std::chrono::steady_clock::duration time);

failure no_program(const recipe_step& step);
/// Limits that were overstepped; `bytes` are those of the folder.
failure too_long(const recipe& how, std::size_t step);
failure too_much(const recipe& how, std::size_t step, std::uint64_t bytes);
failure no_room(const recipe& how, std::uint64_t bytes, std::uint64_t free);
/// Empty when the step ended well. `last`: what it said last.
std::optional<failure> step_failure(const recipe& how, std::size_t step, const build::run_end& end,
                                    const std::deque<std::string>& last);

} // namespace hive::actors
