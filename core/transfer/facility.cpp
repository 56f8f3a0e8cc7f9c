#include "core/transfer/facility.hpp"

#include "core/transfer/file_transfer.hpp"
#include "core/transfer/lane.hpp"

#include <algorithm>
#include <utility>

namespace hive::transfer {

namespace {

/// A lane that needs longer to fill its block gives it up when others wait for one.
constexpr std::chrono::milliseconds longest_fill{500};

/// Several, so that the syncs of many small files go to the disk together.
constexpr std::size_t disk_threads = 4;

/// Given to an origin nothing is known of.
constexpr std::size_t first_lanes = 4;

/// Of 1 MiB: more than peers have under way, as each is served by few slots.
constexpr std::size_t peer_blocks = 32;

/// Beyond these, a lane more means a block more.
constexpr std::size_t lanes_in_pool = 16;

/// Tells the loop of returned blocks, but only while somebody waits for one.
std::function<void()> returns(std::shared_ptr<gate> doors,
                              std::shared_ptr<std::atomic<bool>> hunger,
                              std::shared_ptr<std::function<void()>> feed) {
  return [doors = std::move(doors), hunger = std::move(hunger), feed = std::move(feed)] {
    if (hunger->exchange(false)) doors->post([feed] { (*feed)(); });
  };
}

} // namespace

std::shared_ptr<facility> facility::make(net::engine& engine, store::home where,
                                         service_options options) {
  options.pool_blocks = std::max<std::size_t>(options.pool_blocks, 1);
  options.lanes_per_file = std::max<std::size_t>(options.lanes_per_file, 1);
  options.lanes_per_origin = std::max<std::size_t>(options.lanes_per_origin, 1);
  options.lanes_total = std::max<std::size_t>(options.lanes_total, 1);
  auto doors = std::make_shared<gate>(engine);
  auto hunger = std::make_shared<std::atomic<bool>>(false);
  auto feed = std::make_shared<std::function<void()>>();
  auto pool = std::make_shared<block_pool>(options.pool_blocks, returns(doors, hunger, feed));
  auto peer_hunger = std::make_shared<std::atomic<bool>>(false);
  auto feed_peers = std::make_shared<std::function<void()>>();
  auto from_peers =
      std::make_shared<block_pool>(peer_blocks, returns(doors, peer_hunger, feed_peers));
  std::shared_ptr<facility> made{new facility{engine, std::move(where), options, std::move(doors),
                                              std::move(pool), std::move(hunger),
                                              std::move(from_peers), std::move(peer_hunger)}};
  *feed_peers = [self = std::weak_ptr{made}] {
    if (const auto me = self.lock()) me->feed_peers();
  };
  *feed = [self = std::weak_ptr{made}] {
    if (const auto me = self.lock()) me->feed();
  };
  return made;
}

facility::facility(net::engine& loop, store::home home, service_options with,
                   std::shared_ptr<gate> gates, std::shared_ptr<block_pool> blocks,
                   std::shared_ptr<std::atomic<bool>> hunger, std::shared_ptr<block_pool> peer_pool,
                   std::shared_ptr<std::atomic<bool>> peer_hunger)
  : engine(loop), where(std::move(home)), options(with), doors(std::move(gates)),
    pool(std::move(blocks)), rereads(std::make_shared<block_pool>(1, nullptr)),
    from_peers(std::move(peer_pool)), hash(std::make_unique<worker>("hive-hash")),
    hunger_(std::move(hunger)), peer_hunger_(std::move(peer_hunger)),
    lanes_({first_lanes, options.lanes_per_origin, options.lanes_total},
           [this] { hand_out_lanes(); }) {
  for (std::size_t i = 0; i < disk_threads; ++i)
    disks.push_back(std::make_unique<worker>("hive-disk"));
}

worker& facility::disk_for(const std::string& content_key) noexcept {
  return *disks[std::hash<std::string>{}(content_key) % disks.size()];
}

void facility::add(std::uint64_t id, std::shared_ptr<file_transfer> what) {
  if (shut_) return;
  count.transfers += transfers_.emplace(id, std::move(what)).second ? 1 : 0;
}

std::shared_ptr<file_transfer> facility::find(std::uint64_t id) const {
  const auto found = transfers_.find(id);
  return found == transfers_.end() ? nullptr : found->second;
}

void facility::remove(std::uint64_t id) {
  count.transfers -= transfers_.erase(id);
}

bool facility::fetching(const std::string& content_key) const {
  return std::ranges::any_of(transfers_,
                             [&](const auto& t) { return t.second->key() == content_key; });
}

void facility::shut() {
  shut_ = true;
  for (const auto& [id, transfer] : transfers_) transfer->abandon();
  hungry_.clear();
  hungry_peers_.clear();
  lanes_.clear_queue();
  lane_timer_ = {};
  hunger_timer_ = {};
  budget_timer_ = {};
  budget_due_ = clock::time_point::max();
  count.transfers = 0;
  transfers_.clear();
}

block_ref facility::take_block(lane& who) {
  if (hungry_.empty()) {
    if (auto got = pool->take()) return got;
  }
  hungry_.push_back(&who);
  find_blocks();
  return nullptr;
}

block_ref facility::take_peer_block(std::function<void()> go_on) {
  if (auto got = from_peers->take()) return got;
  hungry_peers_.push_back(std::move(go_on));
  *peer_hunger_ = true;
  // A block that came back before the flag was up told nobody.
  if (from_peers->free() > 0 && peer_hunger_->exchange(false)) {
    doors->post([self = weak_from_this()] {
      if (const auto me = self.lock()) me->feed_peers();
    });
  }
  return nullptr;
}

/// Everybody asks again: whoever gets none waits on.
void facility::feed_peers() {
  for (const auto& go_on : std::exchange(hungry_peers_, {})) go_on();
}

void facility::feed() {
  while (!hungry_.empty()) {
    auto got = pool->take();
    if (!got) break;
    const auto next = hungriest();
    auto* const who = *next;
    hungry_.erase(next);
    who->block_ready(std::move(got));
  }
  if (!hungry_.empty()) find_blocks();
}

/// Of the file whose turn it is the lane nearest to its beginning: what it brings can be hashed
/// first.
std::deque<lane*>::iterator facility::hungriest() {
  auto best = hungry_.begin();
  for (auto next = best; next != hungry_.end(); ++next) {
    if (&(*next)->owner() == &hungry_.front()->owner() && (*next)->at() < (*best)->at())
      best = next;
  }
  return best;
}

void facility::find_blocks() {
  *hunger_ = true;
  auto wanted = hungry_.size();
  for (const auto& [id, transfer] : transfers_) {
    while (wanted > 0 && transfer->spill_one()) --wanted;
  }
  // A block that came back before the flag was up told nobody.
  if (pool->free() > 0 && hunger_->exchange(false)) {
    doors->post([self = weak_from_this()] {
      if (const auto me = self.lock()) me->feed();
    });
  }
  if (hunger_watched_) return;
  hunger_watched_ = true;
  hunger_timer_ = engine.after(longest_fill, [this] {
    hunger_watched_ = false;
    if (hungry_.empty()) return;
    const auto before = clock::now() - longest_fill;
    for (const auto& [id, transfer] : transfers_) transfer->surrender_blocks(before);
    find_blocks();
  });
}

void facility::limit(const std::string& bucket, std::uint64_t rate) {
  wake(limits_.limit(bucket, rate, clock::now()));
}

std::uint64_t facility::budget_for(lane& who) {
  const auto now = clock::now();
  const auto allowed = limits_.ask(&who, who.limits(), now);
  if (allowed == 0) look_at_budget_in(limits_.wait(who.limits(), now));
  return allowed;
}

void facility::spend(lane& who, std::uint64_t bytes) {
  limits_.spend(&who, who.limits(), bytes, clock::now());
}

void facility::recheck_budget() {
  wake(limits_.disband());
}

void facility::wake(const std::vector<limits::spender>& whom) {
  // Every spender here is a lane that lives: it is forgotten by its destructor.
  for (auto* const who : whom) static_cast<lane*>(who)->budget_ready();
}

void facility::look_at_budget_in(std::chrono::milliseconds wait) {
  const auto at = clock::now() + wait;
  if (at >= budget_due_) return;
  budget_due_ = at;
  budget_timer_ = engine.after(wait, [this] {
    budget_due_ = clock::time_point::max();
    look_at_budget();
  });
}

void facility::look_at_budget() {
  const auto now = clock::now();
  wake(limits_.due(now));
  if (const auto wait = limits_.wait(now)) look_at_budget_in(*wait);
}

void facility::forget(lane& who) {
  std::erase(hungry_, &who);
  limits_.forget(&who);
}

void facility::limit_lanes(std::size_t most) {
  lanes_.set_total(most);
}

std::optional<lane_slot> facility::take_lane(const std::shared_ptr<lane_taker>& who,
                                             const std::string& origin, const std::string& job) {
  auto got = lanes_.take(who, origin, job);
  watch_lanes();
  return got;
}

void facility::hand_out_lanes() {
  if (std::exchange(handing_out_, true)) return;
  doors->post([self = weak_from_this()] {
    const auto me = self.lock();
    if (!me) return;
    me->handing_out_ = false;
    if (me->open()) me->lanes_.hand_out();
  });
}

void facility::watch_lanes() {
  size_pool();
  if (lanes_watched_) return;
  lanes_watched_ = true;
  lane_timer_ = engine.after(lane_pool::sample_every, [this] {
    lanes_watched_ = false;
    lanes_.sample(clock::now());
    lanes_.open() > 0 ? watch_lanes() : size_pool();
  });
}

/// Every lane may hold a block; so many that most of the pool would be theirs need more of them.
void facility::size_pool() {
  const auto open = lanes_.open();
  pool->allow(options.pool_blocks + (open > lanes_in_pool ? open - lanes_in_pool : 0));
}

} // namespace hive::transfer
