#include "core/cluster/roster.hpp"

#include <algorithm>
#include <utility>

namespace hive::cluster {

std::size_t roster::lower(std::uint64_t ring) const noexcept {
  const auto found =
      std::lower_bound(rows_.begin(), rows_.end(), ring,
                       [](const entry& e, std::uint64_t wanted) { return e.ring < wanted; });
  return static_cast<std::size_t>(found - rows_.begin());
}

const row_ptr* roster::at_ring(std::uint64_t ring) const noexcept {
  const auto place = lower(ring);
  return place < rows_.size() && rows_[place].ring == ring ? &rows_[place].row : nullptr;
}

const member_row* roster::find(const node_id& id) const noexcept {
  const auto* row = at_ring(ring_position(id));
  return row && (*row)->id() == id ? row->get() : nullptr;
}

row_ptr roster::share(const node_id& id) const noexcept {
  const auto* row = at_ring(ring_position(id));
  return row && (*row)->id() == id ? *row : nullptr;
}

std::size_t roster::after(std::uint64_t ring) const noexcept {
  const auto place = lower(ring);
  const auto next = place < rows_.size() && rows_[place].ring == ring ? place + 1 : place;
  return next < rows_.size() ? next : 0;
}

bool roster::put(row_ptr row) {
  const auto place = lower(row->ring);
  if (place < rows_.size() && rows_[place].ring == row->ring) {
    if (rows_[place].row->id() != row->id()) return false;
    count(*rows_[place].row, false);
    count(*row, true);
    rows_[place].row = std::move(row);
    return true;
  }
  if (rows_.size() >= max_members) return false;
  count(*row, true);
  const auto ring = row->ring;
  rows_.insert(rows_.begin() + static_cast<std::ptrdiff_t>(place), entry{ring, std::move(row)});
  return true;
}

void roster::remove(const node_id& id) {
  const auto place = lower(ring_position(id));
  if (place >= rows_.size() || rows_[place].row->id() != id) return;
  count(*rows_[place].row, false);
  rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(place));
}

std::vector<row_ptr> roster::bucket(std::size_t which) const {
  std::vector<row_ptr> out;
  const auto first = static_cast<std::uint64_t>(which) << 58;
  for (auto place = lower(first); place < rows_.size() && bucket_of(rows_[place].ring) == which;
       ++place)
    out.push_back(rows_[place].row);
  return out;
}

bool roster::is_lost(const node_id& id) const noexcept {
  if (lost_ == 0) return false;
  const auto* row = find(id);
  return row && reachability_of(*row) >= reachability::unreachable;
}

void roster::count(const member_row& row, bool in) {
  auto& sum = sums_[bucket_of(row.ring)];
  sum = in ? sum + row.hash : sum - row.hash;
  if (row.life >= lifecycle::left) return;
  const auto reach = reachability_of(row);
  expected_ += in ? 1 : std::size_t(-1);
  if (reach >= reachability::unreachable) lost_ += in ? 1 : std::size_t(-1);
  if (reach == reachability::ok) return;
  const auto at = std::lower_bound(troubled_.begin(), troubled_.end(), row.ring);
  if (in)
    troubled_.insert(at, row.ring);
  else if (at != troubled_.end() && *at == row.ring)
    troubled_.erase(at);
}

} // namespace hive::cluster
