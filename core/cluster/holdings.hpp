#pragma once
/// What each member holds, as every node knows it: one record per member, written by that member
/// alone, the newest wins. For people who look; who needs a content asks for it (core/swarm).

#include "core/base/result.hpp"
#include "core/cluster/replica.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace hive::cluster {

/// Bounds of one record; a member with more tells of the newest, and how many there are.
inline constexpr std::size_t max_held = 256;
inline constexpr std::size_t max_held_text = 32 << 10; ///< bytes of all its texts together
inline constexpr std::size_t max_held_revision = 64;
/// Records in one message: at most half a MiB.
inline constexpr std::size_t max_holdings_at_once = 16;

struct held_artifact {
  std::string id; ///< the same on every node for the same content
  std::string ref;
  std::string revision;
  friend bool operator==(const held_artifact&, const held_artifact&) = default;
};

struct holding {
  node_id who;
  std::uint64_t incarnation{0};         ///< of the life that wrote it
  std::uint64_t version{0};             ///< within that life
  std::uint64_t count{0};               ///< of all its artifacts
  std::vector<held_artifact> artifacts; ///< newest first, as many as the bounds allow
  friend bool operator==(const holding&, const holding&) = default;
};

/// errc::bad_request naming the field beyond its bound.
outcome check(const holding& r);
/// As many of `all` as one record may have.
std::vector<held_artifact> bounded(std::vector<held_artifact> all);

struct holding_rules;

class holdings {
 public:
  /// `incarnation`: greater than in every life before.
  holdings(node_id self, std::uint64_t incarnation);

  /// What this node holds now, newest first; whether that is news.
  bool set_own(std::vector<held_artifact> artifacts, std::uint64_t count);
  /// Takes records of others that `is_member`. How many changed something. Malformed ones, and
  /// words about this node that are not its own, are left out.
  std::size_t merge(const std::vector<holding>& others,
                    const std::function<bool(const node_id&)>& is_member);
  /// Null: it has not said.
  const holding* find(const node_id& who) const noexcept { return records_.find(who.value); }

  std::vector<holding> take_news() { return records_.take_news(max_holdings_at_once); }
  const digest_sums& sums() const noexcept { return records_.sums(); }
  std::vector<holding> differing(const digest_sums& others) {
    return records_.differing(others, max_holdings_at_once);
  }
  /// Drops those of who is no member any more.
  void tidy(const std::function<bool(const node_id&)>& is_member);

 private:
  holding own_;
  replica<holding, holding_rules> records_{max_members};
};

} // namespace hive::cluster
