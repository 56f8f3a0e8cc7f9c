#pragma once
/// The grammar header values share: lists, parameters, quoted strings (RFC 9110 section 5.6). Pure,
/// total.

#include <string>
#include <string_view>
#include <utility>

namespace hive::net {

/// Equal whatever the case (ASCII).
bool same_word(std::string_view a, std::string_view b) noexcept;
/// Cuts `text` at the first `mark` that stands neither in quotes nor in <>; yields what came
/// before, without the white space around it.
std::string_view take_until(std::string_view& text, char mark) noexcept;
/// "name=value" with the value's quotes gone; a text without '=' is a name without value.
std::pair<std::string_view, std::string_view> parameter(std::string_view text) noexcept;
/// What a quoted string means: "\"" and "\\" without their backslash.
std::string unescaped(std::string_view quoted);
/// Whether one of the words of `list`, with spaces between, is `word`.
bool has_word(std::string_view list, std::string_view word) noexcept;

} // namespace hive::net
