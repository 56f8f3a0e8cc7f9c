#include "core/transfer/assembly.hpp"

#include <algorithm>
#include <utility>

namespace hive::transfer {

namespace {

/// Read again in one go: long enough to be cheap, short enough not to hold up other files.
constexpr std::uint64_t reread_bytes = 8ull << 20;
/// Less than this is had again in no time, while a flush keeps the disk busy for milliseconds.
constexpr std::uint64_t worth_a_flush = 256ull << 10;

std::shared_ptr<std::atomic<bool>> up() {
  return std::make_shared<std::atomic<bool>>(true);
}

/// Feeds [range) of the partial to the hash through the hash thread's own block.
template <class Hash>
outcome read_and_hash(landing& from, Hash& into, byte_range range, block& buffer,
                      const std::atomic<bool>& alive) {
  while (!range.empty() && alive) {
    const auto length = std::min<std::uint64_t>(range.size(), block::capacity);
    const std::span<std::byte> bytes{buffer.memory, static_cast<std::size_t>(length)};
    HIVE_CHECK(from.read(range.begin, bytes));
    into.update(bytes);
    range.begin += length;
  }
  return {};
}

} // namespace

assembly::assembly(std::shared_ptr<facility> means, const plan_file& file, assembly_owner& owner,
                   tally& counts)
  : means_(std::move(means)), owner_(owner), counts_(counts), expected_(file.expected),
    disk_(std::make_shared<landing>(means_->where, content_key(file))),
    disk_thread_(means_->disk_for(content_key(file))), size_(file.size), alive_(up()),
    wanted_(up()), hashes_(up()), flushed_at_(clock::now()) {
  begin_hash();
}

template <class Work, class Then>
void assembly::run(worker& where, const char* what, const flag& wanted, const flag& alive,
                   Work work, Then then) {
  where.post(what, [wanted, alive, self = weak_from_this(), doors = means_->doors,
                    work = std::move(work), then = std::move(then)]() mutable {
    if (!*wanted) return;
    doors->post([alive, self, said = work(), then]() mutable {
      if (auto me = self.lock(); me && *alive) then(*me, std::move(said));
    });
  });
}

void assembly::open(bool resume, std::optional<file_source> near) {
  run(
      disk_thread_, "opening a file", alive_,
      [disk = disk_, how = opening{size_, means_->options.disk_reserve, resume, std::move(near)}] {
        return disk->open(how);
      },
      [](assembly& me, result<opened> what) { me.on_open(std::move(what)); });
}

void assembly::on_open(result<opened> what) {
  if (what) {
    written_ = what->durable;
    claimed_ = what->durable.size();
    counts_.resume(claimed_);
    if (what->whole) have_whole();
  }
  owner_.on_opened(std::move(what));
  advance();
}

/// Written, and not durable yet.
void assembly::have_whole() {
  written_.add({0, *size_});
  unflushed_ += *size_;
}

void assembly::find_copy(const std::vector<local_copy>& copies) {
  run(
      disk_thread_, "looking for a copy", alive_,
      [disk = disk_, copies, size = *size_] { return disk->find_copy(copies, size); },
      [](assembly& me, std::optional<adoptable> found) {
        if (found && found->shared) me.have_whole();
        me.owner_.on_copy(std::move(found));
        me.advance();
      });
}

void assembly::set_size(std::uint64_t size) {
  size_ = size;
  begin_hash();
  advance();
}

void assembly::begin_hash() {
  const bool needs_size = expected_ && expected_->kind == digest_kind::git_sha1;
  if (hash_ || (needs_size && !size_)) return;
  hash_ = std::make_shared<content_hash>(expected_, size_);
}

void assembly::submit(block_ref what) {
  ahead_.emplace(what->offset, waiting{what, false});
  run(
      disk_thread_, "a write", wanted_, [disk = disk_, what] { return disk->write(*what); },
      [offset = what->offset, length = what->filled](assembly& me, const outcome& how) {
        me.on_written(offset, length, how);
      });
  what.reset();
  advance();
}

void assembly::on_written(std::uint64_t offset, std::size_t length, const outcome& how) {
  if (!how) return trouble(how.why());
  written_.add({offset, offset + length});
  unflushed_ += length;
  owner_.on_written({offset, offset + length});
  if (const auto here = ahead_.find(offset); here != ahead_.end()) {
    const auto quota = means_->pool->size() * block::capacity / 2;
    here->second.written = true;
    const bool in_the_way = means_->short_of_blocks() || offset - given_ > quota;
    if (in_the_way && hashing_ == 0) ahead_.erase(here);
  }
  if (unflushed_ >= means_->options.flush_bytes) flush();
  advance();
}

bool assembly::spill_one() {
  // The hash gives blocks back soon, and reading again would only keep it from doing so.
  if (hashing_ > 0) return false;
  const auto farthest = std::find_if(ahead_.rbegin(), ahead_.rend(),
                                     [](const auto& entry) { return entry.second.written; });
  if (farthest == ahead_.rend()) return false;
  ahead_.erase(std::next(farthest).base());
  return true;
}

void assembly::advance() {
  if (!hash_ || finishing_) return;
  for (;;) {
    if (const auto next = ahead_.find(given_); next != ahead_.end()) {
      const auto what = std::move(next->second.what);
      ahead_.erase(next);
      hash_block(what);
      continue;
    }
    const auto held = written_.run_end(given_);
    if (rereading_ || held <= given_) break;
    auto end = std::min(held, given_ + reread_bytes);
    if (const auto next = ahead_.upper_bound(given_); next != ahead_.end())
      end = std::min(end, next->first);
    hash_again({given_, end});
  }
  if (size_ && hashed_ == *size_ && written_.contains({0, *size_})) finish_hash();
}

void assembly::hash_block(const block_ref& what) {
  given_ = what->end();
  ++hashing_;
  run(
      *means_->hash, "hashing", hashes_, hashes_,
      [hash = hash_, what] {
        hash->update(what->bytes());
        return what->end();
      },
      [](assembly& me, std::uint64_t end) {
        --me.hashing_;
        me.on_hashed(end);
      });
}

void assembly::hash_again(byte_range range) {
  rereading_ = true;
  given_ = range.end;
  run(
      *means_->hash, "reading what is here", hashes_, hashes_,
      [hash = hash_, disk = disk_, range, alive = hashes_, buffers = means_->rereads] {
        const auto buffer = buffers->take();
        return read_and_hash(*disk, *hash, range, *buffer, *alive);
      },
      [end = range.end](assembly& me, const outcome& how) {
        me.rereading_ = false;
        if (!how) return me.trouble(how.why());
        me.on_hashed(end);
      });
}

void assembly::on_hashed(std::uint64_t end) {
  hashed_ = end;
  counts_.verify(end);
  advance();
}

void assembly::finish_hash() {
  finishing_ = true;
  run(
      *means_->hash, "hashing", hashes_, hashes_, [hash = hash_] { return hash->finish(); },
      [](assembly& me, content_hash::digests found) { me.owner_.on_complete(std::move(found)); });
}

void assembly::tick(clock::time_point now) {
  if (unflushed_ == 0) return;
  const auto wait = means_->options.flush_every * (unflushed_ < worth_a_flush ? 6 : 1);
  if (now - flushed_at_ >= wait) flush();
}

void assembly::flush() {
  if (flushing_ || finishing_) return; // the commit makes everything durable
  flushing_ = true;
  unflushed_ = 0;
  run(
      disk_thread_, "a flush", alive_, [disk = disk_] { return disk->flush(); },
      [](assembly& me, result<std::uint64_t> claimed) { me.on_flushed(std::move(claimed)); });
}

void assembly::on_flushed(result<std::uint64_t> claimed) {
  flushing_ = false;
  flushed_at_ = clock::now();
  if (!claimed) return trouble(std::move(claimed).why());
  note_durable(*claimed);
}

void assembly::note_durable(std::uint64_t bytes) {
  if (bytes > claimed_) means_->count.durable += bytes - claimed_;
  claimed_ = std::max(claimed_, bytes);
  counts_.claim(bytes);
}

void assembly::begin_attempt() {
  *alive_ = *wanted_ = false;
  alive_ = up();
  wanted_ = up();
  ahead_.clear();
  flushing_ = false;
  hash_anew();
}

void assembly::hash_anew() {
  *hashes_ = false;
  hashes_ = up();
  hash_.reset();
  given_ = hashed_ = 0;
  hashing_ = 0;
  rereading_ = finishing_ = false;
  begin_hash();
}

void assembly::restart(bool compare) {
  begin_attempt();
  written_ = {};
  unflushed_ = claimed_ = 0;
  // Even if this attempt is over before: what was thrown away must not be claimed at the close.
  forget_on_disk([disk = disk_, compare] { return disk->restart(compare); });
  advance(); // an empty file is complete already
}

void assembly::look_into(const std::string& sha256) {
  run(
      *means_->hash, "reading what is here", alive_,
      [disk = disk_, sha256, size = *size_] { return disk->wrong_pieces(sha256, size); },
      [](assembly& me, result<range_set> pieces) {
        if (!pieces) return me.owner_.on_looked_into(std::move(pieces).why());
        me.run(
            me.disk_thread_, "a comparison", me.alive_,
            [disk = me.disk_] { return disk->differing(); },
            [pieces = *pieces](assembly& later, range_set differing) {
              later.owner_.on_looked_into(wrongness{pieces, std::move(differing)});
            });
      });
}

void assembly::restart_at(const range_set& wrong) {
  begin_attempt();
  for (const auto& range : wrong.ranges()) written_.remove(range);
  // Even if this attempt is over before: what is wrong must not be claimed at the close.
  forget_on_disk([disk = disk_, wrong] { return disk->forget(wrong); });
  advance();
}

/// `work` on the disk thread whatever becomes of the present attempt.
void assembly::forget_on_disk(std::function<outcome()> work) {
  disk_thread_.post("forgetting bytes", [work = std::move(work), doors = means_->doors,
                                         self = weak_from_this(), alive = alive_] {
    auto how = work();
    if (how) return;
    doors->post([self, alive, why = std::move(how).why()] {
      if (auto me = self.lock(); me && *alive) me->trouble(why);
    });
  });
}

void assembly::write_unclaimed(block_ref what, std::function<void(outcome)> then) {
  run(
      disk_thread_, "a write", wanted_,
      [disk = disk_, what] { return disk->write_unclaimed(*what); },
      [then = std::move(then)](assembly& me, outcome how) {
        if (!how) return me.trouble(std::move(how).why());
        then({});
      });
}

void assembly::accept(byte_range written) {
  written_.add(written);
  unflushed_ += written.size();
  disk_thread_.post("a write", [disk = disk_, written, wanted = wanted_] {
    if (*wanted) disk->claim(written);
  });
  if (unflushed_ >= means_->options.flush_bytes) flush();
  advance();
}

void assembly::hash_piece(byte_range written, std::function<void(std::string)> then) {
  run(
      *means_->hash, "reading what is here", alive_,
      [disk = disk_, written, alive = alive_, buffers = means_->rereads]() -> result<std::string> {
        const auto buffer = buffers->take();
        sha256_chain hash;
        HIVE_CHECK(read_and_hash(*disk, hash, written, *buffer, *alive));
        return hash.finish();
      },
      [then = std::move(then)](assembly& me, result<std::string> got) {
        if (!got) return me.trouble(std::move(got).why());
        then(std::move(*got));
      });
}

void assembly::hash_behind_writes(byte_range there, std::function<void(std::string)> then) {
  run(
      disk_thread_, "a write", alive_, [] { return outcome{}; },
      [there, then = std::move(then)](assembly& me, const outcome&) {
        me.hash_piece(there, then);
      });
}

void assembly::forget(byte_range wrong) {
  written_.remove(wrong);
  if (given_ > wrong.begin) hash_anew();
  range_set all;
  all.add(wrong);
  forget_on_disk([disk = disk_, all] { return disk->forget(all); });
  advance();
}

void assembly::trouble(failure why) {
  *alive_ = *hashes_ = false;
  owner_.on_disk_trouble(std::move(why));
}

void assembly::commit(const content_hash::digests& found) {
  run(
      disk_thread_, "a commit", alive_,
      [disk = disk_, found, size = *size_] { return disk->commit(found, size); },
      [](assembly& me, outcome how) {
        if (how) me.note_durable(*me.size_);
        me.owner_.on_committed(std::move(how));
      });
}

void assembly::close(leftover what, std::function<void()> on_closed) {
  *alive_ = *hashes_ = false;
  if (what == leftover::purge) *wanted_ = false;
  ahead_.clear();
  // Behind the last read on the hash thread, then behind the last write on the disk thread.
  means_->hash->post("closing a file", [disk = disk_, thread = &disk_thread_, doors = means_->doors,
                                        what, on_closed = std::move(on_closed)] {
    thread->post("closing a file", [disk, doors, what, on_closed] {
      disk->close(what);
      if (on_closed) doors->post(on_closed);
    });
  });
}

} // namespace hive::transfer
