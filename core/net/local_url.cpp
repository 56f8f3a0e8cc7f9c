#include "core/net/local_url.hpp"

#include "core/base/ascii.hpp"
#include "core/net/origin.hpp"

namespace hive::net {

std::string local_url(std::string_view absolute_path) {
  return std::string{local_prefix} + percent_encode(absolute_path, "/");
}

std::string local_path(std::string_view url) {
  if (!url.starts_with("file:")) return {};
  url.remove_prefix(5);
  if (url.starts_with("//")) url.remove_prefix(2);
  if (url.starts_with("localhost/")) url.remove_prefix(9);
  if (!url.starts_with('/')) return {};
  std::string out;
  for (std::size_t i = 0; i < url.size(); ++i) {
    if (url[i] != '%') {
      out += url[i];
      continue;
    }
    const int high = i + 2 < url.size() ? ascii::hex_value(url[i + 1]) : -1;
    const int low = i + 2 < url.size() ? ascii::hex_value(url[i + 2]) : -1;
    if (high < 0 || low < 0 || high + low == 0) return {};
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

} // namespace hive::net
