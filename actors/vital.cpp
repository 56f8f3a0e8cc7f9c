#include "actors/vital.hpp"

#include "actors/protocol.hpp"

#include <caf/send.hpp>

namespace hive::actors {
namespace {

constexpr int flood_size = 100'000;

} // namespace

void inject(const caf::actor& whom, fault kind, std::chrono::milliseconds lasting) {
  if (kind != fault::flood) {
    caf::anon_send(whom, inject_fault{kind, lasting});
    return;
  }
  for (int i = 0; i < flood_size; ++i) caf::anon_send(whom, i);
}

} // namespace hive::actors
