#pragma once
/// What the hive is to hold, as records every node has: last writer wins, deletions stay as
/// tombstones, any order and any number of deliveries lead to the same map. No node decides for
/// others: each asks `placement.hpp` what it has to hold itself.

#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/cluster/replica.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace hive::cluster {

inline constexpr std::size_t max_records = 16384; ///< tombstones included
inline constexpr std::size_t max_reference_length = 1024;
/// A node that was away for longer may bring a removed record back.
inline constexpr std::chrono::hours tombstones_last{24 * 30};

enum class placement_kind : std::uint8_t { node, all, copies, label };

/// Where: on one node, on all, on `copies` of them, on those with a label.
struct placement {
  placement_kind kind{placement_kind::all};
  std::string name; ///< a node's id, or a label
  std::uint16_t copies{0};
  friend bool operator==(const placement&, const placement&) = default;
};

struct desired_record {
  std::string id;   ///< ULID made by who asks: asking again with it is the same wish
  std::string what; ///< a reference, "hf:org/repo@rev"
  placement where;
  std::string asked_by;
  wall_time asked_at{};
  // The version: greater wins.
  std::uint64_t version{0};
  node_id writer; ///< decides between equal versions
  bool removed{false};
  wall_time written_at{};
  friend bool operator==(const desired_record&, const desired_record&) = default;
};

/// errc::bad_request naming the field beyond its bound.
outcome check(const desired_record& r);

struct desired_rules;

class desired_state {
 public:
  explicit desired_state(node_id self) : self_(std::move(self)) {}

  /// A new wish, or a changed `where` of one. The same again changes nothing. errc::conflict when
  /// the id stands for something else; errc::overloaded when there are too many.
  outcome ask(desired_record wish, wall_time now);
  /// errc::not_found for an id that is not there; removing twice is fine.
  outcome remove(const std::string& id, wall_time now);
  /// Takes records of others. How many changed something. Malformed ones, and new ones beyond the
  /// bound, are left out.
  std::size_t merge(const std::vector<desired_record>& others);

  const desired_record* find(const std::string& id) const noexcept { return records_.find(id); }
  /// In order of their ids, tombstones included.
  const std::map<std::string, desired_record>& all() const noexcept { return records_.all(); }

  /// Records changed since the last call, to be gossiped: at most `max_rows` at a time.
  std::vector<desired_record> take_news();
  const digest_sums& sums() const noexcept { return records_.sums(); }
  /// Records of the buckets in which `others` differs, at most `max_rows` from a turn that moves
  /// on.
  std::vector<desired_record> differing(const digest_sums& others);
  /// Drops tombstones older than `tombstones_last`.
  void tidy(wall_time now);

 private:
  void write(desired_record r, wall_time now);

  node_id self_;
  replica<desired_record, desired_rules> records_{max_records};
};

} // namespace hive::cluster
