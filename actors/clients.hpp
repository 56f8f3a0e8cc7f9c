#pragma once
/// The programs that have a link with this node and are none: how many, whose certificates they
/// show, and how they are cut off. Any thread.

#include "actors/wire.hpp"
#include "core/trust/revocations.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace hive::actors {

class clients {
 public:
  static constexpr std::size_t most = 64; ///< at a time

  /// A place for one more; none when all are taken.
  std::optional<std::uint64_t> admit(const trust::peer_identity& who, const std::string& from);
  /// Its connection, unless it is over already.
  void hold(std::uint64_t place, wire_ptr wire);
  void left(std::uint64_t place);

  void cut_all();
  /// Those whose certificate or node is barred.
  void cut(const trust::revocations& barred);

 private:
  struct client {
    trust::peer_identity who;
    std::string from; ///< "host:port"
    wire_ptr wire;    ///< null: not yet
  };

  std::mutex mutex_;
  std::uint64_t last_{0};
  std::map<std::uint64_t, client> all_;
};

} // namespace hive::actors
