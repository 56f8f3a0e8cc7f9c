#pragma once
/// The fetching of one file, from the opened partial to the blob. Loop thread only.
///
/// opening → fetching → (verifying) → committing → ended. A failure or a stop closes the lanes at
/// once and then the files.

#include "core/transfer/assembly.hpp"
#include "core/transfer/crew.hpp"
#include "core/transfer/facility.hpp"
#include "core/transfer/first_bytes.hpp"
#include "core/transfer/provenance.hpp"
#include "core/transfer/shared_pieces.hpp"
#include "core/transfer/tally.hpp"
#include "core/transfer/transfer.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hive::transfer {

class file_transfer final : public std::enable_shared_from_this<file_transfer>,
                            public assembly_owner,
                            public lane_taker {
 public:
  /// `silent` goes up (any thread) when nobody listens any more.
  file_transfer(std::shared_ptr<facility> means, std::uint64_t number, order what, listener ears,
                std::shared_ptr<std::atomic<bool>> silent);

  void start();
  void stop(leftover what, std::function<void()> on_stopped);
  /// The service ends: closes everything and tells nobody.
  void abandon();
  void charge(std::vector<std::string> limits);
  void follow(const piece_order& what);
  const std::string& key() const noexcept { return key_; }
  sight look() const;

  // The facility.
  bool spill_one() { return assembly_->spill_one(); }
  void surrender_blocks(clock::time_point before) { crew_.surrender_blocks(before); }
  bool lane_granted(lane_slot slot) override;
  void yield_lane() override { crew_.yield_lane(); }

  // The crew.
  const plan_file& plan() const noexcept { return order_.file; }
  const std::vector<std::string>& limits() const noexcept { return order_.limits; }
  const std::vector<refusal_rule>& refusals() const noexcept { return order_.refusals; }
  const std::optional<std::uint64_t>& size() const noexcept { return order_.file.size; }
  const range_set& written() const noexcept { return assembly_->written(); }
  /// What the crew need not fetch.
  range_set settled() const { return shared_ ? shared_->settled() : written(); }
  /// From here on the crew fetches everything itself.
  void leave_sharing(const std::string& why);
  /// Bytes of the present attempt, written or on their way.
  std::uint64_t here() const noexcept { return tally_.here(); }
  void learn_size(std::uint64_t size);
  /// Takes a block, unless its beginning shows that this is not the file.
  outcome land(block_ref what, const std::string& server);
  /// True when these are bytes nobody had before.
  bool received(std::uint64_t bytes);
  void discarded(std::uint64_t bytes);
  /// Everything fetched is thrown away.
  void restart();
  void tell(note what);
  /// The present source is of no use; `keep`: what came from it may be.
  void source_failed(failure why, bool keep);

 private:
  enum class phase { opening, fetching, committing, ending };

  void on_opened(result<opened> what) override;
  void on_written(byte_range range) override;
  void on_copy(std::optional<adoptable> found) override;
  void on_complete(content_hash::digests found) override;
  void on_looked_into(result<wrongness> found) override;
  void on_committed(outcome how) override;
  void on_disk_trouble(failure why) override;

  void begin_fetching();
  void share_tick();
  bool whole_is_wrong(const wrongness& known);
  bool from_wan() const;
  bool may_resume() const;
  std::optional<file_source> near() const;
  digest seen_digest() const;
  void have_whole(std::span<const std::byte> head);
  outcome look_at_head(std::span<const std::byte> head);
  bool refuse_copy(const std::string& why);
  void commit();
  void mismatch(const wrongness& known);
  bool refetch_pieces(const range_set& wrong);
  void refetch_all(failure why);
  failure wrong_content(const wrongness& known) const;
  std::string told_apart(const range_set& differing) const;
  void end(failure why);
  void finish(result<arrival> how);
  void tick();
  void update_now();
  update make_update() const;
  void flush_notes();
  bool heard() const noexcept { return !*silent_; }

  std::shared_ptr<facility> means_;
  const std::uint64_t number_;
  order order_;
  const std::string key_;
  listener ears_;
  std::shared_ptr<std::atomic<bool>> silent_;
  phase phase_{phase::opening};
  tally tally_;
  std::shared_ptr<assembly> assembly_;
  crew crew_;
  std::uint64_t resumed_{0};
  std::optional<adoptable> adopting_; ///< where its bytes are taken from at present
  content_hash::digests found_;
  provenance came_from_; ///< of the present try
  provenance before_;    ///< of the one before
  std::optional<suspicion> suspicion_;
  bool fetched_twice_{false};
  bool pieces_fetched_again_{false};
  bool compare_{false};                   ///< the next try, with the one that is thrown away
  bool compared_{false};                  ///< this try was, with the one before
  std::unique_ptr<shared_pieces> shared_; ///< null: it is fetched alone
  std::optional<failure> no_source_;      ///< of a shared one
  int wrong_wholes_{0};
  std::vector<note> notes_;
  update told_;
  net::timer ticker_;
  net::timer share_ticker_;
};

} // namespace hive::transfer
