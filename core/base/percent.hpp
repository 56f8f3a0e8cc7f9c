#pragma once
/// Percent-escapes of addresses.

#include <optional>
#include <string>
#include <string_view>

namespace hive {

/// Everything but RFC 3986 unreserved characters and those in `keep` as "%XX".
std::string percent_encode(std::string_view text, std::string_view keep = {});

/// "%2F" and the like as the bytes they stand for, whatever those are; empty when a '%' is not
/// followed by two hex digits.
std::optional<std::string> percent_bytes(std::string_view text);

/// The same; empty also when a control character comes out, or when the whole is not UTF-8.
std::optional<std::string> percent_decoded(std::string_view text);

} // namespace hive
