#pragma once
/// The lanes of one file: which piece each fetches, where it asks, and what is done when one fails.
/// Loop thread only.
///
/// The first lane asks the stable address and learns where it leads; the others ask there, so that
/// the vendor is asked once per file. Lanes report from within curl's callbacks; whatever opens or
/// closes connections is done in a later turn of the loop.

#include "core/job/retry.hpp"
#include "core/net/origin.hpp"
#include "core/transfer/facility.hpp"
#include "core/transfer/lane.hpp"
#include "core/transfer/lane_pool.hpp"
#include "core/transfer/piece_board.hpp"
#include "core/transfer/transfer.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hive::transfer {

class file_transfer;

class crew {
 public:
  crew(file_transfer& file, std::shared_ptr<facility> means,
       std::shared_ptr<const net::keyring> keys);

  /// Starts fetching what is missing.
  void work();
  /// Fetches these, too.
  void want(const std::vector<byte_range>& missing);
  /// Fetches nothing until something is wanted; what the lanes hold is passed on.
  void rest();
  /// Closes every connection.
  void dismiss();
  /// The same, and passes on what the lanes hold.
  void dismiss_and_save();
  /// Goes on at the next source; `keep`: with what is here, if a digest will check it. False when
  /// there is none.
  bool switch_source(bool keep);
  /// The next tries use new connections.
  void distrust_connections() noexcept { distrust_ = true; }
  /// Several times a second: re-dials lanes far slower than the best.
  void watch(clock::time_point now);
  /// Lanes that have not filled their block since `before` give it up.
  void surrender_blocks(clock::time_point before);
  /// One lane is ours; false when there is no use for it any more.
  bool lane_granted(lane_slot slot);
  /// Closes the lane farthest from the beginning, if there are several.
  void yield_lane();
  std::size_t open() const noexcept { return lanes_.size(); }
  /// Its lanes, what waits for one, and why none is open.
  void show(sight& into) const;
  bool connected() const noexcept { return connected_; }
  // The lanes.
  const std::vector<std::string>& limits() const noexcept;
  outcome judge_hop(const net::reply_head& head);
  outcome judge_head(lane& who, const net::reply_head& head);
  failure name_stranger(std::span<const std::byte> first, const failure& otherwise) const;
  outcome land(block_ref what, const std::string& server);
  void received(std::uint64_t bytes);
  void surplus(std::uint64_t bytes);
  void ended(std::uint64_t number, outcome how);

 private:
  struct link {
    std::string url;
    std::optional<std::chrono::sys_seconds> expires;
  };

  const file_source& source() const noexcept;
  std::size_t allowed() const noexcept;
  bool wants_lane(std::size_t origin_allows);
  void pump();
  void open_lanes();
  void pump_soon();
  void open_lane(lane_slot slot);
  std::string next_origin();
  std::string present_origin() const;
  const std::string& payer() const noexcept;
  bool too_slow(lane& who, std::uint64_t prefix) const;
  void close_lane(std::uint64_t number, bool redial);
  piece next_piece();
  lane* longest_lane() const;
  net::request make_request(const piece& work, const std::string& url) const;
  const link* usable_link();

  outcome check_headers(const net::reply_head& head, bool last) const;
  outcome check_same_version(const net::reply_head& head);
  outcome accept(lane& who, const net::reply_head& head, const ruling& said);
  outcome accept_whole(lane& who, const ruling& said);
  outcome learn_size(lane& who, byte_range granted, std::uint64_t size);
  void remember_link(const net::reply_head& head);
  void tell_ignored();

  void settle(std::uint64_t number, const outcome& how);
  void handle(lane& who, failure why);
  void give_back(lane& who);
  void reduce_lanes(lane& who, failure why);
  bool key_runs_out();
  void unlock(lane& who, failure why);
  void renew(std::uint64_t seen, const net::reply_head* refused);
  void unlocked(outcome how);
  void start_over(bool whole, failure why);
  void set_back(lane& who, failure why);
  bool begin_wait(failure why);
  void wait_for_another_try(bool quiet);
  void lost(failure why);

  file_transfer& file_;
  std::shared_ptr<facility> means_;
  std::shared_ptr<const net::keyring> keys_;
  std::size_t source_{0};
  std::optional<link> link_;
  bool had_link_{false};
  std::uint64_t asking_{0}; ///< number of the lane on its way through the stable address
  std::string version_;     ///< entity tag of the bytes, where no digest is expected
  std::string version_of_;  ///< the address that sent it

  bool working_{false};
  bool connected_{false};
  bool distrust_{false};
  bool single_{false};       ///< one stream of the whole file: the server knows no ranges
  bool started_over_{false}; ///< that happens once per source
  bool unlocking_{false};    ///< a token is on its way: nobody asks until then
  int lockouts_{0};          ///< tokens refused since bytes last came
  net::reply_head refused_;  ///< the last 401
  piece_board board_;
  std::vector<std::unique_ptr<lane>> lanes_;
  std::uint64_t lanes_made_{0};

  retry_budget budget_;
  std::chrono::milliseconds wait_{0};    ///< of the present setback
  std::string setback_;                  ///< its sentence
  clock::time_point set_back_at_{};      ///< failures of lanes begun before it are the same one
  bool one_only_{false};                 ///< the server takes one connection for this file
  clock::time_point reduced_at_{};       ///< when that turned out
  clock::time_point quiet_until_{};      ///< the server asked to be left alone
  std::vector<clock::time_point> rests_; ///< lanes that wait before they are tried again
  net::timer rest_timer_;
};

} // namespace hive::transfer
