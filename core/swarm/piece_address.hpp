#pragma once
/// How a peer is asked for a piece over HTTP, and what its refusals are. Pure.

#include "core/base/errc.hpp"
#include "core/swarm/piece_grid.hpp"

#include <string>
#include <string_view>

namespace hive::swarm {

inline constexpr std::string_view piece_prefix = "/v1/pieces/";

/// "/v1/pieces/<content>/<piece>"
inline std::string piece_path(const std::string& content, piece_index piece) {
  return std::string{piece_prefix} + content + '/' + std::to_string(piece);
}

/// The status a refusal travels as, and back: what is no refusal is errc::unreachable.
constexpr int status_of_refusal(errc why) noexcept {
  switch (why) {
  case errc::not_found: return 404;
  case errc::conflict: return 409;
  case errc::overloaded: return 503;
  default: return 408;
  }
}
constexpr errc refusal_of_status(int status) noexcept {
  switch (status) {
  case 404: return errc::not_found;
  case 409: // it is at the same request still
  case 503: return errc::overloaded;
  case 408: return errc::timed_out;
  default: return errc::unreachable;
  }
}

} // namespace hive::swarm
