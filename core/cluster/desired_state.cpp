#include "core/cluster/desired_state.hpp"

#include "core/base/random.hpp"

#include <tuple>
#include <utility>

namespace hive::cluster {

namespace {

std::uint64_t text_number(const std::string& text) noexcept {
  return ring_position(node_id{text});
}

outcome bad(std::string what) {
  return fail(errc::bad_request, "a wish has " + std::move(what));
}

} // namespace

struct desired_rules {
  static const std::string& key(const desired_record& r) noexcept { return r.id; }

  static std::uint64_t hash(const desired_record& r) noexcept {
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
  static bool newer(const desired_record& a, const desired_record& b) noexcept {
    const auto place = [](const desired_record& r) {
      return std::tuple(r.version, std::string_view{r.writer.value});
    };
    if (place(a) != place(b)) return place(a) > place(b);
    return hash(a) > hash(b);
  }
};

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
  if (!is_datable(r.asked_at) || !is_datable(r.written_at)) return bad("an impossible time");
  return {};
}

void desired_state::write(desired_record r, wall_time now) {
  const auto* known = find(r.id);
  r.version = known ? known->version + 1 : 1;
  r.writer = self_;
  r.written_at = now;
  records_.put(r);
}

outcome desired_state::ask(desired_record wish, wall_time now) {
  wish.writer = self_;
  wish.removed = false;
  HIVE_CHECK(check(wish));
  const auto* known = find(wish.id);
  if (!known && records_.is_full())
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
    if (check(one) && records_.put(one)) ++changed;
  return changed;
}

std::vector<desired_record> desired_state::take_news() {
  return records_.take_news(max_rows);
}

std::vector<desired_record> desired_state::differing(const digest_sums& others) {
  return records_.differing(others, max_rows);
}

void desired_state::tidy(wall_time now) {
  records_.erase_if(
      [&](const desired_record& r) { return r.removed && now - r.written_at > tombstones_last; });
}

} // namespace hive::cluster
