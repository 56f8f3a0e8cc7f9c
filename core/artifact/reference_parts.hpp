#pragma once
/// The forms of references, one parser each. Only reference.cpp calls them; all take text that is
/// valid UTF-8, without control characters and at most 4096 bytes long.

#include "core/artifact/reference.hpp"

#include <string>
#include <string_view>

namespace hive::forms {

/// errc::bad_reference about `text`: "\"hf:gpt2\": it names no owner", with a right example.
failure wrong(std::string_view text, std::string_view why, std::string_view example);

/// `text` with '%' and every character of `reserved` as "%XX".
std::string percent_encoded(std::string_view text, std::string_view reserved);

/// Whether git takes it as a branch, tag or commit.
bool is_revision(std::string_view text) noexcept;
/// A revision as it stands behind '@'.
std::string print_revision(std::string_view revision);

/// "[models/|datasets/|spaces/]ns/name[@rev][:selector|/path]": what follows "hf:", "hf://",
/// "space:", or stands alone. `text` is the whole reference, for messages.
result<reference> parse_hub(std::string_view text, std::string_view body, repo_kind kind);
/// What follows the host in an address of a Hub page:
/// "[datasets/|spaces/]ns/name[/{tree|blob|resolve|raw|blame}/rev[/path]]", or "ns/name:quant".
result<reference> parse_hub_page(std::string_view text, std::string_view body);
/// Whether `host` (lower case, no port) is the Hub itself.
bool is_hub_host(std::string_view host) noexcept;

result<reference> parse_ollama(std::string_view text, std::string_view body);
result<reference> parse_github(std::string_view text, std::string_view body);
/// `body` follows "http:" or "https:" and begins with "//".
result<reference> parse_url(std::string_view text, bool secure, std::string_view body);
std::string print_url(const reference& r);
/// `body` follows "file:" or "build:".
result<reference> parse_local(std::string_view text, scheme from, std::string_view body);

std::string print_ollama(const reference& r);

} // namespace hive::forms
