#pragma once
/// The page: its files as the build left them, in the binary.

#include <span>
#include <string_view>

namespace hive::web {

/// Lives as long as the program.
struct asset {
  std::string_view name; ///< "index.html"; of any other the name carries a digest of what is in it
  std::string_view type; ///< media type
  std::string_view tag;  ///< entity tag, quoted
  std::string_view plain;
  std::string_view gzip;
};

/// Empty when the build had no npm: then there is no page.
std::span<const asset> page() noexcept;

} // namespace hive::web
