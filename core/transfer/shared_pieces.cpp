#include "core/transfer/shared_pieces.hpp"

#include "core/swarm/sha256.hpp"

#include <algorithm>
#include <utility>

namespace hive::transfer {

namespace {

/// A peer tells by messages that a request is in line; who is silent is left by the swarm.
constexpr std::chrono::minutes longest_wait{2};
constexpr std::chrono::seconds longest_dial{3};
constexpr std::size_t most_lanes = 2; ///< of one piece

} // namespace

shared_pieces::shared_pieces(std::shared_ptr<facility> means, std::shared_ptr<assembly> whole,
                             crew& lanes, tally& counts, swarm::piece_grid grid,
                             std::function<void(piece_news)> tell)
  : means_(std::move(means)), whole_(std::move(whole)), crew_(lanes), counts_(counts), grid_(grid),
    tell_(std::move(tell)), wanted_(grid.count()), alone_(grid.count()) {}

void shared_pieces::tell(piece_news what) {
  tell_(std::move(what));
}

void shared_pieces::begin() {
  hash_from(0);
}

/// One after the other, so that what comes meanwhile is not held up for long.
void shared_pieces::hash_from(swarm::piece_index first) {
  while (first < grid_.count() && !whole_->written().contains(grid_.range(first))) ++first;
  if (first >= grid_.count()) return tell(pieces_ready{});
  whole_->hash_piece(grid_.range(first),
                     [this, first, alive = std::weak_ptr{alive_}](const std::string& hex) {
                       if (alive.expired()) return;
                       tell(piece_here{{first, swarm::hash_from_hex(hex)}});
                       hash_from(first + 1);
                     });
}

void shared_pieces::hash(swarm::piece_index piece) {
  wanted_.remove(piece);
  whole_->hash_piece(grid_.range(piece),
                     [this, piece, alive = std::weak_ptr{alive_}](const std::string& hex) {
                       if (!alive.expired()) tell(source_piece{{piece, swarm::hash_from_hex(hex)}});
                     });
}

range_set shared_pieces::settled() const {
  range_set out;
  out.add({0, grid_.size()});
  for (const auto piece : wanted_.pieces())
    for (const auto& range : whole_->written().missing(grid_.range(piece))) out.remove(range);
  return out;
}

void shared_pieces::written(byte_range range) {
  if (range.empty()) return;
  const auto last = static_cast<swarm::piece_index>((range.end - 1) / grid_.piece());
  for (auto i = static_cast<swarm::piece_index>(range.begin / grid_.piece()); i <= last; ++i)
    if (wanted_.has(i) && whole_->written().contains(grid_.range(i))) hash(i);
}

void shared_pieces::start_over() {
  alive_ = std::make_shared<bool>(true);
  wanted_ = swarm::have_map{grid_.count()};
  coming_.clear();
  comparing_.clear();
  arrived_.clear();
}

void shared_pieces::tick() {
  if (from_source_ > 0) {
    const auto now_at = wanted_.pieces();
    tell(source_bytes{now_at.empty() ? 0 : now_at.front(), std::exchange(from_source_, 0)});
  }
  for (auto& [piece, coming] : coming_)
    for (auto& [peer, open] : coming.lanes)
      if (open.untold > 0) tell(peer_bytes{peer, piece, std::exchange(open.untold, 0)});
  for (auto& lost : std::exchange(refused_, {})) tell(std::move(lost));
}

void shared_pieces::follow(const piece_order& what) {
  std::visit([this](const auto& one) { act(one); }, what);
}

void shared_pieces::act(const swarm::fetch_piece& what) {
  if (what.piece >= grid_.count()) return;
  lose(what.piece);
  if (!wanted_.add(what.piece)) return;
  const auto missing = whole_->written().missing(grid_.range(what.piece));
  if (missing.empty()) return hash(what.piece);
  crew_.want(missing);
}

void shared_pieces::act(const swarm::stop_fetching&) {
  wanted_ = swarm::have_map{grid_.count()};
  crew_.rest();
}

/// A piece that has come is refused: the order has crossed its news, and whoever gave it will count
/// on the piece. What is wrong about one that has come is forgotten by order first.
void shared_pieces::act(const ask_peer& what) {
  const auto& [peer, piece] = what.what;
  if (piece >= grid_.count()) return;
  const auto range = grid_.range(piece);
  const auto coming = coming_.find(piece);
  const bool is_coming = coming != coming_.end();
  const bool full =
      is_coming && (coming->second.lanes.size() >= (alone_.has(piece) ? 1 : most_lanes) ||
                    coming->second.lanes.contains(peer));
  if (full || wanted_.has(piece) || comparing_.contains(piece) || arrived_.contains(piece) ||
      whole_->written().contains(range)) {
    refused_.push_back({peer, piece, errc::overloaded});
    return;
  }
  // What a source brought of it is not what will be there.
  if (!is_coming) forget_written(range);
  open(what);
}

peer_lane::ears shared_pieces::ears_of(const swarm::ask_piece& what) {
  const std::weak_ptr alive{alive_};
  return {
      .on_bytes = [this, what](std::uint64_t bytes) { count(what, bytes); },
      .on_piece =
          [this, alive, what](const std::string& hex) {
            if (!alive.expired()) come(what, hex);
          },
      .on_lost =
          [this, what](errc why) {
            tick();
            lose_lane(what);
            tell(peer_lost{what.peer, what.piece, why});
          },
  };
}

std::uint64_t shared_pieces::coming_piece::ahead() const {
  std::uint64_t most = 0;
  for (const auto& [peer, open] : lanes) most = std::max(most, open.lane->came());
  return most;
}

void shared_pieces::count(const swarm::ask_piece& from, std::uint64_t bytes) {
  auto& coming = coming_.at(from.piece);
  coming.lanes.at(from.peer).untold += bytes;
  const auto fresh = coming.ahead() - coming.received;
  coming.received += fresh;
  counts_.receive(fresh);
  counts_.discard(bytes - fresh);
  counts_.from_peers(bytes);
  means_->count.peers += bytes;
  means_->count.discarded += bytes - fresh;
}

void shared_pieces::come(const swarm::ask_piece& from, const std::string& hex) {
  tick();
  auto ended = coming_.extract(from.piece);
  auto& [lanes, contested, received] = ended.mapped();
  lanes.erase(from.peer);
  // Behind the news of the piece: whoever counts on it has given this one up by then.
  for (const auto& [peer, open] : lanes) refused_.push_back({peer, from.piece, errc::overloaded});
  lanes.clear();
  if (contested) return compare(from, hex);
  arrive(from, hex);
}

/// What is on the disk need not be what was hashed as it came.
void shared_pieces::compare(const swarm::ask_piece& from, const std::string& hex) {
  comparing_.insert(from.piece);
  whole_->hash_behind_writes(
      grid_.range(from.piece),
      [this, from, hex, alive = std::weak_ptr{alive_}](const std::string& there) {
        if (alive.expired() || comparing_.erase(from.piece) == 0) return;
        if (there == hex) return arrive(from, hex);
        alone_.add(from.piece);
        lose_bytes(grid_.bytes(from.piece));
        tell(peer_lost{from.peer, from.piece, errc::overloaded});
      });
}

void shared_pieces::arrive(const swarm::ask_piece& from, const std::string& hex) {
  arrived_.insert_or_assign(from.piece, arrived_piece{grid_.bytes(from.piece)});
  tell(peer_piece{from.peer, {from.piece, swarm::hash_from_hex(hex)}});
}

void shared_pieces::open(const ask_peer& what) {
  const auto piece = what.what.piece;
  auto lane = std::make_shared<peer_lane>(*means_, whole_, grid_.range(piece), ears_of(what.what));
  net::request asked;
  asked.url = what.url;
  asked.bucket = "pieces";
  asked.tls = what.tls;
  asked.max_redirects = 0;
  asked.connect_timeout = longest_dial;
  asked.idle_timeout = longest_wait;
  auto& coming = coming_[piece];
  coming.lanes.insert_or_assign(what.what.peer, open_lane{lane});
  coming.contested = coming.contested || coming.lanes.size() > 1;
  lane->open(std::move(asked));
}

void shared_pieces::lose_bytes(std::uint64_t bytes) {
  counts_.lose(bytes);
  means_->count.discarded += bytes;
}

void shared_pieces::lose_lane(const swarm::ask_piece& which) {
  const auto coming = coming_.find(which.piece);
  if (coming == coming_.end()) return;
  if (coming->second.lanes.erase(which.peer) == 0) return;
  const auto left = coming->second.ahead();
  lose_bytes(std::exchange(coming->second.received, left) - left);
  if (coming->second.lanes.empty()) coming_.erase(coming);
}

/// What came of it from peers is of no use.
void shared_pieces::lose(swarm::piece_index piece) {
  if (const auto coming = coming_.extract(piece)) lose_bytes(coming.mapped().received);
  if (comparing_.erase(piece) > 0) lose_bytes(grid_.bytes(piece));
  if (const auto wrong = arrived_.extract(piece)) lose_bytes(wrong.mapped().bytes);
}

void shared_pieces::act(const swarm::drop_piece& what) {
  lose_lane({what.peer, what.piece});
}

void shared_pieces::act(const swarm::keep_piece& what) {
  if (arrived_.erase(what.piece) > 0) whole_->accept(grid_.range(what.piece));
}

void shared_pieces::act(const swarm::forget_piece& what) {
  if (what.piece >= grid_.count()) return;
  // A source brings it anew already.
  if (wanted_.has(what.piece)) return;
  lose(what.piece);
  forget_written(grid_.range(what.piece));
}

void shared_pieces::forget_written(byte_range range) {
  auto here = range.size();
  for (const auto& lacking : whole_->written().missing(range)) here -= lacking.size();
  if (here == 0) return;
  counts_.lose(here);
  whole_->forget(range);
}

} // namespace hive::transfer
