#include "core/transfer/peer_lane.hpp"

#include "core/swarm/piece_address.hpp"
#include "core/transfer/assembly.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace hive::transfer {

peer_lane::peer_lane(facility& means, std::shared_ptr<assembly> into, byte_range range, ears told)
  : means_(means), into_(std::move(into)), range_(range), told_(std::move(told)), at_(range.begin) {
}

void peer_lane::open(net::request what) {
  exchange_ = means_.engine.begin(std::move(what), *this);
}

outcome peer_lane::on_head(const net::reply_head& head) {
  const auto length = net::find_header(head.headers, "content-length");
  if (head.status == 200 && length == std::to_string(range_.size())) return {};
  refusal_ = swarm::refusal_of_status(head.status);
  return fail(refusal_, "the peer answered " + std::to_string(head.status));
}

result<net::taken> peer_lane::on_body(std::span<const std::byte> bytes) {
  if (repeated_ >= bytes.size()) {
    repeated_ -= bytes.size();
    return net::taken::all;
  }
  const auto fresh = bytes.subspan(repeated_);
  const auto used = take(fresh);
  if (used > 0) told_.on_bytes(used);
  if (used < fresh.size()) {
    repeated_ += used;
    return net::taken::pause;
  }
  repeated_ = 0;
  return net::taken::all;
}

std::size_t peer_lane::take(std::span<const std::byte> bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && at_ < range_.end) {
    if (!block_ && !get_block()) break;
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(
        {bytes.size() - used, block::capacity - block_->filled, range_.end - at_}));
    std::memcpy(block_->memory + block_->filled, bytes.data() + used, n);
    block_->filled += n;
    used += n;
    at_ += n;
    if (block_->filled == block::capacity || at_ == range_.end) pass_on();
  }
  return used;
}

bool peer_lane::get_block() {
  block_ = means_.take_peer_block([self = weak_from_this()] {
    if (const auto me = self.lock()) me->exchange_.resume();
  });
  if (!block_) return false;
  block_->offset = at_;
  block_->filled = 0;
  return true;
}

void peer_lane::pass_on() {
  const auto whole = std::exchange(block_, nullptr);
  means_.hash->post("hashing", [hash = hash_, whole] { hash->update(whole->bytes()); });
  ++writing_;
  into_->write_unclaimed(whole, [self = weak_from_this()](const outcome&) {
    const auto me = self.lock();
    if (!me) return;
    --me->writing_;
    me->settle();
  });
  if (at_ == range_.end) finish_hash();
}

void peer_lane::finish_hash() {
  means_.hash->post("hashing", [hash = hash_, doors = means_.doors, self = weak_from_this()] {
    doors->post([self, sha256 = hash->finish().hex] {
      const auto me = self.lock();
      if (!me) return;
      me->sha256_ = sha256;
      me->settle();
    });
  });
}

/// Told when the bytes are on the disk and hashed, whichever is later.
void peer_lane::settle() {
  if (writing_ > 0 || !sha256_ || !told_.on_piece) return;
  std::exchange(told_, {}).on_piece(std::move(*sha256_));
}

void peer_lane::on_end(outcome how) {
  if (how && at_ == range_.end) return;
  if (told_.on_lost) std::exchange(told_, {}).on_lost(refusal_);
}

} // namespace hive::transfer
