#include "core/artifact/cut_files.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace hive {

namespace {

constexpr std::uint32_t most_pieces = 1000;

std::optional<std::uint32_t> small_number(std::string_view text) noexcept {
  if (text.empty() || text.size() > 4 || !ascii::is_number(text)) return std::nullopt;
  const auto value = ascii::number(text);
  if (!value || *value > most_pieces) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

/// "aa" is 0, "ab" 1, as split(1) counts.
std::optional<std::uint32_t> letters(std::string_view text) noexcept {
  if (text.size() != 2 || !std::ranges::all_of(text, ascii::is_lower)) return std::nullopt;
  return static_cast<std::uint32_t>((text[0] - 'a') * 26 + (text[1] - 'a'));
}

std::optional<cut> parse_part(cut found, std::string_view path, std::string_view number) noexcept {
  found.before = path.substr(0, path.size() - number.size());
  const auto of = number.find("of");
  if (of != std::string_view::npos) {
    const auto n = small_number(number.substr(0, of));
    const auto count = small_number(number.substr(of + 2));
    if (!n || !count || *n == 0 || *n > *count) return std::nullopt;
    found.after = number.substr(of);
    found.number = *n;
    found.count = *count;
    return found;
  }
  const auto n = ascii::is_number(number) ? small_number(number) : letters(number);
  if (!n) return std::nullopt;
  found.number = *n;
  return found;
}

struct piece {
  std::uint32_t number;
  std::string path;
  std::uint32_t count;
};

/// Whether the numbers of `set`, in order, are those of a set that is or could be whole.
bool is_set(const std::vector<piece>& set) {
  if (set.front().count > 0) return true;
  if (set.size() < 2 || set.front().number > 1) return false;
  for (std::size_t i = 1; i < set.size(); ++i)
    if (set[i].number != set[i - 1].number + 1) return false;
  return true;
}

} // namespace

std::optional<cut> parse_cut(std::string_view path) noexcept {
  const auto dot = path.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || path[dot - 1] == '/') return std::nullopt;
  cut found;
  found.whole = path.substr(0, dot);
  auto tail = path.substr(dot + 1);
  if (tail.size() == 3 && ascii::is_number(tail)) return parse_part(found, path, tail);
  if (!tail.starts_with("part")) return std::nullopt;
  tail.remove_prefix(4);
  if (tail.starts_with('-') || tail.starts_with('_')) tail.remove_prefix(1);
  return parse_part(found, path, tail);
}

std::map<std::string, std::vector<std::string>> cut_files(std::span<const std::string> paths) {
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<piece>> sets;
  for (const auto& path : paths) {
    const auto one = parse_cut(path);
    if (!one) continue;
    sets[{std::string{one->whole}, std::string{one->before}, std::string{one->after}}].push_back(
        {one->number, path, one->count});
  }
  std::map<std::string, std::vector<std::string>> found;
  if (sets.empty()) return found;
  const std::set<std::string_view> there{paths.begin(), paths.end()};
  for (auto& [names, set] : sets) {
    const auto& whole = std::get<0>(names);
    std::ranges::sort(set, {}, &piece::number);
    // Two ways to cut one file: nobody knows which is meant.
    if (there.contains(whole) || !is_set(set) || found.contains(whole)) continue;
    auto& pieces = found[whole];
    for (auto& one : set) pieces.push_back(std::move(one.path));
  }
  return found;
}

std::vector<std::string> missing_pieces(const std::vector<std::string>& pieces) {
  constexpr std::size_t enough = 6;
  std::vector<std::string> missing;
  const auto any = pieces.empty() ? std::nullopt : parse_cut(pieces.front());
  if (!any || any->count == pieces.size()) return missing;
  std::set<std::uint32_t> have;
  for (const auto& path : pieces)
    if (const auto one = parse_cut(path)) have.insert(one->number);
  for (std::uint32_t n = 1; n <= any->count && missing.size() < enough; ++n)
    if (!have.contains(n))
      missing.push_back(std::string{any->before}.append(std::to_string(n)).append(any->after));
  return missing;
}

} // namespace hive
