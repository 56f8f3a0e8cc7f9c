#include "core/cluster/member.hpp"

#include "core/base/random.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace hive::cluster {

namespace {

constexpr std::array<std::string_view, 5> life_names{"joining", "up", "leaving", "left",
                                                     "forgotten"};
constexpr std::array<std::string_view, 4> reach_names{"ok", "suspect", "unreachable", "down"};
constexpr std::array<std::string_view, 15> cause_names{
    "none",   "silence",       "refused",     "reset",    "timeout",
    "tls",    "wrong-cluster", "bad-version", "banned",   "overloaded",
    "closed", "refuted",       "restarted",   "isolated", "asked"};

template <std::size_t N, class Enum>
std::string_view name_in(const std::array<std::string_view, N>& names, Enum value) noexcept {
  const auto at = static_cast<std::size_t>(value);
  return at < N ? names[at] : "unknown";
}

/// FNV-1a, mixed at the end: stable across machines and fast for short texts.
class text_hash {
 public:
  text_hash& add(std::string_view text) noexcept {
    for (const char c : text) {
      state_ ^= static_cast<unsigned char>(c);
      state_ *= 0x100000001b3ull;
    }
    return add(text.size());
  }
  text_hash& add(std::uint64_t value) noexcept {
    state_ = mixed(state_ ^ (value + 0x9e3779b97f4a7c15ull));
    return *this;
  }
  std::uint64_t value() const noexcept { return mixed(state_); }

 private:
  std::uint64_t state_{0xcbf29ce484222325ull};
};

std::uint64_t number(wall_time t) noexcept {
  return static_cast<std::uint64_t>(t.time_since_epoch().count());
}

std::uint64_t hash_of(const profile& p) noexcept {
  text_hash h;
  h.add(p.id.value).add(p.name).add(p.boot).add(p.protocol.oldest).add(p.protocol.newest);
  for (const auto& one : p.addresses) h.add(one);
  h.add(p.addresses.size());
  for (const auto& one : p.labels) h.add(one);
  return h.add(p.labels.size()).value();
}

std::uint64_t own_hash(const member_row& r) noexcept {
  return text_hash{}
      .add(hash_of(*r.who))
      .add(r.incarnation)
      .add(r.version)
      .add(static_cast<std::uint64_t>(r.life))
      .add(static_cast<std::uint64_t>(r.draining))
      .add(r.disk_class)
      .add(number(r.changed))
      .value();
}

std::uint64_t full_hash(const member_row& r) noexcept {
  text_hash h;
  h.add(own_hash(r));
  for (const auto& s : r.sightings)
    h.add(s.observer.value)
        .add(static_cast<std::uint64_t>(s.level))
        .add(static_cast<std::uint64_t>(s.why))
        .add(number(s.since));
  return h.value();
}

/// Stronger first: level, then who noticed first; the rest only makes the order total.
bool stronger(const sighting& a, const sighting& b) noexcept {
  const auto key = [](const sighting& s) {
    return std::tuple(-static_cast<int>(s.level), s.since, std::string_view{s.observer.value},
                      s.why);
  };
  return key(a) < key(b);
}

/// One word per observer, the strongest; of those the strongest two.
void tidy(std::vector<sighting>& all) {
  std::sort(all.begin(), all.end(), stronger);
  std::vector<sighting> kept;
  for (auto& one : all) {
    if (kept.size() == max_sightings) break;
    const bool known = std::any_of(kept.begin(), kept.end(),
                                   [&](const sighting& k) { return k.observer == one.observer; });
    if (!known) kept.push_back(std::move(one));
  }
  all = std::move(kept);
}

/// The order of the member's own word.
auto own_place(const member_row& r) noexcept {
  return std::tuple(r.incarnation, r.life == lifecycle::forgotten, r.who->boot, r.version);
}

/// The hash decides between contents that claim the same place, which only a faulty or copied node
/// writes.
bool own_part_newer(const member_row& a, const member_row& b) noexcept {
  if (own_place(a) != own_place(b)) return own_place(a) > own_place(b);
  return own_hash(a) > own_hash(b);
}

/// Whether a word about `of` still holds for the row that won.
bool still_holds(const sighting& s, const member_row& of, const member_row& winner) noexcept {
  if (of.incarnation != winner.incarnation) return false;
  return s.level == certainty::down || own_place(of) == own_place(winner);
}

outcome too_large(std::string_view what) {
  return fail(errc::bad_request, "a member's row has " + std::string{what});
}

outcome check_profile(const profile& p) {
  if (p.id.empty() || p.id.value.size() > max_id_length) return too_large("no id, or one too long");
  if (p.name.size() > max_name_length) return too_large("too long a name");
  if (p.addresses.size() > max_addresses) return too_large("too many addresses");
  for (const auto& one : p.addresses)
    if (one.empty() || one.size() > max_address_length) return too_large("an unusable address");
  if (p.labels.size() > max_labels) return too_large("too many labels");
  for (const auto& one : p.labels)
    if (one.empty() || one.size() > max_label_length) return too_large("an unusable label");
  if (p.protocol.oldest > p.protocol.newest) return too_large("an empty range of versions");
  return {};
}

} // namespace

std::string_view to_string(lifecycle l) noexcept {
  return name_in(life_names, l);
}
std::string_view to_string(reachability r) noexcept {
  return name_in(reach_names, r);
}
std::string_view to_string(cause c) noexcept {
  return name_in(cause_names, c);
}

std::uint64_t ring_position(const node_id& id) noexcept {
  return text_hash{}.add(id.value).value();
}

row_ptr sealed(member_row row) {
  tidy(row.sightings);
  row.ring = ring_position(row.id());
  row.hash = full_hash(row);
  return std::make_shared<const member_row>(std::move(row));
}

reachability reachability_of(const member_row& row) noexcept {
  if (row.sightings.empty() || row.life >= lifecycle::left) return reachability::ok;
  switch (row.sightings.front().level) {
  case certainty::down: return reachability::down;
  case certainty::alone: return reachability::unreachable;
  case certainty::vote: break;
  }
  return row.sightings.size() < 2 ? reachability::suspect : reachability::unreachable;
}

row_ptr merged(const row_ptr& a, const row_ptr& b) {
  if (a == b || a->hash == b->hash) return a;
  const auto& [winner, loser] = own_part_newer(*b, *a) ? std::tie(b, a) : std::tie(a, b);
  if (winner->incarnation > loser->incarnation) return winner;
  member_row out = *winner;
  for (const auto& s : loser->sightings)
    if (still_holds(s, *loser, *winner)) out.sightings.push_back(s);
  if (out.sightings.size() == winner->sightings.size()) return winner;
  auto made = sealed(std::move(out));
  if (made->hash == winner->hash) return winner;
  return made->hash == loser->hash ? loser : made;
}

row_ptr seen(const row_ptr& row, const sighting& more) {
  member_row out = *row;
  out.sightings.push_back(more);
  auto made = sealed(std::move(out));
  return made->hash == row->hash ? row : made;
}

row_ptr unseen(const row_ptr& row) {
  if (row->sightings.empty()) return row;
  member_row out = *row;
  out.sightings.clear();
  return sealed(std::move(out));
}

outcome check(const member_row& row) {
  if (!row.who) return too_large("no profile");
  HIVE_CHECK(check_profile(*row.who));
  if (row.incarnation >= max_incarnation) return too_large("an impossible incarnation");
  if (row.life > lifecycle::forgotten) return too_large("an unknown state");
  if (!is_datable(row.changed)) return too_large("a change at no possible time");
  if (row.sightings.size() > max_sightings) return too_large("too many observers");
  for (const auto& s : row.sightings) {
    if (!is_datable(s.since)) return too_large("an observer at no possible time");
    if (s.observer.empty() || s.observer.value.size() > max_id_length)
      return too_large("an observer without a usable id");
    if (s.level < certainty::vote || s.level > certainty::down)
      return too_large("an observer of unknown certainty");
  }
  if (row.sightings.size() == 2 && row.sightings[0].observer == row.sightings[1].observer)
    return too_large("the same observer twice");
  return {};
}

} // namespace hive::cluster
