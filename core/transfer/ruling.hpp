#pragma once
/// What the last hop's headers mean for a lane. Pure.

#include "core/artifact/plan.hpp"
#include "core/net/message.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hive::transfer {

/// What a lane asked for.
struct question {
  std::optional<byte_range> range;   ///< empty: the whole file
  std::optional<std::uint64_t> size; ///< of the file, when known
  bool by_link{false};               ///< asked at a remembered link, not at the stable address
  bool crossed{false};               ///< the answering origin is not that of the stable address
  std::uint64_t shown{0};            ///< which token of the keyring's pass it was asked with
};

enum class verdict : std::uint8_t {
  stream,        ///< the granted bytes follow
  whole,         ///< the whole file follows from its beginning
  range_ignored, ///< the whole file would follow, though a later part was asked for
  wrong_size,    ///< not a file of the expected size: its first bytes tell what it is
  stale_link,    ///< the remembered link no longer works: ask the stable address again
  denied,        ///< 403: perhaps only because other lanes are open
  locked,        ///< 401 of the stable address, which says what it wants: another token
  unsatisfiable, ///< 416
  refused,       ///< not the range that was asked for
  failed,
};

struct ruling {
  verdict what{verdict::failed};
  failure why;                       ///< unless stream, whole
  std::uint64_t end{0};              ///< stream: where the granted range ends
  std::optional<std::uint64_t> size; ///< stream, whole: of the file, when the reply says
};

ruling judge(const net::reply_head& head, const question& asked, std::chrono::sys_seconds now);

/// What the vendor means by refusing the file at `path`, where one of its rules says so. A link
/// that was remembered, or another origin, does not speak for the vendor.
std::optional<failure> vendor_refusal(const net::reply_head& head, const question& asked,
                                      const std::vector<refusal_rule>& rules,
                                      const std::string& path);

} // namespace hive::transfer
