#include "core/cluster/desired_state.hpp"

#include "core/base/random.hpp"
#include "core/cluster/roster.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace hive::cluster {

namespace {

std::uint64_t text_number(const std::string& text) noexcept {
  return ring_position(node_id{text});
}

/// Of what has to be equal where two maps agree.
std::uint64_t hash_of(const desired_record& r) noexcept {
  std::uint64_t h = text_number(r.id);
  for (const auto part :
       {text_number(r.what), text_number(r.where.name), text_number(r.asked_by),
        text_number(r.writer.value), r.version, static_cast<std::uint64_t>(r.removed),
        static_cast<std::uint64_t>(r.where.kind), static_cast<std::uint64_t>(r.where.copies),
        static_cast<std::uint64_t>(r.asked_at.time_since_epoch().count()),
        static_cast<std::uint64_t>(r.written_at.time_since_epoch().count())})
    h = mixed(h ^ (part + 0x9e3779b97f4a7c15ull));
  return h;
}

/// The hash decides between contents that claim the same place.
bool newer(const desired_record& a, const desired_record& b) noexcept {
  const auto key = [](const desired_record& r) {
    return std::tuple(r.version, std::string_view{r.writer.value});
  };
  if (key(a) != key(b)) return key(a) > key(b);
  return hash_of(a) > hash_of(b);
}

std::size_t bucket_of(const std::string& id) noexcept {
  return roster::bucket_of(text_number(id));
}

outcome bad(std::string what) {
  return fail(errc::bad_request, "a wish has " + std::move(what));
}

} // namespace

outcome check(const desired_record& r) {
  if (!is_ulid(r.id)) return bad("an id that is no ULID");
  if (r.what.empty() || r.what.size() > max_reference_length)
    return bad("no reference, or one too long");
  if (r.where.kind > placement_kind::label) return bad("an unknown placement");
  if (r.where.name.size() > max_id_length) return bad("too long a name of a node or label");
  const bool named = r.where.kind == placement_kind::node || r.where.kind == placement_kind::label;
  if (named == r.where.name.empty()) return bad("a placement without, or with a needless, name");
  if ((r.where.kind == placement_kind::copies) == (r.where.copies == 0))
    return bad("a placement with a wrong number of copies");
  if (r.asked_by.size() > max_name_length) return bad("too long a name of who asked");
  if (r.writer.value.size() > max_id_length) return bad("too long an id of its writer");
  return {};
}

const desired_record* desired_state::find(const std::string& id) const noexcept {
  const auto found = records_.find(id);
  return found == records_.end() ? nullptr : &found->second;
}

bool desired_state::put(const desired_record& r) {
  const auto found = records_.find(r.id);
  auto& sum = sums_[bucket_of(r.id)];
  if (found != records_.end()) {
    if (!newer(r, found->second)) return false;
    sum -= hash_of(found->second);
    found->second = r;
  } else {
    if (records_.size() >= max_records) return false;
    records_.emplace(r.id, r);
  }
  sum += hash_of(r);
  news_.insert(r.id);
  return true;
}

void desired_state::write(desired_record r, wall_time now) {
  const auto* known = find(r.id);
  r.version = known ? known->version + 1 : 1;
  r.writer = self_;
  r.written_at = now;
  put(r);
}

outcome desired_state::ask(desired_record wish, wall_time now) {
  wish.writer = self_;
  wish.removed = false;
  HIVE_CHECK(check(wish));
  const auto* known = find(wish.id);
  if (!known && records_.size() >= max_records)
    return fail(errc::overloaded,
                "the hive keeps " + std::to_string(max_records) +
                    " records of what it should hold, and no more",
                "remove some that are no longer wanted");
  if (known && (known->what != wish.what || known->removed))
    return fail(errc::conflict, "the id " + wish.id + " was used for " + known->what,
                "make a new id for a new wish");
  if (known && known->where == wish.where) return {};
  write(std::move(wish), now);
  return {};
}

outcome desired_state::remove(const std::string& id, wall_time now) {
  const auto* known = find(id);
  if (!known) return fail(errc::not_found, "there is no wish " + id.substr(0, 32));
  if (known->removed) return {};
  auto gone = *known;
  gone.removed = true;
  write(std::move(gone), now);
  return {};
}

std::size_t desired_state::merge(const std::vector<desired_record>& others) {
  std::size_t changed = 0;
  for (const auto& one : others)
    if (check(one) && put(one)) ++changed;
  return changed;
}

std::vector<desired_record> desired_state::take_news() {
  std::vector<desired_record> out;
  while (!news_.empty() && out.size() < max_rows)
    if (const auto* r = find(news_.extract(news_.begin()).value())) out.push_back(*r);
  return out;
}

std::vector<desired_record> desired_state::differing(const digest_sums& others) {
  std::vector<const desired_record*> all;
  for (const auto& [id, r] : records_)
    if (const auto b = bucket_of(id); sums_[b] != others[b]) all.push_back(&r);
  std::vector<desired_record> out;
  for (std::size_t i = 0; i < std::min(all.size(), max_rows); ++i)
    out.push_back(*all[(turn_ + i) % all.size()]);
  if (!all.empty()) turn_ = (turn_ + out.size()) % all.size();
  return out;
}

void desired_state::tidy(wall_time now) {
  std::erase_if(records_, [&](const auto& entry) {
    const auto& r = entry.second;
    const bool old = r.removed && now - r.written_at > tombstones_last;
    if (old) sums_[bucket_of(r.id)] -= hash_of(r);
    return old;
  });
}

} // namespace hive::cluster
