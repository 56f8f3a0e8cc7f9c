#pragma once
/// What the cluster and its peers need of the network: links made, and carried by CAF. The real one
/// is core/link's exchange with a wire port; tests have another.

#include "actors/clients.hpp"
#include "actors/wire.hpp"
#include "core/link/exchange.hpp"
#include "core/trust/certificate.hpp"
#include "core/trust/revocations.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace hive::actors {

/// Any thread.
class links {
 public:
  virtual ~links() = default;
  /// Who hears link_up, dial_over and link_stale from now on, and whom callers reach.
  virtual void serve(const cluster_actor& who) = 0;
  /// This node is so, and knows these.
  virtual void introduce(const cluster::row_ptr& self, std::vector<cluster::row_ptr> known) = 0;
  virtual void remember(std::vector<cluster::row_ptr> known) = 0;
  virtual void dial(link::dial_order order) = 0;
  virtual void over(const node_id& peer, link::link_book::number id) = 0;
  /// Gives a link to CAF. link_closed comes to `self` when it is over; for one that was dialled,
  /// `then` gets the other node's cluster.
  virtual wire_ptr carry(peer_actor::pointer self, link::link_made& what, wire_port::met then) = 0;
  /// Keeps what the hive is to hold on disk for the next start.
  virtual void keep_wishes(std::vector<cluster::desired_record> wishes) = 0;
  /// Whom the hive has barred, as this home knows it, comes as barred_found.
  virtual void look_up_barred() = 0;
  /// Keeps those that the hive's authority has signed in the home, then as `look_up_barred`. `from`
  /// said so.
  virtual void bar(trust::revocations more, node_id from) = 0;
};

/// Of a home that belongs to a hive.
class real_links final : public links {
 public:
  /// `cluster`: the authority's fingerprint.
  static result<std::shared_ptr<real_links>> open(const store::home& home, const node_id& self);
  /// Before the first actor that uses it.
  void attach(caf::actor_system& system);
  /// No link is made or carried any more. Before the system ends.
  void close();
  /// What the peer port hands on: of a node, and of a program that is none.
  void take(trust::established from);
  void take_client(trust::established from);

  void serve(const cluster_actor& who) override;
  void introduce(const cluster::row_ptr& self, std::vector<cluster::row_ptr> known) override;
  void remember(std::vector<cluster::row_ptr> known) override;
  void dial(link::dial_order order) override;
  void over(const node_id& peer, link::link_book::number id) override;
  wire_ptr carry(peer_actor::pointer self, link::link_made& what, wire_port::met then) override;
  void keep_wishes(std::vector<cluster::desired_record> wishes) override;
  void look_up_barred() override;
  void bar(trust::revocations more, node_id from) override;

 private:
  template <class Message>
  void tell_cluster(Message what);

  store::home home_;
  std::optional<trust::certificate> authority_; ///< the hive's
  std::mutex mutex_;                            ///< of the two below
  std::unique_ptr<link::exchange> exchange_;
  cluster_actor whom_;
  std::unique_ptr<wire_port> wires_;
  std::shared_ptr<clients> clients_{std::make_shared<clients>()};
};

} // namespace hive::actors
