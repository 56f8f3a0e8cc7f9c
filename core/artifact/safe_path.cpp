#include "core/artifact/safe_path.hpp"

#include "core/base/ascii.hpp"
#include "core/base/redact.hpp"
#include "core/base/utf8.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace hive {

namespace {

constexpr std::size_t longest_path = 1024;
constexpr std::size_t longest_component = 255;
constexpr std::size_t most_components = 32;
constexpr std::array<std::string_view, 6> device_names{"con", "prn",    "aux",
                                                       "nul", "conin$", "conout$"};

/// A path as an error may show it: short, without control characters.
std::string shown(std::string_view path) {
  constexpr std::size_t enough = 120;
  std::string text = to_utf8(path.substr(0, enough));
  std::replace_if(text.begin(), text.end(), ascii::is_control, '?');
  if (path.size() > enough) text += "…";
  return std::string{"\""}.append(redact(text)).append("\"");
}

failure refused(std::string_view path, std::string_view why) {
  return fail(errc::bad_path, "the path " + shown(path) + " " + std::string{why});
}

/// Windows opens a device for such a name, whatever extension follows.
bool is_device(std::string_view component) {
  auto stem = ascii::lowered(component.substr(0, component.find('.')));
  while (stem.ends_with(' ')) stem.pop_back();
  if (std::find(device_names.begin(), device_names.end(), stem) != device_names.end()) return true;
  return stem.size() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")) &&
         ascii::is_digit(stem[3]);
}

/// What is wrong with one component; empty when nothing is.
std::string_view flaw_of(std::string_view component) {
  if (component.empty()) return "has an empty component";
  if (component == "." || component == "..") return "has a \".\" or \"..\" component";
  if (component.size() > longest_component) return "has a component longer than 255 bytes";
  if (component.ends_with('.') || component.ends_with(' '))
    return "has a component that ends in a dot or a space";
  if (is_device(component)) return "has a component that names a Windows device";
  return {};
}

bool has_drive(std::string_view path) noexcept {
  return path.size() >= 2 && path[1] == ':' && ascii::is_alpha(path[0]);
}

} // namespace

outcome check_relative_path(std::string_view path) {
  if (path.empty()) return refused(path, "is empty");
  if (path.size() > longest_path) return refused(path, "is longer than 1024 bytes");
  if (path.front() == '/') return refused(path, "is absolute");
  if (path.find('\\') != std::string_view::npos) return refused(path, "has a backslash");
  if (ascii::has_control(path)) return refused(path, "has a control character");
  if (has_drive(path)) return refused(path, "begins with a drive letter");
  if (!is_utf8(path)) return refused(path, "is not valid UTF-8");
  std::size_t components = 0;
  for (std::size_t from = 0; from <= path.size();) {
    const auto end = std::min(path.find('/', from), path.size());
    if (++components > most_components) return refused(path, "has more than 32 components");
    if (const auto flaw = flaw_of(path.substr(from, end - from)); !flaw.empty())
      return refused(path, flaw);
    from = end + 1;
  }
  return {};
}

outcome check_no_collisions(std::span<const std::string> paths) {
  std::unordered_map<std::string, const std::string*> seen;
  seen.reserve(paths.size());
  for (const auto& path : paths) {
    const auto [other, is_new] = seen.emplace(ascii::lowered(path), &path);
    if (!is_new)
      return refused(path,
                     "and " + shown(*other->second) + " cannot both exist where case is ignored");
  }
  for (const auto& path : paths) {
    const auto low = ascii::lowered(path);
    for (auto slash = low.find('/'); slash != std::string::npos; slash = low.find('/', slash + 1)) {
      const auto file = seen.find(low.substr(0, slash));
      if (file != seen.end())
        return refused(path,
                       "needs " + shown(*file->second) + " to be a directory, but it is a file");
    }
  }
  return {};
}

} // namespace hive
