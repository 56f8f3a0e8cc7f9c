#include "core/swarm/upload_desk.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace hive::swarm {

std::size_t upload_desk::waiting() const noexcept {
  std::size_t sum = 0;
  for (const auto& [id, who] : askers_) sum += who.line.size();
  return sum;
}

std::size_t upload_desk::slots_of(const node_id& peer) const {
  return static_cast<std::size_t>(
      std::count_if(served_.begin(), served_.end(), [&](const slot& s) { return s.peer == peer; }));
}

bool upload_desk::is_served(const node_id& peer, piece_index piece) const {
  return std::any_of(served_.begin(), served_.end(),
                     [&](const slot& s) { return s.peer == peer && s.piece == piece; });
}

std::uint64_t upload_desk::least_had() const {
  auto least = std::numeric_limits<std::uint64_t>::max();
  for (const auto& [id, who] : askers_) least = std::min(least, who.had);
  return askers_.empty() ? 0 : least;
}

actions upload_desk::asked(const node_id& peer, piece_index piece, const have_map& have,
                           const have_map& first, time_point now) {
  if (!have.has(piece)) return {refuse_piece{peer, piece, errc::not_found}};
  const auto known = askers_.find(peer);
  const auto open = known == askers_.end() ? 0 : known->second.line.size() + slots_of(peer);
  if (open >= policy_.asks_per_peer || (known == askers_.end() && askers_.size() >= policy_.askers))
    return {refuse_piece{peer, piece, errc::overloaded}};
  // A newcomer is not owed what others had before it came.
  auto& who = askers_.try_emplace(peer, asker{least_had(), {}}).first->second;
  if (is_served(peer, piece) ||
      std::find(who.line.begin(), who.line.end(), piece) != who.line.end())
    return {refuse_piece{peer, piece, errc::conflict}};
  who.line.push_back(piece);
  return grant_all(first, now);
}

/// Whether a slot may go to a piece that is not among the first.
bool upload_desk::may_serve_others(const have_map& first) const {
  if (!fetches_) return true;
  const auto others = std::count_if(served_.begin(), served_.end(),
                                    [&](const slot& s) { return !first.has(s.piece); });
  return static_cast<std::size_t>(others) < policy_.slots_while_fetching;
}

/// The next free slot: to a piece nobody else has, then to whom fewest are given, then to whom
/// fewest bytes went.
bool upload_desk::grant(const have_map& first, time_point now, actions& out) {
  if (served_.size() >= policy_.slots) return false;
  const bool others = may_serve_others(first);
  using rank = std::tuple<bool, std::size_t, std::uint64_t>;
  rank best{};
  const node_id* chosen = nullptr;
  std::size_t place = 0;
  for (const auto& [id, who] : askers_) {
    if (who.line.empty()) continue;
    const auto fresh =
        std::find_if(who.line.begin(), who.line.end(), [&](piece_index p) { return first.has(p); });
    if (fresh == who.line.end() && !others) continue;
    const rank now_its{fresh == who.line.end(), slots_of(id), who.had};
    if (chosen != nullptr && now_its >= best) continue;
    best = now_its;
    chosen = &id;
    place = fresh == who.line.end() ? 0 : static_cast<std::size_t>(fresh - who.line.begin());
  }
  if (chosen == nullptr) return false;
  auto& line = askers_.at(*chosen).line;
  const auto piece = line[place];
  line.erase(line.begin() + static_cast<std::ptrdiff_t>(place));
  served_.push_back({*chosen, piece, now});
  out.push_back(serve_piece{*chosen, piece});
  return true;
}

actions upload_desk::grant_all(const have_map& first, time_point now) {
  actions out;
  while (grant(first, now, out)) {
  }
  return out;
}

void upload_desk::went(const node_id& peer, piece_index piece, std::uint64_t bytes,
                       time_point now) {
  for (auto& its : served_) {
    if (its.peer != peer || its.piece != piece) continue;
    its.moved_at = now;
    askers_.at(peer).had += bytes;
    went_ += bytes;
    return;
  }
}

actions upload_desk::over(const node_id& peer, piece_index piece, const have_map& first,
                          time_point now) {
  std::erase_if(served_, [&](const slot& s) { return s.peer == peer && s.piece == piece; });
  if (const auto who = askers_.find(peer); who != askers_.end())
    std::erase(who->second.line, piece);
  return grant_all(first, now);
}

actions upload_desk::lose(const node_id& peer, const have_map& first, time_point now) {
  std::erase_if(served_, [&](const slot& s) { return s.peer == peer; });
  askers_.erase(peer);
  return grant_all(first, now);
}

actions upload_desk::tick(const have_map& first, time_point now) {
  actions out;
  for (std::size_t i = 0; i < served_.size();) {
    const auto& its = served_[i];
    if (now - its.moved_at < policy_.stall) {
      ++i;
      continue;
    }
    out.push_back(refuse_piece{its.peer, its.piece, errc::timed_out});
    served_.erase(served_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  append(out, grant_all(first, now));
  if (now - told_at_ < policy_.word) return out;
  told_at_ = now;
  for (const auto& [id, who] : askers_)
    if (!who.line.empty())
      out.push_back(tell{{id}, keeps_waiting{{who.line.begin(), who.line.end()}}});
  return out;
}

} // namespace hive::swarm
