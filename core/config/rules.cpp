#include "core/config/rules.hpp"

#include "core/base/address.hpp"
#include "core/base/ascii.hpp"
#include "core/config/config.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <string_view>

namespace hive::rules {

namespace {

constexpr std::size_t longest = 4096;

checked wrong(std::string why) {
  return tl::unexpected(std::move(why));
}

/// "host:port", or also a host alone.
bool is_address(std::string_view text, bool port_needed) {
  const auto at = split_address(text);
  return at && (at->port || !port_needed);
}

void strip_slashes(std::string& text) {
  while (text.ends_with('/')) text.pop_back();
}

checked one_of(std::string text, std::initializer_list<std::string_view> words) {
  if (std::find(words.begin(), words.end(), text) != words.end()) return text;
  std::string why = "is none of";
  for (const auto word : words) why.append(" ").append(word);
  return wrong(std::move(why));
}

} // namespace

checked any_text(std::string text) {
  if (text.size() > longest) return wrong("is too long");
  if (ascii::has_control(text)) return wrong("has control characters");
  return text;
}

checked listen_address(std::string text) {
  if (!is_address(text, true)) return wrong("is not host:port, for example 127.0.0.1:7835");
  return text;
}

checked peer_address(std::string text) {
  return text.empty() ? checked{std::move(text)} : listen_address(std::move(text));
}

checked address_list(std::string text) {
  std::size_t count = 0;
  for (const auto& one : words_of(text)) {
    if (!is_address(one, true)) return wrong("holds \"" + one + "\", which is not host:port");
    if (++count > 64) return wrong("has more than 64 addresses");
  }
  return text;
}

checked label_list(std::string text) {
  const auto fits = [](char c) {
    return ascii::is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '=';
  };
  std::size_t count = 0;
  for (const auto& one : words_of(text)) {
    if (one.size() > 64 || !std::all_of(one.begin(), one.end(), fits))
      return wrong("holds \"" + one.substr(0, 64) + "\", which is no label");
    if (++count > 16) return wrong("has more than 16 labels");
  }
  return text;
}

checked node_name(std::string text) {
  if (text.empty()) return wrong("is no name");
  return any_text(std::move(text));
}

checked node_url(std::string text) {
  return text.empty() ? checked{std::move(text)} : base_url(std::move(text));
}

checked base_url(std::string text) {
  strip_slashes(text);
  std::string_view rest = text;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!rest.starts_with(scheme)) continue;
    rest.remove_prefix(scheme.size());
    const auto slash = std::min(rest.find('/'), rest.size());
    const auto path = rest.substr(slash);
    const bool plain = path.find_first_of(" ?#") == std::string_view::npos;
    if (is_address(rest.substr(0, slash), false) && plain) return any_text(std::move(text));
  }
  return wrong("is not a URL like https://host or http://127.0.0.1:7835");
}

checked proxy_address(std::string text) {
  strip_slashes(text);
  if (text.empty() || text == "-") return text;
  if (text.find("://") == std::string::npos) text.insert(0, "http://");
  std::string_view rest = text;
  const auto scheme = rest.find("://");
  const auto known = one_of(std::string{rest.substr(0, scheme)},
                            {"http", "https", "socks4", "socks4a", "socks5", "socks5h"});
  if (!known) return wrong("has a scheme that " + known.error());
  rest.remove_prefix(scheme + 3);
  // User and password of a proxy are allowed; npos + 1 is 0.
  rest.remove_prefix(rest.rfind('@') + 1);
  if (!is_address(rest, false)) return wrong("is not a proxy like http://host:3128");
  return any_text(std::move(text));
}

checked on_off(std::string text) {
  return one_of(std::move(text), {"on", "off"});
}

checked log_level(std::string text) {
  return one_of(std::move(text), {"debug", "info", "warning", "error"});
}

checked log_format(std::string text) {
  return one_of(std::move(text), {"human", "json"});
}

checked readable_file(std::string text) {
  std::error_code error;
  if (!text.empty() && !std::filesystem::exists(text, error)) return wrong("does not exist");
  if (!text.empty() && !std::filesystem::is_regular_file(text, error)) return wrong("is no file");
  if (!text.empty() && ::access(text.c_str(), R_OK) != 0) return wrong("may not be read");
  return any_text(std::move(text));
}

checked tls_version(std::string text) {
  return one_of(std::move(text), {"1.2", "1.3"});
}

checked folder(std::string text) {
  return any_text(std::move(text));
}

checked folder_list(std::string text) {
  if (text == "off" || text.empty()) return text;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = std::min(rest.find(':'), rest.size());
    if (!rest.starts_with('/'))
      return wrong("is neither off nor absolute paths with colons between");
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return any_text(std::move(text));
}

checked token(std::string text) {
  constexpr std::string_view space = " \t\r\n";
  text.erase(0, std::min(text.find_first_not_of(space), text.size()));
  text.erase(text.find_last_not_of(space) + 1);
  const bool word =
      std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!word) return wrong("is not one word of printable ASCII");
  if (text.size() > longest) return wrong("is too long");
  return text;
}

} // namespace hive::rules
