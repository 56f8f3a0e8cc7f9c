#include "core/transfer/lane.hpp"

#include "core/transfer/crew.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace hive::transfer {

lane::lane(crew& owner, facility& means, std::uint64_t number, piece work, lane_slot slot)
  : owner_(owner), means_(means), number_(number), work_(std::move(work)), started_(clock::now()),
    at_(work_.next()), end_(work_.range.end), slot_(std::move(slot)) {}

lane::~lane() {
  means_.forget(*this);
}

void lane::open(net::request what, question asked) {
  asked_ = asked;
  url_ = what.url;
  exchange_ = means_.engine.begin(std::move(what), *this);
}

double lane::rate() const noexcept {
  return speed_ ? speed_->rate() : 0;
}

void lane::measure(clock::time_point now) noexcept {
  if (speed_) speed_->sample(now, at_, slot_.held());
}

std::optional<double> lane::seconds_left() const noexcept {
  if (!speed_ || !speed_->is_known() || slot_.held() || end_ == endless) return std::nullopt;
  return static_cast<double>(end_ - at_) / (speed_->rate() + 1);
}

std::chrono::duration<double> lane::slow_for() noexcept {
  if (!speed_) return {};
  return speed_->slow_for(slot_.compare(speed_->rate()));
}

void lane::stream_to(std::uint64_t end) noexcept {
  streaming_ = true;
  speed_.emplace(clock::now(), at_);
  end_ = promised_ = end;
}

const std::vector<std::string>& lane::limits() const noexcept {
  return owner_.limits();
}

outcome lane::on_hop(const net::reply_head& head) {
  return owner_.judge_hop(head);
}

outcome lane::on_head(const net::reply_head& head) {
  return owner_.judge_head(*this, head);
}

result<net::taken> lane::on_body(std::span<const std::byte> bytes) {
  if (doom_) return owner_.name_stranger(bytes, *doom_);
  if (spoiled_) return *spoiled_;
  if (repeated_ >= bytes.size()) {
    repeated_ -= bytes.size();
    return net::taken::all;
  }
  const auto fresh = bytes.subspan(repeated_);
  const auto used = take(fresh);
  if (!used) return used.why();
  if (*used < fresh.size()) {
    repeated_ += *used;
    return net::taken::pause;
  }
  repeated_ = 0;
  // The rest of what was granted belongs to another lane: no use for this connection any more.
  if (complete() && end_ < promised_)
    return fail(errc::cancelled, "the rest of the range was given to another lane");
  return net::taken::all;
}

result<std::size_t> lane::take(std::span<const std::byte> bytes) {
  std::size_t used = 0;
  while (used < bytes.size()) {
    if (complete()) {
      owner_.surplus(bytes.size() - used);
      return fail(errc::range_refused, "more bytes came than were granted");
    }
    if (!block_ && !get_block()) break;
    const auto allowed = means_.budget_for(*this);
    if (allowed == 0) {
      slot_.limit();
      break;
    }
    const auto most = std::min<std::uint64_t>({bytes.size() - used, room(), end_ - at_, allowed});
    const auto n = static_cast<std::size_t>(most);
    std::memcpy(block_->memory + block_->filled, bytes.data() + used, n);
    block_->filled += n;
    used += n;
    at_ += n;
    means_.spend(*this, n);
    slot_.count(n);
    owner_.received(n);
    if (room() == 0 || complete()) HIVE_CHECK(pass_on());
  }
  return used;
}

bool lane::get_block() {
  auto got = means_.take_block(*this);
  if (!got) {
    slot_.hold(clock::now());
    return false;
  }
  begin_block(std::move(got));
  return true;
}

void lane::begin_block(block_ref what) {
  block_ = std::move(what);
  block_since_ = clock::now();
  block_->offset = at_ - work_.carry.size();
  block_->filled = work_.carry.size();
  std::ranges::copy(work_.carry, block_->memory);
  work_.carry.clear();
}

void lane::budget_ready() {
  slot_.go_on(clock::now());
  exchange_.resume();
}

void lane::block_ready(block_ref what) {
  slot_.go_on(clock::now());
  begin_block(std::move(what));
  exchange_.resume();
}

/// Blocks end at multiples of their capacity, so that later ones are aligned whatever this one was.
std::size_t lane::room() const noexcept {
  return block::capacity - static_cast<std::size_t>(block_->offset % block::capacity) -
         block_->filled;
}

outcome lane::pass_on() {
  auto landed = owner_.land(std::exchange(block_, nullptr), server_);
  if (!landed) spoiled_ = landed.why();
  return landed;
}

void lane::release_block() {
  if (!block_) return;
  const auto tail = complete() ? 0 : block_->filled % store::partial::block;
  const auto keep = block_->filled - tail;
  work_.carry.assign(block_->memory + keep, block_->memory + block_->filled);
  block_->filled = keep;
  if (keep == 0) {
    block_.reset();
  } else {
    static_cast<void>(pass_on()); // a failure is remembered
  }
}

piece lane::remainder() {
  release_block();
  work_.range = {at_ - work_.carry.size(), end_};
  return std::move(work_);
}

void lane::on_end(outcome how) {
  means_.forget(*this);
  if (how && !doom_ && end_ == endless) {
    end_ = at_;
    release_block();
  }
  owner_.ended(number_, std::move(how));
}

} // namespace hive::transfer
