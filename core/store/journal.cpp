#include "core/store/journal.hpp"

#include "core/base/ascii.hpp"
#include "core/base/digest.hpp"
#include "core/store/lines.hpp"

namespace hive::store {

namespace {

constexpr std::string_view first_line = "hive-journal 1";

std::optional<byte_range> range(std::string_view line) {
  const auto dash = line.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto begin = ascii::number(line.substr(0, dash));
  const auto end = ascii::number(line.substr(dash + 1));
  if (!begin || !end || *begin >= *end) return std::nullopt;
  return byte_range{*begin, *end};
}

} // namespace

std::string print_journal(const journal& j) {
  std::string text{first_line};
  text += "\n" + j.key + "\n" + (j.size ? std::to_string(*j.size) : "-") + "\n";
  for (const auto& r : j.claims.ranges())
    text += std::to_string(r.begin) + "-" + std::to_string(r.end) + "\n";
  return sealed(std::move(text));
}

std::optional<journal> parse_journal(std::string_view text) {
  const auto sound = unsealed(text);
  if (!sound) return std::nullopt;
  auto body = *sound;
  if (take_line(body) != first_line) return std::nullopt;
  const auto key = take_line(body);
  const auto size = take_line(body);
  if (!key || !size) return std::nullopt;
  journal read{std::string{*key}, std::nullopt, {}};
  if (*size != "-" && !(read.size = ascii::number(*size))) return std::nullopt;
  while (!body.empty()) {
    const auto line = take_line(body);
    const auto claimed = line ? range(*line) : std::nullopt;
    if (!claimed || (read.size && claimed->end > *read.size)) return std::nullopt;
    read.claims.add(*claimed);
  }
  // Everything has one spelling only: ranges in order and disjoint.
  if (print_journal(read) != text) return std::nullopt;
  return read;
}

} // namespace hive::store
