#pragma once
/// One exchange over one piece: fills blocks from the socket and passes them on. Loop thread only.
///
/// curl delivers paused bytes again from their beginning; a lane may have used some of them already
/// (the block was full, the budget spent), so it skips what it has of the repetition.

#include "core/net/engine.hpp"
#include "core/transfer/facility.hpp"
#include "core/transfer/lane_speed.hpp"
#include "core/transfer/piece_board.hpp"
#include "core/transfer/ruling.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hive::transfer {

class crew;

class lane final : public net::exchange_handler {
 public:
  static constexpr std::uint64_t endless = UINT64_MAX;

  lane(crew& owner, facility& means, std::uint64_t number, piece work, lane_slot slot);
  ~lane() override;
  lane(const lane&) = delete;
  lane& operator=(const lane&) = delete;

  void open(net::request what, question asked);

  const crew& owner() const noexcept { return owner_; }
  std::uint64_t number() const noexcept { return number_; }
  const question& asked() const noexcept { return asked_; }
  const std::string& url() const noexcept { return url_; }
  clock::time_point started() const noexcept { return started_; }
  std::uint64_t at() const noexcept { return at_; }   ///< the next byte it wants
  std::uint64_t end() const noexcept { return end_; } ///< `endless` while unknown
  bool complete() const noexcept { return at_ == end_; }
  /// What `inspect` was told.
  const std::optional<failure>& doom() const noexcept { return doom_; }
  /// Why a block of it was not taken; its bytes are lost.
  const std::optional<failure>& spoiled() const noexcept { return spoiled_; }
  verdict last_verdict() const noexcept { return verdict_; }
  bool streaming() const noexcept { return streaming_; }
  /// Bytes per second of late, as last measured; 0 before it streams.
  double rate() const noexcept;
  void measure(clock::time_point now) noexcept;
  /// How long the rest takes, as last measured; empty while that cannot be known, and while this
  /// node is what it waits for.
  std::optional<double> seconds_left() const noexcept;
  /// How long it has been far slower than the best of its origin.
  std::chrono::duration<double> slow_for() noexcept;
  int redials() const noexcept { return work_.redials; }
  /// The bytes come from `origin`.
  void led_to(const std::string& origin) { slot_.move_to(origin); }
  /// The server refused it for there are others.
  void crowded() noexcept { slot_.crowded(); }

  int refusals() const noexcept { return refusals_; }
  void note_refusals(int in_a_row) noexcept { refusals_ = in_a_row; }

  /// Who answered, for the case that what came is wrong.
  void came_from(std::string address) { server_ = std::move(address); }
  const std::string& server() const noexcept { return server_; }
  /// The reply was judged.
  void rule(verdict what) noexcept { verdict_ = what; }
  /// Bytes up to `end` follow, and somebody wants them.
  void stream_to(std::uint64_t end) noexcept;
  /// Only the first bytes are wanted, to see what came instead of the file.
  void inspect(failure why) { doom_ = std::move(why); }
  /// The rest goes to another lane; `end` is a multiple of 1 MiB ahead of the present block.
  void shorten(std::uint64_t end) noexcept { end_ = end; }
  /// Passes on what a journal may claim and keeps the rest outside the pool.
  void release_block();
  clock::time_point block_since() const noexcept { return block_since_; }
  bool has_block() const noexcept { return block_ != nullptr; }
  /// What is left to do. The lane is spent.
  piece remainder();

  // The facility.
  const std::vector<std::string>& limits() const noexcept;
  void block_ready(block_ref what);
  void budget_ready();

  // The exchange.
  outcome on_hop(const net::reply_head& head) override;
  outcome on_head(const net::reply_head& head) override;
  result<net::taken> on_body(std::span<const std::byte> bytes) override;
  void on_end(outcome how) override;

 private:
  result<std::size_t> take(std::span<const std::byte> bytes);
  bool get_block();
  void begin_block(block_ref what);
  std::size_t room() const noexcept;
  outcome pass_on();

  crew& owner_;
  facility& means_;
  const std::uint64_t number_;
  piece work_;
  question asked_;
  std::string url_;
  std::string server_;
  const clock::time_point started_;
  std::optional<lane_speed> speed_; ///< since it streams
  std::uint64_t at_;
  std::uint64_t end_;
  std::uint64_t promised_{0}; ///< where the granted range ends
  std::size_t repeated_{0};   ///< bytes of the next delivery that were used before the pause
  bool streaming_{false};
  int refusals_{0};
  verdict verdict_{verdict::failed};
  std::optional<failure> doom_;
  std::optional<failure> spoiled_;
  block_ref block_;
  clock::time_point block_since_;
  lane_slot slot_;
  net::exchange exchange_; ///< last: closes first
};

} // namespace hive::transfer
