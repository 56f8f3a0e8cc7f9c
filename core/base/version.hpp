#pragma once
/// The version of this build.

#include <string_view>

namespace hive {

/// "0.1.0"
std::string_view version() noexcept;

} // namespace hive
