#pragma once
/// Text for terminals: what comes from outside is made harmless, and measured in columns. Pure.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hive::cli {

/// `text` without anything a terminal acts on: control characters, invalid UTF-8 and characters
/// that turn the direction of writing become U+FFFD.
std::string printable(std::string_view text);

/// Columns `text` (printable) takes: wide characters two, combining ones none.
std::size_t columns_of(std::string_view text) noexcept;

/// At most `columns` columns; what is cut leaves "…" at its end.
std::string clip_end(std::string_view text, std::size_t columns);
/// The same, cut at the start: of a path the end tells most.
std::string clip_start(std::string_view text, std::size_t columns);

/// Filled with spaces to `columns`; longer texts stay.
std::string pad_right(std::string text, std::size_t columns);
std::string pad_left(const std::string& text, std::size_t columns);

/// "a, b, c".
std::string listed(const std::vector<std::string>& words);

/// "1.5 B", "494 M", "7.6 k": a number of parameters.
std::string rough_count(std::uint64_t count);

/// "just now", "5 min", "3 h", "12 d": how long ago, roughly.
std::string rough_age(std::chrono::seconds ago);

} // namespace hive::cli
