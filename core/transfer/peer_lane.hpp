#pragma once
/// One piece on its way from a peer: hashed as it comes, written, and claimed by nobody yet. Loop
/// thread only.

#include "core/base/digest.hpp"
#include "core/net/engine.hpp"
#include "core/swarm/piece_grid.hpp"
#include "core/transfer/facility.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace hive::transfer {

class assembly;

class peer_lane final : public net::exchange_handler,
                        public std::enable_shared_from_this<peer_lane> {
 public:
  /// Never called once the lane is given up; may destroy it.
  struct ears {
    std::function<void(std::uint64_t bytes)> on_bytes;
    std::function<void(std::string sha256)> on_piece; ///< all of it is written
    std::function<void(errc why)> on_lost;
  };

  peer_lane(facility& means, std::shared_ptr<assembly> into, byte_range range, ears told);

  void open(net::request what);
  std::uint64_t came() const noexcept { return at_ - range_.begin; }

  outcome on_head(const net::reply_head& head) override;
  result<net::taken> on_body(std::span<const std::byte> bytes) override;
  void on_end(outcome how) override;

 private:
  std::size_t take(std::span<const std::byte> bytes);
  bool get_block();
  void pass_on();
  void finish_hash();
  void settle();

  facility& means_;
  std::shared_ptr<assembly> into_;
  const byte_range range_;
  ears told_;
  std::uint64_t at_;
  std::size_t repeated_{0}; ///< bytes of the next delivery that were used before a pause
  errc refusal_{errc::unreachable};
  block_ref block_;
  std::shared_ptr<hasher> hash_{std::make_shared<hasher>(digest_kind::sha256)};
  std::size_t writing_{0};
  std::optional<std::string> sha256_;
  net::exchange exchange_; ///< last: closes first
};

} // namespace hive::transfer
