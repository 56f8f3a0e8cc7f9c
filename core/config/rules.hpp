#pragma once
/// What values of settings are fine. Each rule yields the text as it is stored, or what is wrong
/// with it as the end of a sentence ("… is not host:port").

#include <tl/expected.hpp>

#include <string>

namespace hive::rules {

using checked = tl::expected<std::string, std::string>;

checked any_text(std::string text);
checked listen_address(std::string text);
/// A listen address, or nothing.
checked peer_address(std::string text);
/// Listen addresses separated by commas, at most 64.
checked address_list(std::string text);
/// At most 16 words of letters, digits, "-", "_", "." and "=", at most 64 long, separated by
/// commas.
checked label_list(std::string text);
checked node_name(std::string text);
/// http:// or https:// without user info; trailing slashes go.
checked base_url(std::string text);
/// A base URL, or nothing.
checked node_url(std::string text);
/// Stored with a scheme, so that its password can be told from a host; "-" is none.
checked proxy_address(std::string text);
/// "on" or "off".
checked on_off(std::string text);
checked log_level(std::string text);
checked log_format(std::string text);
/// Empty, or a file (no folder) that may be read.
checked readable_file(std::string text);
checked tls_version(std::string text);
/// A folder, which need not be there; "~/" is the user's own.
checked folder(std::string text);
/// "off", or absolute paths separated by colons; they need not be there.
checked folder_list(std::string text);
/// One word of printable ASCII, surrounding white space removed.
checked token(std::string text);

} // namespace hive::rules
