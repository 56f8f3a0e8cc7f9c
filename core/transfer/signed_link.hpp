#pragma once
/// When a signed download link ends. Pure.

#include <chrono>
#include <optional>
#include <string_view>

namespace hive::transfer {

/// From the query: `Expires=` (unix seconds), `X-Amz-Date` + `X-Amz-Expires` (also `X-Goog-…`), or
/// `se=` (Azure's). Empty when it does not say.
std::optional<std::chrono::sys_seconds> link_expiry(std::string_view url) noexcept;

} // namespace hive::transfer
