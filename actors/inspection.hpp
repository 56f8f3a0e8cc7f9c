#pragma once
/// What can be seen of actors from outside, and asked about them. Plain values: they go to apps and
/// to other nodes.

#include "actors/description.hpp"
#include "core/base/ids.hpp"
#include "core/base/latency.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hive::actors {

/// Bounds of questions; whatever is beyond them counts as the bound.
inline constexpr std::size_t most_actors_listed = 1000;
inline constexpr std::chrono::seconds longest_window{10};
inline constexpr std::size_t most_traced = 20'000; ///< messages kept until somebody takes them
inline constexpr std::chrono::seconds longest_trace{60};

/// One actor at one instant.
struct actor_facts {
  std::uint64_t id{0};
  std::uint64_t parent{0}; ///< 0: spawned from outside
  std::string name;        ///< of its class
  std::string label;       ///< what it works at; may be empty
  job_id job;              ///< it works for; empty: none
  /// Its own word ("fetching"), else "handling", "queued" (messages wait) or "idle".
  std::string state;
  std::uint64_t children{0};
  std::chrono::milliseconds age{0};
  bool blocks{false};          ///< waits for disks, on a thread of its own
  std::uint64_t depth{0};      ///< messages that wait, without the one in hand
  std::uint64_t most_depth{0}; ///< since it began
  std::uint64_t handled{0};    ///< messages
  std::uint64_t skipped{0};    ///< put back for later
  std::uint64_t slow{0};       ///< messages that took longer than 250 ms, or up to 50 ms more
  std::uint64_t restarts{0};   ///< crashes of its class since the node started
  std::string last_error;      ///< the last warning or error it told; may be empty

  // Only while somebody watches; what came before is not in them.
  std::optional<std::chrono::nanoseconds> oldest; ///< age of the longest waiting message
  std::optional<latency_summary> handling;        ///< how long handlers took
  std::optional<latency_summary> waiting;         ///< how long messages waited before that

  // Over the window of the question.
  std::optional<double> rate;         ///< messages handled a second
  std::optional<double> busy;         ///< share of the time spent in handlers, 0 to 1
  std::optional<std::int64_t> growth; ///< of the depth
};

enum class actor_order : std::uint8_t { id = 0, queue, age, rate, time, growth };

struct actor_query {
  // Filters; what is empty holds nobody back.
  std::string name{}; ///< a part of name or label, in any case
  std::string job{};  ///< the beginning of its id
  std::string state{};
  std::uint64_t under{0}; ///< only this actor and what lives below it

  actor_order by{actor_order::id}; ///< the greatest first; `id`: ascending, paged
  std::size_t limit{100};
  std::uint64_t after{0}; ///< `id` only: the page begins behind this one
  /// For rate, busy and growth: the answer waits until so much time has been watched. 0: whatever
  /// has been, perhaps nothing.
  std::chrono::milliseconds window{0};
};

struct actor_page {
  std::vector<actor_facts> actors;
  std::uint64_t next{0};               ///< `after` of the next page; 0: there is none
  std::uint64_t alive{0};              ///< in all, without filters
  std::chrono::milliseconds window{0}; ///< what rate, busy and growth are of; 0: they are empty
};

/// A message an actor handled while it was watched.
struct handled_message {
  std::string type;
  std::uint64_t sender{0}; ///< 0: none, or from outside
  std::chrono::nanoseconds ago{0};
  std::chrono::nanoseconds took{0};
  std::chrono::nanoseconds waited{0};
};

struct actor_name {
  std::uint64_t id{0};
  std::string name;
  std::string label;
};

struct actor_detail {
  actor_facts facts;
  std::vector<actor_name> above;         ///< from its parent up to the root
  std::vector<actor_name> below;         ///< its children, at most 1,000
  std::vector<handled_message> messages; ///< the last 64 since it is looked at, newest last
  std::optional<description> self;       ///< what it says of itself
  std::string unsaid;                    ///< why there is none
};

enum class actor_action : std::uint8_t {
  cancel = 0, ///< the job it works for, or the transfer it is; bytes are kept
  pause,      ///< the job it works for
  resume,     ///< the same
  restart,    ///< ended as if it had crashed: whoever owns it does what it does then
  crash,      ///< for tests: the next message it handles throws
  freeze,     ///< for tests: it answers nothing for a while
  flood,      ///< for tests: 100,000 messages it has no use for
};

struct traced_message {
  std::uint64_t actor{0};
  std::string name; ///< of the actor's class
  std::string type; ///< of the message
  std::uint64_t sender{0};
  std::chrono::nanoseconds begin{0}; ///< since the trace began
  std::chrono::nanoseconds took{0};
  std::chrono::nanoseconds waited{0};
};

/// What was traced since it was last taken. A trace that nobody takes from for 3 s is over.
struct trace_part {
  std::vector<traced_message> messages;
  std::uint64_t lost{0}; ///< messages for which there was no room
  bool over{false};
};

} // namespace hive::actors
