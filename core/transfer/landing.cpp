#include "core/transfer/landing.hpp"

#include "core/store/blob_store.hpp"

#include <utility>

namespace hive::transfer {

result<range_set> landing::open(std::optional<std::uint64_t> size, std::uint64_t reserve,
                                bool resume) {
  HIVE_CHECK(
      store::check_room(where_, store::missing_bytes(where_, key_, size.value_or(0)), reserve));
  HIVE_TRY(partial_, store::partial::open(where_, key_, size));
  if (!resume) HIVE_CHECK(restart());
  return partial_->durable();
}

outcome landing::write(const block& what) {
  HIVE_CHECK(partial_->write(what.offset, what.bytes()));
  unclaimed_.add({what.offset, what.end()});
  return {};
}

outcome landing::read(std::uint64_t offset, std::span<std::byte> bytes) {
  return partial_->read(offset, bytes);
}

result<std::uint64_t> landing::flush() {
  HIVE_CHECK(partial_->flush(unclaimed_));
  unclaimed_ = {};
  return partial_->durable().size();
}

outcome landing::restart() {
  unclaimed_ = {};
  if (!partial_) return {};
  const auto& held = partial_->durable().ranges();
  if (held.empty()) return {};
  return partial_->forget({0, held.back().end});
}

outcome landing::commit(const content_hash::digests& found, std::uint64_t size) {
  // A blob without the states of its pieces is as good; where they cannot be written, so will the
  // blob, and that says why.
  if (found.pieces) static_cast<void>(store::keep_pieces(where_, *found.pieces));
  HIVE_CHECK(partial_->commit(found.sha256, size));
  partial_.reset();
  return {};
}

void landing::close(leftover what) noexcept {
  if (what == leftover::purge) {
    if (partial_)
      partial_->discard();
    else
      store::purge_partial(where_, key_);
  } else if (partial_) {
    // A failure is no news here: what the journal claimed before stays true.
    static_cast<void>(partial_->flush(unclaimed_));
    partial_->trim();
  }
  partial_.reset();
}

} // namespace hive::transfer
