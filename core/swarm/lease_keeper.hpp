#pragma once
/// One node's view of the lease of one content: hears what others tell, judges whether the owner
/// still gets on, and takes the lease when it is this node's turn. Pure.

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/swarm/action.hpp"
#include "core/swarm/lease.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hive::swarm {

struct lease_policy {
  std::chrono::milliseconds renewal{std::chrono::seconds{2}};
  /// Of an owner out of reach; it may come back.
  std::chrono::milliseconds out_of_reach{std::chrono::seconds{5}};
  /// Without a new byte.
  std::chrono::milliseconds stuck{std::chrono::seconds{30}};
  /// The next in the order waits so much longer, in case the first does not take it.
  std::chrono::milliseconds turn{std::chrono::seconds{3}};
  int turns{5}; ///< beyond that all wait alike
};

enum class reach : std::uint8_t {
  ok,
  unreachable, ///< silent: it may come back as it was
  gone,        ///< left, down, or another life of it has begun: it will not
};

/// Of the content, what neither this node nor any in reach has.
enum class lack : std::uint8_t {
  nothing,
  something,
  for_good, ///< something, and the lease's owner is barred: it will not come from there
};

/// A node that takes part in the content.
struct participant {
  node_id node;
  reach standing{reach::ok};
  bool can_fetch{true}; ///< has WAN and room
  friend bool operator==(const participant&, const participant&) = default;
};

class lease_keeper {
 public:
  lease_keeper(std::string content, std::uint64_t size, node_id self, lease_policy policy = {});

  // All of these may yield `lease_changed`, and `tell` without receivers: the caller knows who is
  // to hear it (everybody who takes part).

  /// Also about this node itself.
  actions hear(const participant& who, time_point now);
  /// Another node's word. errc::bad_request for one that cannot be, not_found for an owner nobody
  /// has told of: both are dropped without a change.
  result<actions> hear(const lease& told, time_point now);
  /// Bytes that are here now, verified or not; counts only while this node is the owner.
  void progressed(std::uint64_t bytes, time_point now);
  /// Only a node that lacks something takes the lease.
  void lacks(lack what, time_point now);
  /// The whole content is here, its digest right.
  actions finished(time_point now);
  /// This node will not fetch any longer: `human` says why.
  actions give_up(const std::string& human, time_point now);
  actions tick(time_point now);

  const lease& now() const noexcept { return lease_; }
  bool mine() const noexcept { return lease_.state == lease_state::held && lease_.owner == self_; }
  /// Whether the owner's word is the word of the manifest.
  bool owned_by(const node_id& who) const noexcept { return lease_.owner == who; }

 private:
  struct member {
    participant what;
    time_point since; ///< of its standing
    std::uint64_t weight;
    int failures{0}; ///< leases it lost for want of bytes: others come first
  };

  void adopt(const lease& next, time_point now, actions& out);
  void follow(const lease& next, time_point now, actions& out);
  std::optional<std::string> ended(time_point now) const;
  int turn_of_self() const;
  bool may_take() const;
  actions take(time_point now);
  actions renew(time_point now);
  void note_failure();

  std::string content_;
  std::uint64_t size_;
  node_id self_;
  lease_policy policy_;
  std::map<node_id, member> members_;
  lease lease_;
  time_point heard_at_{};    ///< of this owner, epoch and state for the first time
  time_point progress_at_{}; ///< the owner's last new byte
  time_point renewed_at_{};
  std::optional<time_point> ticked_at_;
  std::optional<time_point> woke_at_; ///< after not running for long: what others did is not known
  lack lacking_{lack::nothing};
  std::optional<time_point> lacking_since_;
  std::optional<time_point> open_since_; ///< somebody may take it
};

} // namespace hive::swarm
