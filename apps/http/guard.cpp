#include "apps/http/guard.hpp"

#include "apps/http/page_routes.hpp"
#include "apps/http/problem.hpp"

#include <algorithm>

namespace hive::http {
namespace {

constexpr std::string_view token_hint = "send this node's API token (HIVE_TOKEN) as a bearer token";

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

bool is_unsafe(std::string_view method) noexcept {
  return method != "GET" && method != "HEAD";
}

reply forbidden(std::string what, std::string hint) {
  return problem(fail(errc::unauthorized, std::move(what), std::move(hint)), 403);
}

/// Whether a page of another site asks. Tools send no Origin.
bool is_cross_site(const request& asked, std::string_view host) {
  const auto origin = asked.header("origin");
  if (!origin || !is_unsafe(asked.method)) return false;
  const auto from = lower(*origin);
  const auto here = lower(host);
  return from != "http://" + here && from != "https://" + here;
}

bool bears(const request& asked, std::string_view token) {
  const auto given = asked.header("authorization");
  constexpr std::string_view scheme = "bearer ";
  if (!given || lower(given->substr(0, scheme.size())) != scheme) return false;
  return same_secret(given->substr(scheme.size()), token);
}

reply without_token() {
  auto out = problem(
      fail(errc::unauthorized, "this node asks for its API token", std::string{token_hint}), 401);
  out.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"hive\"");
  return out;
}

std::size_t count_of(const request& asked, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(asked.headers.begin(), asked.headers.end(),
                    [&](const auto& header) { return header.first == name; }));
}

} // namespace

bool same_secret(std::string_view given, std::string_view kept) noexcept {
  unsigned different = given.size() == kept.size() ? 0U : 1U;
  for (std::size_t i = 0; i < given.size() && !kept.empty(); ++i)
    different |= static_cast<unsigned char>(given[i] ^ kept[i % kept.size()]);
  return different == 0 && !kept.empty();
}

std::string host_of(std::string_view authority) {
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    const auto rest = end == authority.npos ? std::string_view{"?"} : authority.substr(end + 1);
    if (!rest.empty() && !rest.starts_with(':')) return {};
    return lower(authority.substr(0, end + 1));
  }
  const auto host = authority.substr(0, authority.find(':'));
  return host.find_first_of("/@ ") == host.npos ? lower(host) : std::string{};
}

std::optional<reply> guard::refuse(const request& asked) const {
  if (count_of(asked, "host") != 1)
    return problem(fail(errc::bad_request, "a request needs exactly one Host header"), 400);
  const auto authority = *asked.header("host");
  const auto name = host_of(authority);
  if (name.empty()) return problem(fail(errc::bad_request, "the Host header is malformed"), 400);
  const bool ours = name == "localhost" || name == "127.0.0.1" || name == "[::1]" || name == host;
  if (loopback && !ours)
    return forbidden("this node does not answer for the host '" + name + "'",
                     "ask it as localhost or 127.0.0.1");
  const bool probe = asked.path.size() == 1 && asked.path.front() == "healthz";
  if (!loopback && !probe && !is_page(asked) && !bears(asked, token)) return without_token();
  if (is_cross_site(asked, authority))
    return forbidden("a page of another site asked for this", "ask from the node's own page");
  return std::nullopt;
}

} // namespace hive::http
