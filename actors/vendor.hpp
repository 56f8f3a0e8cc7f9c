#pragma once
/// One vendor at work: runs its conversations, answers their questions over the engine, and gives
/// up those whose asker is gone.
///
/// Hears: resolve_reference (answered when the conversation is over), reply_arrived, pass_renewed.
/// Says:  host_asked (the job), at every question; else nothing but answers.
/// Never: runs more than `at_once` conversations; others wait in order.

#include "actors/protocol.hpp"

#include <memory>

namespace hive::actors {

struct vendor_deps {
  std::shared_ptr<const vendors::vendor> who;
  net::engine* engine{nullptr};                ///< outlives the actors
  transfer::service* service{nullptr};         ///< for its disk thread; outlives the actors
  std::vector<std::filesystem::path> adopt{};  ///< where copies of contents may lie
  std::vector<std::filesystem::path> builds{}; ///< whose recipes may be run
  std::size_t at_once{16};
};

vendor_actor spawn_vendor(caf::local_actor* parent, vendor_deps deps);

} // namespace hive::actors
