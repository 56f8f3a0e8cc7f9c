#include "core/transfer/landing.hpp"

#include "core/base/file_version.hpp"
#include "core/net/local_url.hpp"
#include "core/store/blob_store.hpp"

#include <algorithm>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace hive::transfer {

namespace {

/// To tell what kind of file it is.
constexpr std::uint64_t enough = 4096;

/// Whether the file is in the state its plan was made of.
bool is_as_planned(const std::filesystem::path& file, const file_source& source) {
  struct stat seen {};
  if (::stat(file.c_str(), &seen) != 0 || !S_ISREG(seen.st_mode)) return false;
  const auto version = file_version(seen);
  return std::ranges::all_of(source.checks,
                             [&](const header_check& check) { return check.value == version; });
}

} // namespace

result<opened> landing::open(const opening& how) {
  if (how.near && how.size && bring(*how.near, *how.size)) {
    opened made{{}, true, std::vector<std::byte>(std::min<std::uint64_t>(*how.size, enough))};
    HIVE_CHECK(read(0, made.head));
    return made;
  }
  const auto missing = store::missing_bytes(where_, key_, how.size.value_or(0));
  HIVE_CHECK(store::check_room(where_, missing, how.reserve));
  HIVE_TRY(partial_, store::partial::open(where_, key_, how.size));
  if (!how.resume) HIVE_CHECK(restart(false));
  return opened{partial_->durable(), false};
}

/// What was shared before the file changed is not what was planned, nor is what came after.
bool landing::bring(const file_source& near, std::uint64_t size) {
  const auto file = net::local_path(near.url);
  if (size == 0 || store::resumable_bytes(where_, key_) > 0 || !is_as_planned(file, near))
    return false;
  auto made = store::partial::of_file(where_, key_, file, size, near.given);
  if (!made) return false;
  if (!near.given && !is_as_planned(file, near)) {
    made->discard();
    return false;
  }
  partial_ = std::move(made);
  unclaimed_.add({0, size});
  return true;
}

std::optional<adoptable> landing::find_copy(const std::vector<local_copy>& copies,
                                            std::uint64_t size) {
  std::optional<adoptable> wrong;
  for (const auto& copy : copies) {
    struct stat seen {};
    if (::stat(copy.path.c_str(), &seen) != 0 || !S_ISREG(seen.st_mode)) continue;
    const auto found = static_cast<std::uint64_t>(seen.st_size);
    if (found != size) {
      wrong = adoptable{copy, false, found};
      continue;
    }
    if (::access(copy.path.c_str(), R_OK) != 0) continue;
    const bool fresh = partial_->durable().empty() && unclaimed_.empty();
    const bool shared = fresh && partial_->share_blocks(copy.path);
    if (shared) unclaimed_.add({0, size});
    return adoptable{copy, shared, std::nullopt};
  }
  return wrong;
}

outcome landing::write(const block& what) {
  if (comparison_) comparison_->look(*partial_, what);
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

outcome landing::restart(bool compare) {
  unclaimed_ = {};
  comparison_.reset();
  if (compare) comparison_.emplace();
  if (!partial_) return {};
  const auto& held = partial_->durable().ranges();
  if (held.empty()) return {};
  return partial_->forget({0, held.back().end});
}

range_set landing::differing() const {
  return comparison_ ? comparison_->differing() : range_set{};
}

result<range_set> landing::wrong_pieces(const std::string& sha256, std::uint64_t size) {
  const auto table = store::load_pieces(where_, sha256, size);
  if (!table) return range_set{};
  return transfer::wrong_pieces(*partial_, *table);
}

outcome landing::forget(const range_set& wrong) {
  for (const auto& range : wrong.ranges()) {
    unclaimed_.remove(range);
    HIVE_CHECK(partial_->forget(range));
  }
  return {};
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
