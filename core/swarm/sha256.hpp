#pragma once
/// The hash of a piece, as it is claimed. Pure.

#include "core/base/digest.hpp"
#include "core/swarm/manifest.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace hive::swarm {

/// Of 64 hex characters.
piece_hash hash_from_hex(std::string_view hex) noexcept;

class sha256 {
 public:
  void update(std::span<const std::byte> bytes) { running_.update(bytes); }
  /// Of everything given so far; spent afterwards.
  piece_hash finish() { return hash_from_hex(running_.finish().hex); }

 private:
  hasher running_{digest_kind::sha256};
};

} // namespace hive::swarm
