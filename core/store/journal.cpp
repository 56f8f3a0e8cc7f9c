#include "core/store/journal.hpp"

#include "core/base/digest.hpp"

#include <charconv>

namespace hive::store {

namespace {

constexpr std::string_view first_line = "hive-journal 1";

std::optional<std::string_view> take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<byte_range> range(std::string_view line) {
  const auto dash = line.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto begin = number(line.substr(0, dash));
  const auto end = number(line.substr(dash + 1));
  if (!begin || !end || *begin >= *end) return std::nullopt;
  return byte_range{*begin, *end};
}

} // namespace

std::string print_journal(const journal& j) {
  std::string text{first_line};
  text += "\n" + j.key + "\n" + (j.size ? std::to_string(*j.size) : "-") + "\n";
  for (const auto& r : j.claims.ranges())
    text += std::to_string(r.begin) + "-" + std::to_string(r.end) + "\n";
  text += sha256_hex(text) + "\n";
  return text;
}

std::optional<journal> parse_journal(std::string_view text) {
  constexpr std::size_t seal = 64 + 1;
  if (text.size() < seal) return std::nullopt;
  auto body = text.substr(0, text.size() - seal);
  if (take_line(body) != first_line) return std::nullopt;
  const auto key = take_line(body);
  const auto size = take_line(body);
  if (!key || !size) return std::nullopt;
  journal read{std::string{*key}, std::nullopt, {}};
  if (*size != "-" && !(read.size = number(*size))) return std::nullopt;
  while (!body.empty()) {
    const auto line = take_line(body);
    const auto claimed = line ? range(*line) : std::nullopt;
    if (!claimed || (read.size && claimed->end > *read.size)) return std::nullopt;
    read.claims.add(*claimed);
  }
  // Printing it again checks the seal, and that ranges were in order and disjoint.
  if (print_journal(read) != text) return std::nullopt;
  return read;
}

} // namespace hive::store
