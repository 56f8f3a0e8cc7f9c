#pragma once
/// How pieces of contents leave this node and how peers are asked for theirs: the piece server, the
/// rules of connections to peers, and the thread that hashes the pieces of blobs. Not an actor;
/// owned by the node, used by the swarm.

#include "actors/swarm.hpp"
#include "core/transfer/worker.hpp"
#include "core/trust/made_of_folder.hpp"
#include "core/upload/piece_server.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

namespace hive::actors {

/// Whom this node asks for pieces, with what is revoked by now.
using trust_source = trust::made_of_folder<std::shared_ptr<trust::peer_trust>>;

class peer_bytes {
 public:
  /// `rate`: what pieces share with the other door. errc::no_hive, errc::bad_config.
  static result<std::unique_ptr<peer_bytes>> open(const store::home& where,
                                                  std::shared_ptr<limits::divided_rate> rate);
  ~peer_bytes();
  peer_bytes(const peer_bytes&) = delete;
  peer_bytes& operator=(const peer_bytes&) = delete;

  /// Fills in what the swarm needs; this must outlive it.
  void equip(swarm_deps& swarm);
  /// A member's connection that speaks trust::bytes_protocol. Any thread.
  void take(trust::established who) { server_->take(std::move(who)); }
  upload::server_counts counts() const noexcept { return server_->counts(); }

 private:
  peer_bytes(trust::peer_tls files, std::shared_ptr<trust_source> trust,
             std::shared_ptr<limits::divided_rate> rate);

  trust::peer_tls files_;
  std::shared_ptr<trust_source> trust_;
  std::shared_ptr<swarm_line> line_{std::make_shared<swarm_line>()};
  std::shared_ptr<std::atomic<bool>> closing_{std::make_shared<std::atomic<bool>>(false)};
  std::unique_ptr<upload::piece_server> server_;
  std::unique_ptr<transfer::worker> hashing_;
};

} // namespace hive::actors
