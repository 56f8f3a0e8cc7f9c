#pragma once
/// Paths that come from outside and will name files here.

#include "core/base/result.hpp"

#include <span>
#include <string>
#include <string_view>

namespace hive {

/// Bounds: 1024 bytes, 32 components, 255 bytes each (what common file systems take).
/// Refused with errc::bad_path: empty, absolute, ".", "..", empty component, backslash, NUL and
/// other control characters, ':' in a drive-letter position, Windows device names (CON, NUL, COM1,
/// …, also with an extension), a component ending in a dot or a space, invalid UTF-8.
outcome check_relative_path(std::string_view path);

/// What follows the last '/'.
constexpr std::string_view file_name(std::string_view path) noexcept {
  return path.substr(path.rfind('/') + 1); // npos + 1 is 0
}

/// errc::bad_path when two paths differ only by case, or one is a directory of the other.
outcome check_no_collisions(std::span<const std::string> paths);

} // namespace hive
