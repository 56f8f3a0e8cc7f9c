#pragma once
/// Which part of a file a request wants (RFC 9110, one range). Pure.

#include "apps/http/message.hpp"
#include "core/base/range_set.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hive::http {

/// Whether `etag` is in an If-None-Match list ("*" fits all); weak marks do not matter there.
bool names_tag(std::string_view list, std::string_view etag) noexcept;

struct wanted_part {
  enum class kind : std::uint8_t { whole, part, nothing_there } what{kind::whole};
  byte_range range; ///< of `part`
};

/// Reads Range and If-Range. Several ranges, another unit or a malformed header mean the whole
/// file.
wanted_part read_range(const request& asked, std::uint64_t size, std::string_view etag);

} // namespace hive::http
