#pragma once
/// The pulse of the node: what machine it runs on, how that does, and whether the node is healthy.
/// Reads files, so it has a thread of its own.
///
/// Hears: take_pulse (from outside); its own tick and look_for_devices.
/// Says:  narrate, when the reasons of ill health change, and when a tenth of the disk is left.
/// Never: waits for a tool, or reports a figure that it has not read.

#include "actors/protocol.hpp"

#include <atomic>

namespace hive::actors {

struct pulse_deps {
  narrator_actor narrator;
  std::uint64_t disk_reserve{0}; ///< bytes every plan leaves free
  std::shared_ptr<std::atomic<std::uint64_t>> restarts{
      std::make_shared<std::atomic<std::uint64_t>>(0)}; ///< of the group this actor belongs to
  std::function<machine::reading()> read{};
  /// One step of a round of looking for devices; the devices when the round is complete.
  std::function<std::optional<std::vector<machine::device>>()> survey{};
  std::function<std::string()> held_up{}; ///< what holds up every transfer; may be empty
};

pulse_actor spawn_pulse(caf::local_actor* parent, pulse_deps deps);

} // namespace hive::actors
