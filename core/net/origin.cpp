#include "core/net/origin.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace hive::net {

namespace {

/// An RFC 3986 reference cut at its delimiters; `has_*` tells an empty part from a missing one.
struct parts {
  std::string_view scheme;
  std::string_view authority;
  std::string_view path;
  std::string_view query; ///< with its '?'
  bool has_authority{false};
};

std::string_view scheme_of(std::string_view url) noexcept {
  if (url.empty() || !ascii::is_alpha(url.front())) return {};
  const auto end = std::ranges::find_if_not(url, [](char c) {
    return ascii::is_alpha(c) || ascii::is_digit(c) || c == '+' || c == '-' || c == '.';
  });
  if (end == url.end() || *end != ':') return {};
  return url.substr(0, static_cast<std::size_t>(end - url.begin()));
}

parts cut(std::string_view url) noexcept {
  parts out;
  out.scheme = scheme_of(url);
  if (!out.scheme.empty()) url.remove_prefix(out.scheme.size() + 1);
  if (url.starts_with("//")) {
    url.remove_prefix(2);
    out.has_authority = true;
    out.authority = url.substr(0, url.find_first_of("/?#"));
    url.remove_prefix(out.authority.size());
  }
  url = url.substr(0, url.find('#'));
  const auto mark = std::min(url.find('?'), url.size());
  out.path = url.substr(0, mark);
  out.query = url.substr(mark);
  return out;
}

/// Only characters every URL reader takes for the same host: a stricter reading than curl's keeps a
/// crafted authority from naming one host to us and another to the resolver.
bool is_host(std::string_view host) noexcept {
  return !host.empty() && std::ranges::all_of(host, [](char c) {
    return ascii::is_alpha(c) || ascii::is_digit(c) || c == '-' || c == '.' || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

bool is_ipv6(std::string_view host) noexcept {
  return host.find(':') != std::string_view::npos && std::ranges::all_of(host, [](char c) {
           return ascii::is_digit(c) || (ascii::lower(c) >= 'a' && ascii::lower(c) <= 'f') ||
                  c == ':' || c == '.';
         });
}

std::optional<int> port_of(std::string_view digits) noexcept {
  if (!std::ranges::all_of(digits, ascii::is_digit) || digits.size() > 5) return std::nullopt;
  int port = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (port < 1 || port > 65535) return std::nullopt;
  return port;
}

/// RFC 3986 section 5.2.4.
std::string without_dots(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const auto end = std::min(path.find('/', 1), path.size());
    const auto segment = path.substr(0, end);
    path.remove_prefix(end);
    if (segment == "/." || segment == "/..") {
      if (segment == "/..") out.resize(out.rfind('/') == std::string::npos ? 0 : out.rfind('/'));
      if (path.empty()) out += '/';
    } else {
      out += segment;
    }
  }
  return out;
}

std::string rooted(std::string_view path) {
  return path.starts_with('/') ? std::string{path} : '/' + std::string{path};
}

/// Spaces are no URL characters, yet servers send them; curl and browsers encode them the same way.
std::string with_encoded_spaces(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) c == ' ' ? out += "%20" : out += c;
  return out;
}

} // namespace

result<origin> origin_of(std::string_view url) {
  const auto p = cut(url);
  origin out;
  out.scheme = ascii::lowered(p.scheme);
  if ((out.scheme != "http" && out.scheme != "https") || !p.has_authority)
    return fail(errc::bad_reference, "not an absolute http or https URL");
  if (p.authority.find('@') != std::string_view::npos)
    return fail(errc::bad_reference, "a URL with a user name or password in it",
                "leave them out of the URL and configure a token for the host");
  if (ascii::has_control(url)) return fail(errc::bad_reference, "a URL with control characters");
  auto host = p.authority;
  std::string_view port;
  const bool bracketed = host.starts_with('[');
  const auto colon =
      bracketed ? host.find(':', std::min(host.find(']'), host.size())) : host.find(':');
  if (colon != std::string_view::npos) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  if (bracketed) {
    if (!host.ends_with(']') || !is_ipv6(host.substr(1, host.size() - 2)))
      return fail(errc::bad_reference, "a URL with a malformed IPv6 address");
    host = host.substr(1, host.size() - 2);
  } else if (!is_host(host)) {
    return fail(errc::bad_reference, "a URL without a proper host");
  }
  out.host = ascii::lowered(host);
  out.port = out.scheme == "https" ? 443 : 80;
  if (!port.empty()) {
    const auto number = port_of(port);
    if (!number) return fail(errc::bad_reference, "a URL with an impossible port");
    out.port = *number;
  }
  return out;
}

std::string to_string(const origin& o) {
  const bool v6 = o.host.find(':') != std::string::npos;
  std::string out = o.scheme + "://" + (v6 ? "[" + o.host + "]" : o.host);
  if (o.port != (o.scheme == "https" ? 443 : 80)) out += ":" + std::to_string(o.port);
  return out;
}

bool is_loopback(const origin& o) noexcept {
  const std::string_view host = o.host;
  if (host == "localhost" || host.ends_with(".localhost") || host == "::1") return true;
  if (!host.starts_with("127.") || std::ranges::count(host, '.') != 3) return false;
  int in_a_row = 0;
  int value = 0;
  for (const char c : host) {
    if (c == '.') {
      if (in_a_row == 0) return false;
      in_a_row = value = 0;
    } else {
      if (!ascii::is_digit(c) || ++in_a_row > 3) return false;
      value = value * 10 + (c - '0');
      if (value > 255) return false;
    }
  }
  return in_a_row > 0;
}

result<std::string> resolve_location(std::string_view base, std::string_view location) {
  location = ascii::trimmed(location);
  if (location.empty()) return fail(errc::redirect_refused, "a redirect to nowhere");
  if (ascii::has_control(location))
    return fail(errc::redirect_refused, "a redirect with control characters in its target");
  const auto from = cut(base);
  const auto to = cut(location);
  const auto scheme = ascii::lowered(to.scheme);
  if (!scheme.empty() && scheme != "http" && scheme != "https")
    return fail(errc::redirect_refused, "a redirect to " + scheme + ":, which is never followed");
  if (!scheme.empty() && !to.has_authority)
    return fail(errc::redirect_refused, "a redirect to a URL without a host");
  if (!scheme.empty()) return with_encoded_spaces(location);
  const std::string root = ascii::lowered(from.scheme) + "://";
  if (to.has_authority) return root + with_encoded_spaces(location.substr(2));
  const std::string site = root + std::string{from.authority};
  if (to.path.empty()) {
    const auto query = to.query.empty() ? from.query : to.query;
    return with_encoded_spaces(site + std::string{from.path} + std::string{query});
  }
  auto path = std::string{to.path};
  if (!path.starts_with('/')) path = rooted(from.path.substr(0, from.path.rfind('/') + 1)) + path;
  return with_encoded_spaces(site + without_dots(path) + std::string{to.query});
}

outcome may_follow(const origin& from, const origin& to) {
  if (from.scheme == "https" && to.scheme != "https")
    return fail(errc::redirect_refused,
                to_string(from) + " redirects to " + to_string(to) + ", which is not encrypted");
  return {};
}

} // namespace hive::net
