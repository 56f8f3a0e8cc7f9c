#pragma once
/// Percent-escapes of addresses, read.

#include <optional>
#include <string>
#include <string_view>

namespace hive {

/// "%2F" and the like as the bytes they stand for; empty when a '%' is not followed by two hex
/// digits, when a control character comes out, or when the whole is not UTF-8.
std::optional<std::string> percent_decoded(std::string_view text);

} // namespace hive
