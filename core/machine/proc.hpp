#pragma once
/// Figures from the texts of Linux' /proc (proc(5)). Pure; what does not read as documented is
/// empty.

#include "core/machine/reading.hpp"

#include <optional>
#include <string_view>

namespace hive::machine {

/// /proc/loadavg: "0.20 0.18 0.12 1/80 11206".
std::optional<load_average> read_loadavg(std::string_view text);
/// /proc/meminfo: MemTotal and MemAvailable.
std::optional<extent> read_meminfo(std::string_view text);
/// /proc/self/statm: the resident size, whose unit is pages.
std::optional<std::uint64_t> read_statm(std::string_view text, std::uint64_t page_bytes);

} // namespace hive::machine
