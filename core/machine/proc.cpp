#include "core/machine/proc.hpp"

#include "core/base/ascii.hpp"

#include <charconv>
#include <cmath>
#include <limits>

namespace hive::machine {
namespace {

/// Cuts the next word, between blanks, off `text`; empty when there is none.
std::string_view next_word(std::string_view& text) {
  const auto from = text.find_first_not_of(" \t\n");
  if (from == std::string_view::npos) return text = {};
  text.remove_prefix(from);
  const auto word = text.substr(0, text.find_first_of(" \t\n"));
  text.remove_prefix(word.size());
  return word;
}

std::optional<double> decimal(std::string_view word) {
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  const bool whole = error == std::errc{} && end == word.data() + word.size();
  if (!whole || !std::isfinite(value) || value < 0) return std::nullopt;
  return value;
}

/// The value of the line "Name:   123 kB", in bytes.
std::optional<std::uint64_t> line_of(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.starts_with(name) || line.substr(name.size(), 1) != ":") continue;
    line.remove_prefix(name.size() + 1);
    const auto value = ascii::number(next_word(line));
    constexpr auto most = std::numeric_limits<std::uint64_t>::max() / 1024;
    if (!value || *value > most || next_word(line) != "kB") return std::nullopt;
    return *value * 1024;
  }
  return std::nullopt;
}

} // namespace

std::optional<load_average> read_loadavg(std::string_view text) {
  const auto one = decimal(next_word(text));
  const auto five = decimal(next_word(text));
  const auto fifteen = decimal(next_word(text));
  if (!one || !five || !fifteen) return std::nullopt;
  return load_average{*one, *five, *fifteen};
}

std::optional<extent> read_meminfo(std::string_view text) {
  const auto total = line_of(text, "MemTotal");
  const auto available = line_of(text, "MemAvailable");
  if (!total || !available || *available > *total) return std::nullopt;
  return extent{*total, *available};
}

std::optional<std::uint64_t> read_statm(std::string_view text, std::uint64_t page_bytes) {
  next_word(text);
  const auto pages = ascii::number(next_word(text));
  if (!pages || *pages > std::numeric_limits<std::uint64_t>::max() / page_bytes)
    return std::nullopt;
  return *pages * page_bytes;
}

} // namespace hive::machine
