#pragma once
/// Base64 of RFC 4648.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hive {

/// With padding.
std::string base64_encoded(std::string_view bytes);
/// With '-' and '_', without padding: fit for a URL.
std::string base64url_encoded(std::string_view bytes);
/// Padding at the end may be missing; white space is passed over. Empty for anything else.
std::optional<std::string> base64_decoded(std::string_view text);

} // namespace hive
