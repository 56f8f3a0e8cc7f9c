#pragma once
/// Puts one content together: blocks go to the disk thread and, as they continue the prefix, to the
/// hash thread; what cannot wait in memory is read again when the prefix arrives; the journal
/// follows. Loop thread only.
///
/// A written block ahead of the prefix is given back unhashed whenever lanes wait for blocks, or
/// when the prefix is too far behind to reach it soon: so blocks ahead never hold all memory.

#include "core/base/range_set.hpp"
#include "core/transfer/content_hash.hpp"
#include "core/transfer/facility.hpp"
#include "core/transfer/landing.hpp"
#include "core/transfer/tally.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace hive::transfer {

/// What can be said of a content that came out wrong.
struct wrongness {
  range_set pieces;    ///< that are not what an earlier, right copy had there
  range_set differing; ///< between this try and the one before
};

/// Who hears of it; outlives the assembly. Never called from within a call to the assembly.
class assembly_owner {
 public:
  virtual ~assembly_owner() = default;
  virtual void on_opened(result<opened> what) = 0;
  /// These bytes are on the disk, and count.
  virtual void on_written(byte_range) {}
  /// Everything is written and hashed.
  virtual void on_complete(content_hash::digests found) = 0;
  /// The answer to `find_copy`.
  virtual void on_copy(std::optional<adoptable> found) = 0;
  /// The answer to `look_into`.
  virtual void on_looked_into(result<wrongness> found) = 0;
  virtual void on_committed(outcome how) = 0;
  /// The disk failed: nothing more will be written.
  virtual void on_disk_trouble(failure why) = 0;
};

class assembly : public std::enable_shared_from_this<assembly> {
 public:
  assembly(std::shared_ptr<facility> means, const plan_file& file, assembly_owner& owner,
           tally& counts);

  /// `near`: a file of this machine that is the source.
  void open(bool resume, std::optional<file_source> near);
  /// Looks for the content in other programs' stores, once the partial is open.
  void find_copy(const std::vector<local_copy>& copies);
  /// The size became known, or the end of a stream told it.
  void set_size(std::uint64_t size);
  /// A filled block. Its offset must be a multiple of `store::partial::block`.
  void submit(block_ref what);
  /// Gives back what waits in memory and could be read again: the farthest block first, one at a
  /// time.
  bool spill_one();
  /// Forgets all bytes; what comes now belongs to a new attempt, and is compared with this one if
  /// asked.
  void restart(bool compare);
  /// When everything is hashed and the digest is wrong, or was wrong before: what is known of it?
  void look_into(const std::string& sha256);
  /// Forgets these ranges only, and hashes anew when they are here again.
  void restart_at(const range_set& wrong);
  // Pieces that are checked one by one.
  /// A block that counts only once `accept` says so; `then` when it is written.
  void write_unclaimed(block_ref what, std::function<void(outcome)> then);
  /// What was written like that is right.
  void accept(byte_range written);
  /// SHA-256, in hex, of a stretch that is written; not called when the attempt ends before.
  void hash_piece(byte_range written, std::function<void(std::string)> then);
  /// The same once all that waits to be written is, claimed or not.
  void hash_behind_writes(byte_range there, std::function<void(std::string)> then);
  /// Forgets a stretch, while others are on their way.
  void forget(byte_range wrong);
  /// Lets the journal follow when it is time.
  void tick(clock::time_point now);
  void commit(const content_hash::digests& found);
  /// Writes (keep) or drops (purge) what is queued, closes the file; `on_closed` on the loop
  /// thread, also when the service ends.
  void close(leftover what, std::function<void()> on_closed);

  const range_set& written() const noexcept { return written_; }
  std::uint64_t hashed() const noexcept { return hashed_; }

 private:
  struct waiting {
    block_ref what;
    bool written{false};
  };

  using flag = std::shared_ptr<std::atomic<bool>>;
  /// `work`, called `what`, on a worker thread if it is still wanted, then `then(*this, what work
  /// said)` on the loop thread unless the present attempt is over.
  template <class Work, class Then>
  void run(worker& where, const char* what, const flag& wanted, Work work, Then then) {
    run(where, what, wanted, alive_, std::move(work), std::move(then));
  }
  template <class Work, class Then>
  void run(worker& where, const char* what, const flag& wanted, const flag& alive, Work work,
           Then then);
  void begin_hash();
  void begin_attempt();
  void hash_anew();
  void forget_on_disk(std::function<outcome()> work);
  /// Hands the hash what continues the prefix.
  void advance();
  void hash_block(const block_ref& what);
  void hash_again(byte_range range);
  void finish_hash();
  void on_open(result<opened> what);
  void have_whole();
  void on_written(std::uint64_t offset, std::size_t length, const outcome& how);
  void on_hashed(std::uint64_t end);
  void on_flushed(result<std::uint64_t> claimed);
  void note_durable(std::uint64_t bytes);
  void flush();
  void trouble(failure why);

  std::shared_ptr<facility> means_;
  assembly_owner& owner_;
  tally& counts_;
  const std::optional<digest> expected_;
  const std::shared_ptr<landing> disk_;
  worker& disk_thread_;
  std::optional<std::uint64_t> size_;
  flag alive_;  ///< down once the attempt it belongs to is over
  flag wanted_; ///< down once its bytes are of no use any more: queued writes are dropped
  flag hashes_; ///< down once the hash begins anew

  range_set written_;
  std::map<std::uint64_t, waiting> ahead_; ///< in memory, not given to the hash yet
  std::shared_ptr<content_hash> hash_;     ///< null until it can begin
  std::uint64_t given_{0};                 ///< the prefix given to the hash
  std::uint64_t hashed_{0};                ///< the prefix it has finished
  std::size_t hashing_{0};                 ///< blocks in memory the hash has yet to finish
  bool rereading_{false};
  bool finishing_{false};

  std::uint64_t unflushed_{0};
  bool flushing_{false};
  std::uint64_t claimed_{0};
  clock::time_point flushed_at_;
};

} // namespace hive::transfer
