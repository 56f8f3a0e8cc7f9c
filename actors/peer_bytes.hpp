#pragma once
/// How pieces of contents leave this node and how peers are asked for theirs: the piece server, the
/// rules of connections to peers, and the thread that hashes the pieces of blobs. Not an actor;
/// owned by the node, used by the swarm.

#include "actors/swarm.hpp"
#include "core/transfer/worker.hpp"
#include "core/trust/peer_tls.hpp"
#include "core/upload/piece_server.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

namespace hive::actors {

class peer_bytes {
 public:
  /// `rate`: bytes per second all pieces together may take now, 0: no limit; any thread.
  /// errc::no_hive, errc::bad_config.
  static result<std::unique_ptr<peer_bytes>> open(const store::home& where,
                                                  std::function<std::uint64_t()> rate);
  ~peer_bytes();
  peer_bytes(const peer_bytes&) = delete;
  peer_bytes& operator=(const peer_bytes&) = delete;

  /// Fills in what the swarm needs; this must outlive it.
  void equip(swarm_deps& swarm);
  /// A member's connection that speaks trust::bytes_protocol. Any thread.
  void take(trust::established who) { server_->take(std::move(who)); }
  upload::server_counts counts() const noexcept { return server_->counts(); }

 private:
  peer_bytes(trust::peer_tls files, std::shared_ptr<const trust::peer_trust> trust,
             std::function<std::uint64_t()> rate);

  trust::peer_tls files_;
  std::shared_ptr<const trust::peer_trust> trust_;
  std::shared_ptr<swarm_line> line_{std::make_shared<swarm_line>()};
  std::shared_ptr<std::atomic<bool>> closing_{std::make_shared<std::atomic<bool>>(false)};
  std::unique_ptr<upload::piece_server> server_;
  std::unique_ptr<transfer::worker> hashing_;
};

/// Connections to the peer `who`: mutual TLS with the hive's certificates, and nobody else at the
/// other end.
std::shared_ptr<const net::tls_rules> rules_for(const node_id& who, trust::peer_tls files,
                                                std::shared_ptr<const trust::peer_trust> trust);

} // namespace hive::actors
