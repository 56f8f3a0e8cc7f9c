#include "vendors/registry_logins.hpp"

#include "core/base/ascii.hpp"
#include "core/base/base64.hpp"
#include "core/base/json.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hive::vendors {

namespace {

constexpr std::size_t most_logins = 1000;
constexpr std::array<std::string_view, 3> hosts_of_docker{"docker.io", "registry-1.docker.io",
                                                          "auth.docker.io"};
constexpr std::string_view docker = "index.docker.io";

/// "https://Index.docker.io/v1/" as "index.docker.io"; empty where the login is for a part of a
/// host only.
std::string address_of(std::string_view key) {
  for (const std::string_view scheme : {"https://", "http://"})
    if (key.starts_with(scheme)) key.remove_prefix(scheme.size());
  const auto slash = std::min(key.find('/'), key.size());
  const auto path = key.substr(slash);
  if (path.size() > 1 && path != "/v1/" && path != "/v2/" && path != "/v1" && path != "/v2")
    return {};
  auto host = ascii::lowered(key.substr(0, slash));
  return std::ranges::find(hosts_of_docker, host) == hosts_of_docker.end() ? host
                                                                           : std::string{docker};
}

std::optional<login> login_of(json::node from) {
  const auto user = from["username"].string();
  const auto password = from["password"].string();
  if (user && password && !user->empty()) return login{std::string{*user}, std::string{*password}};
  const auto text = base64_decoded(from["auth"].string().value_or(""));
  return text ? read_login(*text) : std::nullopt;
}

} // namespace

std::string login::basic() const {
  return "Basic " + base64_encoded(user + ":" + password);
}

std::optional<login> read_login(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos) return std::nullopt;
  return login{std::string{text.substr(0, colon)}, std::string{text.substr(colon + 1)}};
}

registry_logins registry_logins::parse(std::string_view file) {
  registry_logins out;
  const auto read = json::parse(file);
  if (!read) return out;
  for (const auto& [key, entry] : read->root()["auths"].members()) {
    if (out.by_address_.size() >= most_logins) break;
    auto one = login_of(entry);
    auto address = address_of(key);
    if (one && !address.empty())
      out.by_address_.insert_or_assign(std::move(address), std::move(*one));
  }
  return out;
}

std::optional<login> registry_logins::of(const net::origin& where) const {
  const bool usual = where.port == (where.scheme == "https" ? 443 : 80);
  auto address = where.host.find(':') == std::string::npos ? where.host : "[" + where.host + "]";
  if (!usual) address += ":" + std::to_string(where.port);
  const auto found = by_address_.find(address_of(address));
  if (found == by_address_.end()) return std::nullopt;
  return found->second;
}

} // namespace hive::vendors
