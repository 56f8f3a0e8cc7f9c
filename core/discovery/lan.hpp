#pragma once
/// This node on its local networks: announces it, and hears others. One thread of its own that
/// waits for sockets; networks that come and go are seen within 2 s. What cannot be opened is
/// logged and tried again: that a node is not heard is no reason for it not to run.

#include "core/discovery/announcement.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hive::discovery {

struct lan_options {
  /// What to say of this node; empty: it only listens, and asks who is there.
  std::optional<announcement> own;
  std::string listen; ///< "host:port" the node's peer port is bound to
  std::string hive;   ///< only nodes of this one are heard; empty: all
  node_id self;       ///< not heard; may be empty
  /// On the thread; must not block. At most 32 in a second, of a node that does not change once in
  /// 30 s, whichever network it is heard on; with all its addresses, as far as they are of those
  /// networks. Nothing of it is true because it was heard.
  std::function<void(const sighting&)> on_heard;
};

/// Where it is listened.
struct ears {
  std::vector<std::string> open;   ///< names of networks: "eth0"
  std::vector<std::string> failed; ///< "eth0: why"
};

class lan {
 public:
  /// errc::overloaded when no descriptor is left.
  static result<std::unique_ptr<lan>> open(lan_options options);
  /// Takes the announcement back and ends the thread.
  ~lan();
  lan(const lan&) = delete;
  lan& operator=(const lan&) = delete;

  /// As of the last look at the networks; waits for the first one. Any thread.
  ears networks() const;

 private:
  lan();
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace hive::discovery
