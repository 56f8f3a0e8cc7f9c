#pragma once
/// How actors look in JSON: times in seconds as `…_s`, null where nobody has watched.

#include "apps/http/backend.hpp"
#include "core/base/json.hpp"

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hive::http {

json::object actor_view(const actors::actor_facts& facts);
/// {"actors":[…],"next_cursor":…,"alive":…,"window_s":…}
json::object actor_page_view(const actor_page& page);
json::object actor_detail_view(const actor_detail& whole);
/// What an actor says of itself, with its lists as arrays of objects.
json::object description_view(const actors::description& what);

double in_seconds(std::chrono::nanoseconds time) noexcept;

/// Messages as events of a Chrome trace: complete events, one thread an actor, and a name for
/// every thread.
class trace_writer {
 public:
  /// The document up to its first event. `process`: what the process is called.
  std::string opening(const std::string& process);
  /// At most `most` of the messages, each after a comma.
  std::string events(const std::vector<actors::traced_message>& messages, std::uint64_t most);
  /// `lost`: messages for which there was no room; `ended`: of what it ended.
  std::string closing(std::uint64_t lost, std::string_view ended);

 private:
  std::set<std::uint64_t> named_; ///< actors
};

} // namespace hive::http
