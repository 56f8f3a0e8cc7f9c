#include "core/cluster/placement.hpp"

#include "core/base/random.hpp"

#include <algorithm>
#include <cmath>

namespace hive::cluster {

namespace {

bool is_present(const member_view& m, wall_time now) {
  return m.reach < reachability::unreachable || now - m.since <= replaced_after;
}

bool takes_work(const member_view& m, wall_time now) {
  const auto& row = *m.row;
  return row.life == lifecycle::up && !row.draining && is_present(m, now);
}

bool has_label(const member_row& row, const std::string& label) {
  return std::find(row.who->labels.begin(), row.who->labels.end(), label) != row.who->labels.end();
}

/// Weighted rendezvous: -weight / ln(uniform). A member that comes or goes moves only its own
/// share.
double score(const std::string& record, const member_row& row) {
  if (row.disk_class == 0) return 0;
  const auto drawn = mixed(ring_position({record}) ^ row.ring);
  const auto uniform = (static_cast<double>(drawn >> 11) + 0.5) * 0x1.0p-53;
  return -std::ldexp(1.0, std::min<int>(row.disk_class, 40)) / std::log(uniform);
}

std::vector<node_id> best_by_score(const desired_record& record,
                                   std::vector<const member_row*> candidates) {
  std::vector<std::pair<double, const member_row*>> ranked;
  for (const auto* one : candidates)
    if (const auto s = score(record.id, *one); s > 0) ranked.emplace_back(s, one);
  std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second->id() < b.second->id();
  });
  std::vector<node_id> out;
  for (const auto& [s, row] : ranked) {
    if (out.size() == record.where.copies) break;
    out.push_back(row->id());
  }
  return out;
}

bool is_wanted(const placement& where, const member_row& row) {
  switch (where.kind) {
  case placement_kind::node: return row.id().value == where.name;
  case placement_kind::all: return true;
  case placement_kind::label: return has_label(row, where.name);
  case placement_kind::copies: break;
  }
  return false;
}

} // namespace

std::vector<node_id> holders(const desired_record& record, const membership& hive, wall_time now) {
  std::vector<node_id> out;
  std::vector<const member_row*> candidates;
  if (record.removed) return out;
  const auto& table = hive.table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto& row = *table.at(i);
    if (record.where.kind == placement_kind::copies) {
      const auto view = hive.view(row.id());
      if (view && takes_work(*view, now)) candidates.push_back(&row);
    } else if (row.life < lifecycle::leaving && is_wanted(record.where, row)) {
      out.push_back(row.id());
    }
  }
  if (record.where.kind == placement_kind::copies) return best_by_score(record, candidates);
  std::sort(out.begin(), out.end());
  return out;
}

bool must_hold(const desired_record& record, const membership& hive, wall_time now) {
  const auto all = holders(record, hive, now);
  return std::find(all.begin(), all.end(), hive.self()->id()) != all.end();
}

} // namespace hive::cluster
