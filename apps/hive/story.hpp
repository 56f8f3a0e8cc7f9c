#pragma once
/// Event streams read aloud: what `hive events` and `hive jobs logs` print.

#include "apps/hive/client.hpp"

#include <cstdint>
#include <string>

namespace hive::cli {

struct story {
  std::string path;     ///< of the stream
  std::string since{};  ///< the event after which it begins, by its number; empty: the first
  bool json{false};     ///< data objects as they come
  bool with_job{false}; ///< each line names its job
  bool progress{true};  ///< tell progress as well
  std::string actor{};  ///< only what this one tells, by its id or the name of its class
  /// Stop at what is known already: at this sequence number, or when nothing comes for half a
  /// second. 0: until the stream ends or Ctrl-C.
  std::uint64_t until{0};
};

/// Yields the exit code.
int read_aloud(client& node, const story& what);

} // namespace hive::cli
