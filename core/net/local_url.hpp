#pragma once
/// Files of this machine as URLs: "file:///abs/path", percent-encoded but for '/'.

#include <string>
#include <string_view>

namespace hive::net {

inline constexpr std::string_view local_prefix = "file://";

std::string local_url(std::string_view absolute_path);

/// The absolute path behind file:///path, file://localhost/path or file:/path; empty for anything
/// else, and for a path with a NUL.
std::string local_path(std::string_view url);

} // namespace hive::net
