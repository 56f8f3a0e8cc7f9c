#include "core/base/address.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>
#include <charconv>

namespace hive {

namespace {

bool is_host(std::string_view host) noexcept {
  if (host.starts_with('[')) {
    return host.size() > 2 && host.ends_with(']') &&
           host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdefABCDEF:.") ==
               std::string_view::npos;
  }
  constexpr std::size_t longest = 253;
  const auto allowed = [](char c) {
    return ascii::is_alnum(c) || c == '-' || c == '.' || c == '_';
  };
  return !host.empty() && host.size() <= longest && ascii::is_alnum(host.front()) &&
         std::all_of(host.begin(), host.end(), allowed);
}

} // namespace

std::optional<host_port> split_address(std::string_view text) noexcept {
  const auto close = text.starts_with('[') ? text.find(']') : 0;
  if (close == std::string_view::npos) return std::nullopt;
  const auto colon = std::min(text.find(':', close), text.size());
  host_port at{text.substr(0, colon), std::nullopt};
  if (!is_host(at.host)) return std::nullopt;
  if (colon == text.size()) return at;
  const auto port = text.substr(colon + 1);
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc{} || end != port.data() + port.size()) return std::nullopt;
  at.port = number;
  return at;
}

bool is_loopback(std::string_view host) noexcept {
  if (host == "localhost" || host == "[::1]") return true;
  if (!host.starts_with("127.") || host.ends_with('.')) return false;
  // All four parts have to be numbers: 127.example.org is a name like any other.
  int numbers = 1;
  for (host.remove_prefix(4); !host.empty(); ++numbers) {
    const auto end = std::min(host.find('.'), host.size());
    if (end > 3 || !ascii::is_number(host.substr(0, end))) return false;
    host.remove_prefix(std::min(end + 1, host.size()));
  }
  return numbers == 4;
}

} // namespace hive
