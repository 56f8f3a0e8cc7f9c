#pragma once
/// The clockwork of membership, in one place. Figures: docs/cluster.md.

#include <chrono>
#include <cstddef>

namespace hive::cluster::timing {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

inline constexpr milliseconds beat = 1s;          ///< heartbeats and news
inline constexpr milliseconds suspect_after = 3s; ///< of silence; others are asked to try
inline constexpr milliseconds unreachable_after = 5s;
inline constexpr milliseconds down_after = 15s;
inline constexpr milliseconds indirect_counts = 2s; ///< so long others' word replaces one's own
inline constexpr milliseconds lateness = 500ms;     ///< a wake-up later than this is own slowness
inline constexpr milliseconds grace = 4s; ///< for a member to contradict what a table says of it
inline constexpr milliseconds unanswered_after = 3s; ///< unreachable for a watch never answered
inline constexpr milliseconds widen_after = 2s; ///< of silence: others are watched in its place
inline constexpr std::chrono::hours listed = std::chrono::hours{72};

inline constexpr std::size_t watched = 8;       ///< ring successors
inline constexpr std::size_t random_peers = 6;  ///< who also get the news
inline constexpr std::size_t helpers = 3;       ///< asked to try a silent member
inline constexpr std::size_t widening = 8;      ///< factor by which more are watched in a partition
inline constexpr int news_rounds = 2;           ///< beats for which a change is news
inline constexpr std::size_t news_messages = 4; ///< of `max_rows`, to each who gets the news
inline constexpr int sync_beats = 10;           ///< between comparisons with a random member
inline constexpr int tidy_beats = 60;           ///< between searches for expired rows
inline constexpr int farewell_beats = 2;        ///< in which a parting node says so
inline constexpr int most_stretch = 8;          ///< of own time-outs when this node is slow
inline constexpr std::size_t small_hive = 3;    ///< up to here one observer suffices

} // namespace hive::cluster::timing
