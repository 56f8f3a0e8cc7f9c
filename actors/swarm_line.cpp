#include "actors/spelling.hpp"
#include "actors/swarm.hpp"

namespace hive::actors {

void swarm_line::open(swarm_actor who) {
  const std::lock_guard hold{mutex_};
  who_ = std::move(who);
}

void swarm_line::close() {
  const std::lock_guard hold{mutex_};
  who_ = nullptr;
}

void swarm_line::post_message(piece_asked m) {
  post(who_, std::move(m));
}
void swarm_line::post_message(piece_went m) {
  post(who_, m);
}
void swarm_line::post_message(piece_over m) {
  post(who_, m);
}

} // namespace hive::actors
