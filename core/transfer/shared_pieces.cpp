#include "core/transfer/shared_pieces.hpp"

#include "core/swarm/sha256.hpp"

#include <algorithm>
#include <utility>

namespace hive::transfer {

namespace {

/// A peer tells by messages that a request is in line; who is silent is left by the swarm.
constexpr std::chrono::minutes longest_wait{2};
constexpr std::chrono::seconds longest_dial{3};

} // namespace

shared_pieces::shared_pieces(std::shared_ptr<facility> means, std::shared_ptr<assembly> whole,
                             crew& lanes, tally& counts, swarm::piece_grid grid,
                             std::function<void(piece_news)> tell)
  : means_(std::move(means)), whole_(std::move(whole)), crew_(lanes), counts_(counts), grid_(grid),
    tell_(std::move(tell)), wanted_(grid.count()) {}

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
  lanes_.clear();
  arrived_.clear();
}

void shared_pieces::tick() {
  if (from_source_ > 0) {
    const auto now_at = wanted_.pieces();
    tell(source_bytes{now_at.empty() ? 0 : now_at.front(), std::exchange(from_source_, 0)});
  }
  for (auto& [piece, open] : lanes_)
    if (open.untold > 0) tell(peer_bytes{open.peer, piece, std::exchange(open.untold, 0)});
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

/// Two who write the same piece at once would undo each other's bytes: the later one is refused. So
/// is one for a piece that has come: the order has crossed its news, and whoever gave it will count
/// on the piece. What is wrong about one that has come is forgotten by order first.
void shared_pieces::act(const ask_peer& what) {
  const auto& [peer, piece] = what.what;
  if (piece >= grid_.count()) return;
  const auto range = grid_.range(piece);
  if (wanted_.has(piece) || lanes_.contains(piece) || arrived_.contains(piece) ||
      whole_->written().contains(range)) {
    refused_.push_back({peer, piece, errc::overloaded});
    return;
  }
  // What a source brought of it is not what will be there.
  forget_written(range);
  open(what);
}

peer_lane::ears shared_pieces::ears_of(const swarm::ask_piece& what) {
  const auto& [peer, piece] = what;
  const std::weak_ptr alive{alive_};
  return {
      .on_bytes =
          [this, piece = piece](std::uint64_t bytes) {
            lanes_.at(piece).untold += bytes;
            counts_.receive(bytes);
            counts_.from_peers(bytes);
            means_->count.peers += bytes;
          },
      .on_piece =
          [this, alive, peer = peer, piece = piece](const std::string& hex) {
            if (alive.expired()) return;
            tick();
            arrived_.insert_or_assign(piece, arrived_piece{grid_.bytes(piece)});
            const auto over = lanes_.extract(piece);
            tell(peer_piece{peer, {piece, swarm::hash_from_hex(hex)}});
          },
      .on_lost =
          [this, peer = peer, piece = piece](errc why) {
            tick();
            lose(piece);
            tell(peer_lost{peer, piece, why});
          },
  };
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
  lanes_.insert_or_assign(piece, open_lane{what.what.peer, lane});
  lane->open(std::move(asked));
}

/// What came of it from a peer is of no use.
void shared_pieces::lose(swarm::piece_index piece) {
  if (const auto open = lanes_.extract(piece)) {
    counts_.lose(open.mapped().lane->came());
    means_->count.discarded += open.mapped().lane->came();
  }
  if (const auto wrong = arrived_.extract(piece)) {
    counts_.lose(wrong.mapped().bytes);
    means_->count.discarded += wrong.mapped().bytes;
  }
}

void shared_pieces::act(const swarm::drop_piece& what) {
  const auto open = lanes_.find(what.piece);
  if (open != lanes_.end() && open->second.peer == what.peer) lose(what.piece);
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
