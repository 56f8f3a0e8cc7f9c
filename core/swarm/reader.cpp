#include "core/swarm/reader.hpp"

#include <algorithm>
#include <utility>

namespace hive::swarm {

reader::reader(node_id self, manifest words, std::uint64_t seed, reader_policy policy)
  : self_(std::move(self)), words_(std::move(words)), policy_(policy), have_(words_.grid().count()),
    peers_(words_.grid().count(), policy.peers), random_(seed) {}

actions reader::claim(const node_id& from, const piece_claim& what, time_point now) {
  actions out;
  if (what.piece >= words_.grid().count() || words_.matches(what)) return out;
  const bool differs = words_.known().has(what.piece);
  if (!words_.correct(what)) {
    bar(from, what.piece, errc::conflict, "claims another hash than the content proved to have",
        now, out);
    return out;
  }
  if (differs && have_.remove(what.piece)) {
    bytes_here_ -= words_.grid().bytes(what.piece);
    out.push_back(forget_piece{what.piece});
  }
  const auto waiting = unclaimed_.find(what.piece);
  if (waiting == unclaimed_.end()) return out;
  if (waiting->second == what.hash)
    keep(what.piece, self_, out);
  else
    out.push_back(forget_piece{what.piece});
  unclaimed_.erase(what.piece);
  return out;
}

actions reader::settle(bool right) {
  actions out;
  words_.settle(right);
  if (right) return out;
  for (const auto piece : have_.pieces()) out.push_back(forget_piece{piece});
  have_ = have_map{words_.grid().count()};
  bytes_here_ = 0;
  words_.start_over();
  return out;
}

actions reader::blame(const node_id& peer, time_point now) {
  actions out;
  bar(peer, 0, errc::not_the_artifact, "claimed hashes that do not make the content", now, out);
  return out;
}

void reader::holds(const node_id& peer, const have_map& all) {
  if (peer != self_) peers_.holds(peer, all);
}

void reader::holds(const node_id& peer, piece_index piece) {
  if (peer != self_ && piece < words_.grid().count()) peers_.holds(peer, piece);
}

actions reader::offered(const node_id& peer, piece_index piece, time_point now) {
  actions out;
  holds(peer, piece);
  const auto* who = peers_.find(peer);
  if (who != nullptr && words_.known().has(piece) && !have_.has(piece) && !is_asked(piece) &&
      peers_.has_room_for_offer(*who))
    ask(peer, piece, now, out);
  return out;
}

void reader::ask(const node_id& peer, piece_index piece, time_point now, actions& out) {
  asks_[piece].push_back({peer, now, now});
  peers_.asked(peer, now);
  out.push_back(ask_piece{peer, piece});
}

actions reader::lose(const node_id& peer) {
  auto out = close_all(peer);
  // A bar outlives a connection.
  if (peers_.barred(peer))
    peers_.forget_holdings(peer);
  else
    peers_.forget(peer);
  return out;
}

/// Everything that is asked of it is dropped.
actions reader::close_all(const node_id& peer) {
  actions out;
  for (auto at = asks_.begin(); at != asks_.end();) {
    const auto piece = (at++)->first;
    if (close(peer, piece)) out.push_back(drop_piece{peer, piece});
  }
  return out;
}

reader::request* reader::open_request(const node_id& peer, piece_index piece) {
  const auto found = asks_.find(piece);
  if (found == asks_.end()) return nullptr;
  for (auto& open : found->second)
    if (open.peer == peer) return &open;
  return nullptr;
}

bool reader::close(const node_id& peer, piece_index piece, bool of_use) {
  const auto* closed = open_request(peer, piece);
  if (closed == nullptr) return false;
  if (!of_use) wasted_ += closed->came;
  auto& open = asks_.at(piece);
  std::erase_if(open, [&](const request& r) { return r.peer == peer; });
  if (open.empty()) asks_.erase(piece);
  peers_.answered(peer);
  return true;
}

void reader::came(const node_id& peer, piece_index piece, std::uint64_t bytes, time_point now) {
  auto* open = open_request(peer, piece);
  if (open == nullptr || bytes == 0) return;
  open->heard_at = now;
  open->came += bytes;
  came_ += bytes;
  peers_.came(peer, bytes);
}

void reader::waits(const node_id& peer, piece_index piece, time_point now) {
  if (auto* open = open_request(peer, piece)) open->heard_at = now;
}

actions reader::arrived(const node_id& peer, const piece_claim& what, time_point now) {
  actions out;
  close(peer, what.piece, !have_.has(what.piece) && words_.matches(what));
  if (what.piece >= words_.grid().count() || have_.has(what.piece)) return out;
  if (!words_.matches(what)) {
    out.push_back(forget_piece{what.piece});
    bar(peer, what.piece, errc::digest_mismatch, "sent a piece with a wrong hash", now, out);
    return out;
  }
  peers_.of(peer).stalls = 0;
  drop_others(what.piece, out);
  keep(what.piece, peer, out);
  return out;
}

void reader::drop_others(piece_index piece, actions& out) {
  const auto open = asks_.find(piece);
  if (open == asks_.end()) return;
  for (const auto& other : open->second) {
    wasted_ += other.came;
    peers_.answered(other.peer);
    out.push_back(drop_piece{other.peer, piece});
  }
  asks_.erase(open);
}

void reader::keep(piece_index piece, const node_id& from, actions& out) {
  if (!have_.add(piece)) return;
  bytes_here_ += words_.grid().bytes(piece);
  stalled_by_.erase(piece);
  out.push_back(keep_piece{piece, from});
  if (complete()) out.push_back(check_whole{});
}

actions reader::failed(const node_id& peer, piece_index piece, errc why, time_point now) {
  actions out;
  if (!close(peer, piece)) return out;
  switch (why) {
  case errc::overloaded: stalled_by_.insert_or_assign(piece, peer); break;
  case errc::not_found:
  case errc::blob_damaged: {
    auto holds = peers_.of(peer).holds;
    holds.remove(piece);
    peers_.holds(peer, holds);
    break;
  }
  default: stall(peer, piece, now, out);
  }
  return out;
}

void reader::bar(const node_id& peer, piece_index piece, errc why, std::string human,
                 time_point now, actions& out) {
  if (peer == self_) return;
  append(out, close_all(peer));
  const auto until = peers_.bar(peer, now);
  out.push_back(bar_peer{peer, why, piece, until,
                         "node " + peer.value + " " + std::move(human) + " (piece " +
                             std::to_string(piece) + "): nothing is asked of it for " +
                             std::to_string(policy_.peers.bar / std::chrono::seconds{1}) + " s"});
}

/// The request is closed already.
void reader::stall(const node_id& peer, piece_index piece, time_point now, actions& out) {
  stalled_by_.insert_or_assign(piece, peer);
  if (peers_.stalled(peer))
    bar(peer, piece, errc::timed_out,
        "did not send what it was asked for, " + std::to_string(policy_.peers.stalls) +
            " times in a row",
        now, out);
}

actions reader::found(const piece_claim& what, bool may_claim, time_point now) {
  actions out;
  if (what.piece >= words_.grid().count()) return out;
  if (may_claim) append(out, claim(self_, what, now));
  if (words_.matches(what)) {
    drop_others(what.piece, out);
    keep(what.piece, self_, out);
  } else if (!words_.known().has(what.piece)) {
    unclaimed_.insert_or_assign(what.piece, what.hash);
  } else if (!have_.has(what.piece)) {
    out.push_back(forget_piece{what.piece});
  }
  return out;
}

std::vector<piece_claim> reader::unclaimed() const {
  std::vector<piece_claim> out;
  for (const auto& [piece, hash] : unclaimed_) out.push_back({piece, hash});
  return out;
}

actions reader::tick(time_point now) {
  actions out;
  peers_.measure(now);
  peers_.lift_bars(now);
  std::vector<std::pair<node_id, piece_index>> late;
  std::vector<std::pair<node_id, piece_index>> in_line;
  for (const auto& [piece, open] : asks_)
    for (const auto& asked : open) {
      if (now - asked.heard_at >= policy_.stall)
        late.emplace_back(asked.peer, piece);
      else if (asked.came == 0 && now - asked.asked_at >= policy_.stall)
        in_line.emplace_back(asked.peer, piece);
    }
  for (const auto& [peer, piece] : late) {
    if (!close(peer, piece)) continue;
    out.push_back(drop_piece{peer, piece});
    stall(peer, piece, now, out);
  }
  for (const auto& [peer, piece] : in_line) {
    if (!could_ask_another(peer, piece) || !close(peer, piece)) continue;
    out.push_back(drop_piece{peer, piece});
    stalled_by_.insert_or_assign(piece, peer);
  }
  return out;
}

bool reader::could_ask_another(const node_id& than, piece_index piece) const {
  const auto open = asks_.find(piece);
  return std::ranges::any_of(peers_.all(), [&](const auto& entry) {
    const auto& [id, who] = entry;
    if (id == than || !who.holds.has(piece) || !peers_.has_room(who)) return false;
    return open == asks_.end() ||
           std::ranges::none_of(open->second, [&](const request& r) { return r.peer == id; });
  });
}

std::size_t reader::requests_per_piece() const {
  return have_.count() - have_.held() <= policy_.endgame ? 2 : 1;
}

/// Of the rarest pieces one at random.
std::optional<piece_index> reader::choose_piece(const have_map& to_be_had) {
  std::optional<piece_index> chosen;
  std::uint32_t fewest = 0;
  std::uint64_t ties = 0;
  for (auto i = have_.next_lacking(to_be_had, 0); i < have_.count();
       i = have_.next_lacking(to_be_had, i + 1)) {
    if (!words_.known().has(i)) continue;
    const auto open = asks_.find(i);
    if (open != asks_.end() && open->second.size() >= requests_per_piece()) continue;
    const auto copies = peers_.copies(i);
    if (!chosen || copies < fewest) {
      chosen = i, fewest = copies, ties = 1;
    } else if (copies == fewest && random_() % ++ties == 0) {
      chosen = i;
    }
  }
  return chosen;
}

/// One of the two fastest at random; one nobody has measured yet counts as fast. Who was too slow
/// with this piece gets it again only when nobody else has it.
std::optional<node_id> reader::choose_peer(piece_index piece) {
  std::vector<std::pair<double, const node_id*>> able;
  const auto stalled = stalled_by_.find(piece);
  const node_id* last = nullptr;
  bool others_hold = false;
  for (const auto& [id, who] : peers_.all()) {
    if (!who.holds.has(piece) || who.barred_until) continue;
    const bool was_slow = stalled != stalled_by_.end() && stalled->second == id;
    others_hold = others_hold || !was_slow;
    if (!peers_.has_room(who) || open_request(id, piece) != nullptr) continue;
    if (was_slow)
      last = &id;
    else
      able.emplace_back(who.rate ? *who.rate / static_cast<double>(who.asks + 1) : 1e18, &id);
  }
  if (able.empty() && (last == nullptr || others_hold)) return std::nullopt;
  if (able.empty()) return *last;
  const auto best = std::min<std::size_t>(2, able.size());
  std::shuffle(able.begin(), able.end(), random_);
  std::partial_sort(able.begin(), able.begin() + static_cast<std::ptrdiff_t>(best), able.end(),
                    [](const auto& a, const auto& b) { return a.first > b.first; });
  return *able[random_() % best].second;
}

actions reader::fill(time_point now) {
  actions out;
  if (complete()) return out;
  auto to_be_had = peers_.union_of_free();
  while (const auto piece = choose_piece(to_be_had)) {
    const auto peer = choose_peer(*piece);
    if (!peer) {
      to_be_had.remove(*piece);
      continue;
    }
    ask(*peer, *piece, now, out);
    if (!peers_.has_room(*peers_.find(*peer))) to_be_had = peers_.union_of_free();
  }
  return out;
}

} // namespace hive::swarm
