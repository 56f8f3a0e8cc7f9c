#pragma once
/// The closed list of errors hive knows.
///
/// Numbers are given for good: they appear in the database, in the API and in users' scripts.
/// The tens digit names who can act: 1 the caller, 2 the vendor, 3 the network, 4 the operator of
/// this machine, 5 nobody but a fresh copy of the bytes, 6 it was stopped, 7 whoever runs the hive,
/// 8 whoever brings its nodes back.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hive {

enum class errc : std::uint8_t {
  // 1x: the caller asked for something that cannot be.
  bad_reference = 10,
  bad_request = 11,
  bad_path = 12,
  not_found = 13,
  conflict = 14,
  too_large = 15,
  unauthorized = 16,
  bad_config = 17,
  unsupported = 18,
  bad_recipe = 19,
  // 2x: the vendor said no, or something unintelligible.
  repo_missing = 20,
  revision_missing = 21,
  entry_missing = 22,
  gated = 23,
  credentials_needed = 24,
  credentials_rejected = 25,
  rate_limited = 26,
  vendor_unavailable = 27,
  unreadable_reply = 28,
  repo_disabled = 29,
  // 3x: the way there.
  unreachable = 30,
  tls_failed = 31,
  timed_out = 32,
  connection_cut = 33,
  redirect_refused = 34,
  proxy_failed = 35,
  range_refused = 36,
  link_expired = 37,
  proxy_refused = 38,
  // 4x: this machine.
  disk_full = 40,
  disk_failed = 41,
  home_unwritable = 42,
  home_locked = 43,
  port_in_use = 44,
  database_damaged = 45,
  no_node = 46,
  overloaded = 47,
  source_unreadable = 48,
  build_failed = 49,
  // 5x: the bytes are not what they should be.
  digest_mismatch = 50,
  size_mismatch = 51,
  not_the_artifact = 52,
  source_changed = 53,
  blob_damaged = 54,
  // 6x: stopped.
  cancelled = 60,
  shutting_down = 61,
  actor_failed = 62,
  no_answer = 63,
  // 7x: who belongs to the hive.
  no_hive = 70,
  foreign_hive = 71,
  token_unknown = 72,
  token_expired = 73,
  token_used_up = 74,
  token_revoked = 75,
  node_revoked = 76,
  certificate_refused = 77,
  node_taken = 78,
  not_issuer = 79,
  // 8x: parts of the hive are away.
  no_majority = 80,
};

/// One row of the table every reader of `errc` uses: API, CLI, database, docs/errors.md.
struct errc_info {
  errc code;
  std::string_view name; ///< as in the API's `code`, snake_case, never changes
  std::string_view
      sentence;          ///< what happened, without subject: "the vendor has no such repository"
  std::string_view hint; ///< what to do next
  int http_status;       ///< when it answers an API request
  int exit_code;         ///< of the CLI, see DESIGN of exit codes in docs/errors.md
  bool worth_retrying;   ///< a later try of the same thing may succeed without anyone acting
};

/// Every code, in numeric order.
const std::array<errc_info, 59>& errc_table() noexcept;

/// The row of `code`. Total: every enumerator has one.
const errc_info& info(errc code) noexcept;

inline std::string_view to_string(errc code) noexcept {
  return info(code).name;
}
inline bool worth_retrying(errc code) noexcept {
  return info(code).worth_retrying;
}

/// The inverse of `to_string`; empty for an unknown name.
std::optional<errc> errc_from_name(std::string_view name) noexcept;
/// Empty for a number that is not in the list (for example read from a newer database).
std::optional<errc> errc_from_number(int number) noexcept;

} // namespace hive
