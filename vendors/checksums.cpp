#include "vendors/checksums.hpp"

#include "core/base/ascii.hpp"
#include "core/base/digest.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

namespace hive::vendors {

namespace {

constexpr std::size_t hex_digits = 64;
constexpr std::size_t most_lines = 100'000;

struct entry {
  std::string name; ///< empty: the line has none
  std::string hex;
};

std::string_view without_edges(std::string_view text) noexcept {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view base_name(std::string_view path) noexcept {
  const auto slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// What sha256sum makes of line ends and backslashes in a name, undone.
std::string unescaped(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool escape = name[i] == '\\' && i + 1 < name.size();
    if (!escape) {
      out += name[i];
      continue;
    }
    ++i;
    out += name[i] == 'n' ? '\n' : name[i] == 'r' ? '\r' : name[i];
  }
  return out;
}

std::optional<std::string> hex_of(std::string_view text) {
  auto low = ascii::lowered(text);
  if (!is_hex(low, hex_digits)) return std::nullopt;
  return low;
}

/// "SHA256 (name) = hex"
std::optional<entry> read_tagged(std::string_view line) {
  const auto open = line.find('(');
  const auto close = line.rfind(')');
  const auto equals = line.rfind('=');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open ||
      equals == std::string_view::npos || equals < close)
    return std::nullopt;
  const auto kind = ascii::lowered(without_edges(line.substr(0, open)));
  auto hex = hex_of(without_edges(line.substr(equals + 1)));
  if ((kind != "sha256" && kind != "sha2-256" && kind != "sha-256") || !hex) return std::nullopt;
  return entry{std::string{base_name(line.substr(open + 1, close - open - 1))}, *std::move(hex)};
}

/// "hex  name", "hex *name", "\hex  name" or "hex".
std::optional<entry> read_plain(std::string_view line) {
  const bool escaped = line.starts_with('\\');
  if (escaped) line.remove_prefix(1);
  auto hex = hex_of(line.substr(0, std::min(line.find_first_of(" \t"), line.size())));
  if (!hex) return std::nullopt;
  auto name = without_edges(line.substr(hex_digits));
  if (name.starts_with('*')) name.remove_prefix(1);
  const auto plain = escaped ? unescaped(name) : std::string{name};
  return entry{std::string{base_name(plain)}, *std::move(hex)};
}

} // namespace

checksum_list read_checksums(std::string_view text, std::string_view alone) {
  checksum_list found;
  std::set<std::string, std::less<>> doubtful;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::size_t lines = 0; !text.empty() && lines < most_lines; ++lines) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = without_edges(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    auto one = read_tagged(line);
    if (!one) one = read_plain(line);
    if (!one) continue;
    if (one->name.empty()) one->name = alone;
    if (one->name.empty()) continue;
    const auto [at, fresh] = found.try_emplace(one->name, one->hex);
    if (!fresh && at->second != one->hex) doubtful.insert(one->name);
  }
  for (const auto& name : doubtful) found.erase(name);
  return found;
}

bool is_checksum_list(std::string_view name) {
  constexpr std::array<std::string_view, 4> stems{"sha256sums", "sha256sum", "checksums",
                                                  "checksums_sha256"};
  auto low = ascii::lowered(name);
  for (const std::string_view end : {".txt", ".sha256"})
    if (low.ends_with(end)) low.resize(low.size() - end.size());
  std::ranges::replace(low, '-', '_');
  // "hive_1.2.0_checksums.txt", as release tools name theirs.
  return std::ranges::any_of(stems, [&](std::string_view stem) {
    return low == stem || low.ends_with("_" + std::string{stem}) ||
           low.ends_with("." + std::string{stem});
  });
}

std::string_view checked_by(std::string_view name) noexcept {
  for (const std::string_view end : {".sha256", ".sha256sum", ".sha256.txt"})
    if (name.size() > end.size() && name.ends_with(end))
      return name.substr(0, name.size() - end.size());
  return {};
}

} // namespace hive::vendors
