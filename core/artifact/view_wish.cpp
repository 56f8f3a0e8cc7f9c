#include "core/artifact/view_wish.hpp"

#include "core/base/ascii.hpp"
#include "core/base/utf8.hpp"

#include <algorithm>
#include <array>

namespace hive {

namespace {

constexpr std::array<std::string_view, 3> names{"hf", "ollama", "lmstudio"};
constexpr std::string_view folder_prefix = "dir:";
constexpr std::size_t longest = 1024;

failure no_view(std::string_view text) {
  return fail(errc::bad_request, "there is no view \"" + to_utf8(text.substr(0, 100)) + "\"",
              "views are hf, ollama, lmstudio, and dir:/an/absolute/path");
}

} // namespace

std::string to_string(const view_wish& wish) {
  if (wish.of == tool::dir) return std::string{folder_prefix} + wish.folder.string();
  return std::string{names.at(static_cast<std::size_t>(wish.of))};
}

result<view_wish> parse_view(std::string_view text) {
  const auto* const name = std::ranges::find(names, text);
  if (name != names.end()) return view_wish{static_cast<tool>(name - names.begin()), {}};
  if (!text.starts_with(folder_prefix)) return no_view(text);
  const auto folder = text.substr(folder_prefix.size());
  if (!folder.starts_with('/') || folder.size() > longest || !is_utf8(folder) ||
      ascii::has_control(folder))
    return no_view(text);
  auto path = std::filesystem::path{folder}.lexically_normal();
  if (!path.has_filename()) path = path.parent_path(); // "/a/" is "/a"
  return view_wish{tool::dir, std::move(path)};
}

result<std::vector<view_wish>> parse_views(std::string_view list) {
  std::vector<view_wish> views;
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    HIVE_TRY(auto one, parse_view(list.substr(0, end)));
    if (std::ranges::find(views, one) == views.end()) views.push_back(std::move(one));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return views;
}

} // namespace hive
