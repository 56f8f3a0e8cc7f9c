#include "core/sim/swarm_model.hpp"

#include "core/base/ascii.hpp"
#include "core/base/digest.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace hive::sim {

namespace {

constexpr milliseconds beginning = 1h;
constexpr int passes = 3; ///< of sharing out what others leave

swarm::piece_hash hash_of(std::uint64_t value) {
  const auto hex = sha256_hex(std::to_string(value));
  swarm::piece_hash out{};
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::byte>(ascii::hex_value(hex[2 * i]) * 16 +
                                    ascii::hex_value(hex[2 * i + 1]));
  return out;
}

} // namespace

swarm_model::swarm_model(swarm_setup setup)
  : setup_(std::move(setup)),
    content_("sha256:" + sha256_hex("content " + std::to_string(setup_.seed))),
    nodes_(setup_.nodes) {
  const auto grid = swarm::piece_grid::of(setup_.size);
  for (swarm::piece_index i = 0; i < grid->count(); ++i) right_.push_back({i, hash_of(truth(i))});
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const auto own = setup_.others.find(i);
    nodes_[i].rates = own == setup_.others.end() ? setup_.rates : own->second;
    open(i);
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) meet_all(i);
}

/// A node has met its hive before it opens a share.
void swarm_model::meet_all(std::size_t who) {
  for (std::size_t other = 0; other < nodes_.size(); ++other) {
    if (other == who || nodes_[other].dead || !linked(who, other)) continue;
    nodes_[who].told[other] = swarm::reach::ok;
    perform(who, nodes_[who].share->hear({id(other)}, clock()));
  }
}

node_id swarm_model::id(std::size_t node) const {
  const auto digits = std::to_string(node);
  return {std::string(26 - digits.size(), '0') + digits};
}

std::size_t swarm_model::index(const node_id& id) const {
  return static_cast<std::size_t>(std::stoull(id.value));
}

std::uint64_t swarm_model::truth(swarm::piece_index piece) const {
  return setup_.seed * 1000003 + piece * 2;
}

swarm::piece_claim swarm_model::claim(swarm::piece_index piece, std::uint64_t value) const {
  return value == truth(piece) ? right_[piece] : swarm::piece_claim{piece, hash_of(value)};
}

void swarm_model::open(std::size_t who) {
  auto& n = nodes_[who];
  auto made = swarm::share::open({content_, setup_.size, id(who), setup_.seed * 7919 + who});
  if (!made) throw std::runtime_error(sentence(made.why()));
  n.share = std::move(*made);
  n.told.assign(nodes_.size(), swarm::reach::gone);
  perform(who, n.share->hear({id(who)}, clock()));
  for (const auto& [piece, value] : std::exchange(n.disk, {}))
    perform(who, n.share->found(claim(piece, value), clock()));
  last_fault_ = now_; // so that everybody hears of it
}

void swarm_model::kill(std::size_t node) {
  auto& gone = nodes_[node];
  gone.dead = last_fault_ = now_;
  gone.letters.clear();
  gone.fetches.clear();
  std::erase_if(flows_, [&](const flow& f) {
    if (f.to == node) send(node, f.from, abandoned{f.piece});
    if (f.from == node) send(node, f.to, refused{f.piece, errc::connection_cut});
    return f.to == node || f.from == node;
  });
}

void swarm_model::restart(std::size_t node) {
  auto& n = nodes_[node];
  n.dead.reset();
  n.back = now_;
  n.whole = false;
  for (std::size_t i = 0; i < nodes_.size(); ++i) // another life of it has begun
    if (i != node && runs(i) && linked(i, node) && nodes_[i].told[node] != swarm::reach::gone) {
      nodes_[i].told[node] = swarm::reach::gone;
      perform(i, nodes_[i].share->hear({id(node), swarm::reach::gone}, clock()));
    }
  open(node);
  meet_all(node);
}

void swarm_model::freeze(std::size_t node) {
  nodes_[node].frozen = last_fault_ = now_;
}

void swarm_model::thaw(std::size_t node) {
  nodes_[node].frozen.reset();
  nodes_[node].back = last_fault_ = now_;
}

void swarm_model::lie(std::size_t node) {
  nodes_[node].liar = true;
}

void swarm_model::cut(std::size_t node, int island) {
  nodes_[node].island = island;
  cut_at_ = last_fault_ = now_;
}

void swarm_model::heal() {
  for (auto& n : nodes_) n.island = 0;
  joined_ = last_fault_ = now_;
}

bool swarm_model::linked(std::size_t a, std::size_t b) const {
  return nodes_[a].island == nodes_[b].island;
}

swarm::reach swarm_model::standing(std::size_t observer, std::size_t subject) const {
  using swarm::reach;
  const auto& n = nodes_[subject];
  const auto silent = [&](milliseconds since, milliseconds seen) {
    if (now_ - since < seen) return nodes_[observer].told[subject];
    return now_ - since < setup_.silence_down ? reach::unreachable : reach::gone;
  };
  if (n.dead) return silent(*n.dead, setup_.death_seen);
  if (n.frozen) return silent(*n.frozen, setup_.silence_seen);
  if (!linked(observer, subject)) return silent(cut_at_, setup_.silence_seen);
  const auto since = std::max(n.back, joined_);
  return now_ - since < setup_.return_seen ? nodes_[observer].told[subject] : reach::ok;
}

void swarm_model::tell_membership() {
  if (now_ - last_fault_ > setup_.silence_down + 1s) return;
  for (std::size_t who = 0; who < nodes_.size(); ++who)
    for (std::size_t other = 0; other < nodes_.size() && runs(who); ++other) {
      if (other == who) continue;
      const auto next = standing(who, other);
      if (std::exchange(nodes_[who].told[other], next) == next) continue;
      perform(who, nodes_[who].share->hear({id(other), next}, clock()));
    }
}

bool swarm_model::all_whole() const {
  return std::all_of(nodes_.begin(), nodes_.end(),
                     [](const machine& n) { return n.dead || n.whole; });
}

std::optional<std::size_t> swarm_model::fetcher(std::size_t node) const {
  const auto& now_held = nodes_[node].share->who_fetches();
  if (now_held.state != swarm::lease_state::held) return std::nullopt;
  return index(now_held.owner);
}

swarm::tally swarm_model::counts() const {
  swarm::tally sum;
  for (const auto& n : nodes_)
    if (!n.dead) sum += n.share->counts();
  return sum;
}

bool swarm_model::run(milliseconds limit, const std::function<bool()>& done) {
  while (!done()) {
    if (now_ - beginning >= limit) return false;
    step();
  }
  return true;
}

void swarm_model::pass(milliseconds span) {
  for (const auto end = now_ + span; now_ < end;) step();
}

void swarm_model::step() {
  now_ += setup_.step;
  if (now_.count() % 100 == 0) tell_membership(), watch_leases();
  std::vector<double> room(nodes_.size());
  const auto span = std::chrono::duration<double>(setup_.step).count();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (!runs(i)) continue;
    deliver(i);
    room[i] = nodes_[i].rates.disk * span;
    move_wan(i, room[i]);
    room[i] = std::min(room[i], nodes_[i].rates.down * span);
  }
  move_flows(room);
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (runs(i) && (now_ + setup_.step * static_cast<int>(i)) % setup_.tick == 0ms)
      perform(i, nodes_[i].share->tick(clock()));
}

void swarm_model::deliver(std::size_t who) {
  auto& letters = nodes_[who].letters;
  while (!letters.empty() && letters.front().due <= now_) {
    const auto next = std::move(letters.front());
    letters.pop_front();
    read(who, next);
  }
}

void swarm_model::read(std::size_t who, const letter& l) {
  auto& share = *nodes_[who].share;
  const auto from = id(l.from);
  if (const auto* word = std::get_if<swarm::note>(&l.what)) {
    if (auto did = share.hear(from, *word, clock())) perform(who, std::move(*did));
  } else if (const auto* ask = std::get_if<asked>(&l.what)) {
    perform(who, share.asked(from, ask->piece, clock()));
  } else if (const auto* drop = std::get_if<abandoned>(&l.what)) {
    drop_flow(who, l.from, drop->piece);
    perform(who, share.served(from, drop->piece, false, clock()));
  } else if (const auto* no = std::get_if<refused>(&l.what)) {
    perform(who, share.failed(from, no->piece, no->why, clock()));
  }
}

void swarm_model::send(std::size_t from, std::size_t to, decltype(letter::what) what) {
  if (!linked(from, to)) return;
  if (nodes_[to].dead) {
    if (const auto* ask = std::get_if<asked>(&what))
      send(to, from, refused{ask->piece, errc::unreachable});
    return;
  }
  nodes_[to].letters.push_back({now_ + setup_.latency, from, std::move(what)});
}

void swarm_model::move_wan(std::size_t who, double& room) {
  auto& fetches = nodes_[who].fetches;
  if (fetches.empty()) return;
  const auto span = std::chrono::duration<double>(setup_.step).count();
  const auto each =
      std::min(room, nodes_[who].rates.wan * span) / static_cast<double>(fetches.size());
  std::vector<swarm::piece_index> landed;
  for (auto& f : fetches) {
    const auto bytes = std::min(each, f.left);
    // Whole bytes: what is left over comes with the next.
    const auto whole_bytes =
        static_cast<std::uint64_t>(f.left) - static_cast<std::uint64_t>(f.left - bytes);
    f.left -= bytes;
    room -= bytes;
    wan_ += whole_bytes;
    nodes_[who].share->fetching(f.piece, whole_bytes, clock());
    if (f.left < 1) landed.push_back(f.piece);
  }
  std::erase_if(fetches, [](const wan_fetch& f) { return f.left < 1; });
  for (const auto piece : landed) {
    arriving_[{who, piece}] = truth(piece);
    perform(who, nodes_[who].share->fetched(claim(piece, truth(piece)), clock()));
  }
}

/// Equal parts of what the sender has, as far as the receiver has room; what that leaves over goes
/// round again.
void swarm_model::share_out(std::vector<double>& up, std::vector<double>& in) {
  std::vector<double> senders(nodes_.size());
  std::vector<double> offered(nodes_.size());
  const auto open = [&](const flow& f) {
    return f.now < f.left && up[f.from] > 1 && in[f.to] > 1 && runs(f.from) && runs(f.to) &&
           linked(f.from, f.to);
  };
  for (const auto& f : flows_)
    if (open(f)) senders[f.from] += 1;
  for (const auto& f : flows_)
    if (open(f)) offered[f.to] += up[f.from] / senders[f.from];
  const auto up_before = up;
  const auto in_before = in;
  for (auto& f : flows_) {
    if (f.now >= f.left || senders[f.from] == 0 || offered[f.to] == 0 || !runs(f.from) ||
        !runs(f.to) || !linked(f.from, f.to) || up_before[f.from] <= 1 || in_before[f.to] <= 1)
      continue;
    const auto part =
        up_before[f.from] / senders[f.from] * std::min(1.0, in_before[f.to] / offered[f.to]);
    const auto bytes = std::min(part, f.left - f.now);
    f.now += bytes;
    up[f.from] -= bytes;
    in[f.to] -= bytes;
  }
}

void swarm_model::move_flows(std::vector<double>& room) {
  const auto span = std::chrono::duration<double>(setup_.step).count();
  std::vector<double> up;
  for (const auto& n : nodes_) up.push_back(n.rates.up * span);
  for (auto& f : flows_) f.now = 0;
  for (int i = 0; i < passes; ++i) share_out(up, room);
  std::vector<flow> done;
  for (auto& f : flows_) {
    if (f.now <= 0) continue;
    const auto bytes =
        static_cast<std::uint64_t>(f.left) - static_cast<std::uint64_t>(f.left - f.now);
    f.left -= f.now;
    nodes_[f.to].share->came(id(f.from), f.piece, bytes, clock());
    nodes_[f.from].share->went(id(f.to), f.piece, bytes, clock());
    if (f.left < 1) done.push_back(f);
  }
  std::erase_if(flows_, [](const flow& f) { return f.left < 1; });
  for (const auto& f : done) finish_flow(f);
}

void swarm_model::finish_flow(const flow& f) {
  arriving_[{f.to, f.piece}] = f.value;
  perform(f.to, nodes_[f.to].share->arrived(id(f.from), claim(f.piece, f.value), clock()));
  perform(f.from, nodes_[f.from].share->served(id(f.to), f.piece, true, clock()));
}

bool swarm_model::drop_flow(std::size_t from, std::size_t to, swarm::piece_index piece) {
  return std::erase_if(flows_, [&](const flow& f) {
           return f.from == from && f.to == to && f.piece == piece;
         }) > 0;
}

void swarm_model::watch_leases() {
  std::set<int> islands;
  bool two = false;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const auto& held = nodes_[i].share->who_fetches();
    if (runs(i) && held.state == swarm::lease_state::held && held.owner == id(i))
      two = !islands.insert(nodes_[i].island).second || two;
  }
  if (!two) double_since_ = now_;
  longest_double_ = std::max(longest_double_, now_ - double_since_);
}

} // namespace hive::sim
