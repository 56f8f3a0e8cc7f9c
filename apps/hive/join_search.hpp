#pragma once
/// Whom a join asks of the nodes that are heard on the local network, and whose answer is the last
/// word. Whoever is heard may be anybody: only who shows the token's authority speaks for the hive.

#include "core/base/result.hpp"
#include "core/discovery/announcement.hpp"
#include "core/trust/join_message.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace hive::cli {

struct node_answer {
  result<trust::join_grant> what;
  bool authority_shown{false}; ///< by who answered
};

/// What is heard next; empty when it is time to stop.
using next_heard = std::function<std::optional<discovery::sighting>()>;
/// Asks at "host:port".
using ask_at = std::function<node_answer(const std::string&)>;

inline constexpr std::size_t most_asked = 32; ///< addresses

/// Each address is asked once. The grant; the hive's refusal; when nobody spoke for the hive, or
/// only nodes that let nobody in, why one of them did not; empty when nobody was heard.
std::optional<result<trust::join_grant>> ask_around(const next_heard& next, const ask_at& ask);

} // namespace hive::cli
