#include "core/net/local_url.hpp"

#include "core/base/percent.hpp"

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
  const auto out = percent_bytes(url);
  return out && out->find('\0') == std::string::npos ? *out : std::string{};
}

} // namespace hive::net
