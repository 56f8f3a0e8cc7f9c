#include "actors/links.hpp"

#include "actors/spelling.hpp"
#include "core/base/version.hpp"
#include "core/job/log.hpp"
#include "core/link/client_call.hpp"
#include "core/trust/hive_folder.hpp"

namespace hive::actors {

template <class Message>
void real_links::tell_cluster(Message what) {
  const std::lock_guard hold{mutex_};
  if (whom_) post(whom_, std::move(what));
}

result<std::shared_ptr<real_links>> real_links::open(const store::home& home, const node_id& self) {
  HIVE_TRY(const auto hive, trust::hive_folder::open(home));
  auto out = std::make_shared<real_links>();
  out->home_ = home;
  out->authority_ = hive.chain().authority;
  link::exchange_options options;
  options.home = home;
  options.self = self;
  auto* const at = out.get();
  options.on_link = [at](link::link_made what) {
    at->tell_cluster(link_up{std::make_shared<link::link_made>(std::move(what))});
  };
  options.on_dial_ended = [at](link::dial_ended what) {
    at->tell_cluster(dial_over{std::move(what)});
  };
  options.on_stale = [at](node_id who, link::link_book::number id) {
    at->tell_cluster(link_stale{std::move(who), id});
  };
  HIVE_TRY(out->exchange_, link::exchange::open(std::move(options)));
  return out;
}

void real_links::attach(caf::actor_system& system) {
  wires_ = std::make_unique<wire_port>(system);
}

void real_links::close() {
  std::unique_ptr<link::exchange> ends;
  {
    const std::lock_guard hold{mutex_};
    whom_ = nullptr;
    ends.swap(exchange_);
  }
  ends.reset();
  clients_->cut_all();
  wires_.reset();
}

void real_links::take(trust::established from) {
  const std::lock_guard hold{mutex_};
  if (exchange_) exchange_->take(std::move(from));
}

/// The lock is held while CAF gets it, so that `close` comes before or after.
void real_links::take_client(trust::established from) {
  const std::lock_guard hold{mutex_};
  if (!exchange_) return;
  const auto place = clients_->admit(from.peer, from.from);
  if (!place)
    return link::refuse_client(std::move(from),
                               {cluster::cause::overloaded, "it has as many programs as it takes"});
  auto welcome = link::welcome_client(std::move(from));
  if (!welcome) return clients_->left(*place);
  clients_->hold(*place,
                 wires_->accept(std::move(*welcome),
                                [all = clients_, at = *place](cluster::cause) { all->left(at); }));
}

void real_links::serve(const cluster_actor& who) {
  clients_->cut_all(); // whom they knew has ended
  wires_->publish(caf::actor_cast<caf::actor>(who));
  const std::lock_guard hold{mutex_};
  whom_ = who;
  if (exchange_) exchange_->fall_silent();
}

void real_links::introduce(const cluster::row_ptr& self, std::vector<cluster::row_ptr> known) {
  const std::lock_guard hold{mutex_};
  if (!exchange_) return;
  link::greeting own;
  own.said.cluster = authority_->fingerprint();
  own.said.self = cluster::unseen(self);
  own.version = version();
  exchange_->introduce(std::move(own), std::move(known));
}

void real_links::remember(std::vector<cluster::row_ptr> known) {
  const std::lock_guard hold{mutex_};
  if (exchange_) exchange_->remember(std::move(known));
}

void real_links::dial(link::dial_order order) {
  const std::lock_guard hold{mutex_};
  if (exchange_) exchange_->dial(std::move(order));
}

void real_links::over(const node_id& peer, link::link_book::number id) {
  const std::lock_guard hold{mutex_};
  if (exchange_) exchange_->over(peer, id);
}

wire_ptr real_links::carry(peer_actor::pointer self, link::link_made& what, wire_port::met then) {
  const auto closed = [whom = peer_actor{self}, id = what.id](cluster::cause why) {
    post(whom, link_closed{id, why});
  };
  return what.order ? wires_->dial(self, std::move(what.wire), closed, std::move(then))
                    : wires_->accept(std::move(what.wire), closed);
}

void real_links::keep_wishes(std::vector<cluster::desired_record> wishes) {
  const std::lock_guard hold{mutex_};
  if (exchange_) exchange_->remember(std::move(wishes));
}

void real_links::look_up_barred() {
  bar({}, {});
}

void real_links::bar(trust::revocations more, node_id from) {
  const std::lock_guard hold{mutex_};
  if (!exchange_) return;
  exchange_->aside([this, heard = std::move(more), from = std::move(from)] {
    trust::hive_books books{home_};
    const auto good = heard.signed_by(*authority_);
    if (good.all().size() < heard.all().size())
      log(level::warning, "link", "revocations-refused",
          "node " + from.value + " told of " +
              std::to_string(heard.all().size() - good.all().size()) +
              " revocations that the hive's authority has not signed; look at that node, and "
              "revoke it if it is not yours alone any more");
    if (!good.all().empty()) {
      const auto kept =
          books.change_revoked([&](trust::revocations& book) { return book.merge(good); });
      if (!kept) log(level::warning, "link", "revocations-not-kept", sentence(kept.why()));
    }
    auto now = books.revoked();
    if (!now) return;
    clients_->cut(*now);
    tell_cluster(barred_found{std::make_shared<const trust::revocations>(std::move(*now))});
  });
}

} // namespace hive::actors
