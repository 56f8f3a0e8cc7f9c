#pragma once
/// Strong identifiers. A job id is a ULID (26 characters of Crockford base32, time-ordered), so
/// that ids made on different machines never meet and lists sort by age.

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hive {

/// A text id that cannot be mistaken for another kind of text.
template <class Tag>
struct text_id {
  std::string value;

  bool empty() const noexcept { return value.empty(); }
  friend auto operator<=>(const text_id&, const text_id&) = default;
  friend bool operator==(const text_id&, const text_id&) = default;
};

using job_id = text_id<struct job_tag>;           ///< ULID
using artifact_id = text_id<struct artifact_tag>; ///< 16 hex characters, derived from what it is
using node_id = text_id<struct node_tag>;         ///< ULID, made once per home
using hive_id = text_id<struct hive_tag>;         ///< ULID, made once per hive

/// A fresh ULID: 48 bits of unix milliseconds, 80 random bits (from the operating system).
/// Thread-safe. Monotonic within one process: a later call gives a greater text.
std::string new_ulid();
/// Whether `text` is 26 characters of Crockford base32 that fit 128 bits.
bool is_ulid(std::string_view text) noexcept;

} // namespace hive

template <class Tag>
struct std::hash<hive::text_id<Tag>> {
  std::size_t operator()(const hive::text_id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.value);
  }
};
