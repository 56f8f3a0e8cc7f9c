#include "actors/cluster.hpp"

#include "actors/barring.hpp"
#include "actors/checkup.hpp"
#include "actors/hive_inspect.hpp"
#include "actors/member_facts.hpp"
#include "actors/neighbourhood.hpp"
#include "actors/peer.hpp"
#include "actors/quorum.hpp"
#include "actors/seeds.hpp"
#include "actors/spelling.hpp"
#include "actors/stock_keeper.hpp"
#include "actors/wish_keeper.hpp"
#include "core/base/random.hpp"

#include <algorithm>
#include <bit>
#include <map>

namespace hive::actors {
namespace {

constexpr std::chrono::seconds look_around_every{1};
constexpr std::uint64_t free_disk_every = 30; ///< looks
constexpr std::chrono::seconds pulse_limit{5};
constexpr std::uint64_t compare_every = 10; ///< looks
constexpr std::uint64_t hold_every = 5;

/// log2 of the free GiB, rounded down, plus one; 0: less than one.
std::uint8_t disk_class_of(std::uint64_t bytes) {
  return static_cast<std::uint8_t>(std::bit_width(bytes >> 30U));
}

class cluster_state {
 public:
  using handle = cluster_actor;
  static constexpr const char* name = "cluster";

  cluster_state(cluster_actor::pointer self, cluster_deps deps)
    : self_(self), deps_(std::move(deps)), core_(birth(), now()),
      neighbours_({self_, deps_.rooms, deps_.narrator, &core_, &peers_,
                   [this](const node_id& who) { dial(who); }}),
      wishes_(wish_parts()), stock_({self_, deps_.links_of ? deps_.catalog : catalog_actor{},
                                     &core_, by<carry_holdings>()}),
      barred_(deps_.links_of), quorum_(self_, &core_, &peers_),
      checkup_({self_, deps_.links_of, &core_, &peers_, by<carry_checkup>()}),
      seeds_(deps_.links_of ? deps_.seeds : std::vector<std::string>{}, deps_.seed) {}

  cluster_actor::behavior_type make_behavior() {
    on_exit_signal(
        self_, [this](const caf::actor_addr& who, const caf::error& why) { hear_exit(who, why); });
    if (deps_.links_of) deps_.links_of->serve(self_);
    introduce();
    perform(core_.tick(now()));
    look();
    return {
        [this](const watch_members& m) { watch_by(m.who); },
        [this](send_words& m) { pass_on(std::move(m)); },
        [this](const link_up& m) { link_is_up(m); },
        [this](const dial_over& m) { dial_is_over(m); },
        [this](const link_stale& m) {
          if (auto* at = find(m.who))
            tell(self_, at->at, m);
          else
            deps_.links_of->over(m.who, m.id);
        },
        [this](const peer_linked& m) { linked(m); },
        [this](const peer_lost& m) { lost(m); },
        [this](const words_heard& m) { perform(core_.hear(m.from, *m.what, now())); },
        [this](words_arrived& m) {
          if (listener_) tell(self_, listener_, std::move(m));
        },
        [this](const wishes_heard& m) { wishes_.hear(m.from, m.what); },
        [this](const holdings_heard& m) { stock_.hear(m.from, m.what); },
        [this](const revocations_heard& m) { barred_.hear(m.from, m.what); },
        [this](const checkup_heard& m) { checkup_.hear(m.from, m.what); },
        [this](const call_on& m) {
          if (auto* at = find(m.from)) tell(self_, at->at, m);
        },
        [this](const beat& m) { beat_at(m.at); },
        [this](const look_around&) { look(); },
        [this](const advertise& m) { advertise_at(m.addresses); },
        [this](const node_heard& m) { hear_of(m.what); },
        [this](const query_rooms&) { return deps_.rooms; },
        [this](const query_members&) { return show(); },
        [this](const drain_member& m) { return drain(m); },
        [this](const forget_member& m) { return forget(m); },
        [this](const find_neighbour& m) { return neighbours_.find(m.who); },
        [this](const list_neighbours&) { return neighbours_.all(); },
        [this](const find_job& m) { return neighbours_.find_job(m.id); },
        [this](const follow_job& m) { neighbours_.follow(m); },
        [this](place_wish& m) { return place(std::move(m.what)); },
        [this](const withdraw_wish& m) { return as_reply(wishes_.withdraw(m.id)); },
        [this](const list_wishes& m) { return wishes_.list(m); },
        [this](const confirm_majority&) { return quorum_.confirm(); },
        [this](const count_members&) { return count(); },
        [this](const check_members&) { return check(); },
        [this](const checkup_overdue& m) { checkup_.overdue(m.number); },
        [this](const reach_overdue& m) { neighbours_.overdue(m); },
        [this](const reconcile&) { wishes_.hold_what_is_due(); },
        [this](const barred_found& m) { know_barred(m.list); },
    };
  }

  description describe() const {
    const auto around = core_.around();
    description out;
    out.add("members", core_.table().size())
        .add("visible", around.visible)
        .add("expected", around.expected)
        .add("majority", around.has_majority())
        .add("isolated", core_.is_isolated())
        .add("stretch", core_.stretch())
        .add("incarnation", core_.incarnation())
        .add("links", static_cast<std::uint64_t>(std::ranges::count_if(
                          peers_, [](const auto& one) { return one.second.linked; })));
    std::vector<description> reconnects;
    for (const auto& [why, count] : lost_by_)
      reconnects.push_back(description{}.add("cause", cluster::to_string(why)).add("count", count));
    out.add("lost_links", reconnects);
    return out;
  }

 private:
  cluster::moment now() const {
    return {std::chrono::duration_cast<std::chrono::milliseconds>(
                self_->clock().now().time_since_epoch()),
            wall_now()};
  }

  wish_means wish_parts() {
    return {self_,
            deps_.rooms.queue,
            deps_.links_of,
            deps_.wishes,
            &core_,
            deps_.seed,
            by<carry_wishes>(),
            [this](const node_id& who) { return neighbours_.name_of(who); }};
  }

  /// Says words to a member that has a link.
  template <class Carry>
  std::function<void(const node_id&, decltype(Carry::what))> by() {
    return [this](const node_id& who, decltype(Carry::what) words) {
      say(who, Carry{std::move(words)});
    };
  }

  cluster::birth birth() {
    cluster::birth out;
    out.self.id = deps_.self;
    out.self.name = deps_.name;
    out.self.addresses = *deps_.addresses;
    out.self.labels = deps_.labels;
    out.self.protocol = cluster::spoken;
    out.self.boot = mixed(deps_.seed + ++*deps_.incarnation);
    out.incarnation = *deps_.incarnation;
    out.seed = deps_.seed;
    out.founds = deps_.founds && deps_.known.empty();
    for (const auto& row : deps_.known)
      if (row->id() != deps_.self) out.known.push_back(row);
    return out;
  }

  void say_fact(fact what) {
    tell(self_, deps_.narrator, narrate{std::move(what), event_kind_of_facts, {}, {}});
  }

  // What the core wants.
  void perform(cluster::actions what) {
    for (auto& one : what.send) route(one);
    for (const auto& one : what.events) happened(one);
    deps_.incarnation->store(core_.incarnation());
    if (what.remember && deps_.links_of) deps_.links_of->remember(core_.known());
    if (what.remember || !what.events.empty()) {
      introduce();
      tell_listener();
    }
    wake_at(what.wake);
  }

  void route(cluster::outgoing& one) {
    if (!deps_.links_of) return;
    auto& to = peer_of(one.to);
    tell(self_, to.at, carry{std::make_shared<const cluster::message>(std::move(one.what))});
  }

  void happened(const cluster::member_event& event) {
    using cluster::event_kind;
    if (event.subject->id() != deps_.self || event.kind >= event_kind::conflict)
      say_fact(member_fact(event));
    if (event.kind == event_kind::forgotten || event.kind == event_kind::expired ||
        event.kind == event_kind::left)
      dismiss(event.subject->id());
    if (event.kind == event_kind::back || event.kind == event_kind::restarted)
      if (auto* at = find(event.subject->id()); at != nullptr && !at->linked)
        tell(self_, at->at, seen_again{});
  }

  void wake_at(std::chrono::milliseconds when) {
    if (core_.is_over() || (wake_ && *wake_ <= when)) return;
    wake_ = when;
    tell_later(self_, self_, std::max(when - now().steady, std::chrono::milliseconds{0}),
               beat{when});
  }

  void beat_at(std::chrono::milliseconds when) {
    if (wake_ != when) return;
    wake_.reset();
    perform(core_.tick(now()));
  }

  void introduce() {
    if (!deps_.links_of || core_.is_over()) return;
    std::vector<cluster::row_ptr> rows;
    for (std::size_t i = 0; i < core_.table().size(); ++i) rows.push_back(core_.table().at(i));
    deps_.links_of->introduce(core_.self(), std::move(rows));
  }

  // Peers.
  known_peer* find(const node_id& who) {
    const auto at = peers_.find(who);
    return at == peers_.end() ? nullptr : &at->second;
  }

  known_peer& peer_of(const cluster::profile_ptr& who) {
    auto& at = peers_[who->id];
    if (!at.at) {
      at.at = spawn_peer(self_, {who, deps_.self, self_, deps_.links_of, deps_.rooms,
                                 mixed(deps_.seed ^ cluster::ring_position(who->id))});
    } else if (at.who != who && !who->addresses.empty()) {
      tell(self_, at.at, know_member{who});
    }
    at.who = who;
    return at;
  }

  void dial(const node_id& who) {
    const auto* const row = core_.table().find(who);
    if (row != nullptr && deps_.links_of) tell(self_, peer_of(row->who).at, link_wanted{});
  }

  void dismiss(const node_id& who) {
    const auto at = peers_.find(who);
    if (at == peers_.end()) return;
    order_stop(at->second.at, stop_reason::finished);
    parting_.push_back(std::move(at->second.at));
    peers_.erase(at);
  }

  void link_is_up(const link_up& m) {
    const auto& what = *m.what;
    if (what.order) seeds_.met(what.order->ticket, now().steady);
    auto& at = peer_of(what.peer.said.self->who);
    at.version = what.peer.version;
    if (!what.remark.empty())
      say_fact(link_fact(*at.who, "link.remark", level::warning, what.remark));
    tell(self_, at.at, m);
  }

  void dial_is_over(const dial_over& m) {
    const auto& what = m.what;
    if (what.order.only_looks) return checkup_.dialled(what);
    if (what.order.ticket == 0) {
      if (auto* at = find(what.order.who)) tell(self_, at->at, m);
      return;
    }
    const bool failed = what.why != cluster::cause::none && what.why != cluster::cause::closed;
    if (!failed) return seeds_.met(what.order.ticket, now().steady);
    const bool news = seeds_.failed(what.order.ticket, what.why, now().steady);
    ++lost_by_[what.why];
    if (news) say_fact(seed_fact(what.order.address, what.why, what.sentence));
  }

  void linked(const peer_linked& m) {
    auto* const at = find(m.who->id());
    if (at == nullptr) return;
    at->linked = true;
    at->rooms = m.rooms;
    if (const auto why = std::exchange(at->lost, std::nullopt)) ++reconnects_[*why];
    said_.erase(m.who->id());
    say_fact(
        link_fact(*at->who, "link.up", level::info, "there is a link with " + label(*at->who)));
    perform(core_.link_up(m.who, now()));
    compare_with(m.who->id());
    neighbours_.settled(m.who->id());
  }

  void lost(const peer_lost& m) {
    auto* const at = find(m.who);
    if (at == nullptr) return;
    const bool had = std::exchange(at->linked, false);
    wishes_.lost(m.who);
    stock_.lost(m.who);
    at->rooms = {};
    if (had) at->lost = m.why;
    ++lost_by_[m.why];
    // The same failure again and again is said once.
    auto& said = said_[m.who];
    if (had || said != m.why) {
      said = m.why;
      const auto what = had ? "the link with " + label(*at->who) + " is over"
                            : label(*at->who) + " cannot be reached";
      say_fact(link_fact(*at->who, "link.down", level::warning,
                         what + ": " + std::string{cluster::to_string(m.why)} +
                             (m.sentence.empty() ? "" : ", " + m.sentence),
                         m.why));
    }
    perform(core_.link_down(m.who, m.why, now()));
    neighbours_.settled(m.who);
  }

  /// The death of a peer is a bug; the group starts anew.
  void hear_exit(const caf::actor_addr& who, const caf::error& why) {
    const auto gone = std::ranges::find_if(parting_, [&](const auto& p) { return is(who, p); });
    if (gone != parting_.end()) {
      parting_.erase(gone);
      return;
    }
    if (!neighbours_.is_over(who)) self_->quit(why);
  }

  // Beside the core.
  void look() {
    dial_seeds();
    if (looks_++ % free_disk_every == 0)
      ask(self_, deps_.pulse, pulse_limit, take_pulse{})
          .then(
              [this](const pulse_taken& m) {
                if (m.now.disk)
                  perform(core_.set_disk_class(disk_class_of(m.now.disk->available), now()));
              },
              [](const caf::error&) {});
    gossip();
    quorum_.look();
    if (looks_ % hold_every == 1) {
      wishes_.hold_what_is_due();
      stock_.look();
    }
    tell_later(self_, self_, look_around_every, look_around{});
  }

  bool has_link(const node_id& who) {
    const auto* const at = find(who);
    return at != nullptr && at->linked;
  }

  void dial_seeds() {
    const auto linked = [this](const node_id& who) { return has_link(who); };
    for (auto& order : seeds_.due(now().steady, linked)) deps_.links_of->dial(std::move(order));
  }

  /// Not dialled at once: who floods the network is not to set the pace.
  void hear_of(const discovery::sighting& what) {
    if (!deps_.links_of || what.who.node == deps_.self || has_link(what.who.node)) return;
    if (seeds_.hear(what, now().steady)) say_fact(heard_fact(what));
  }

  // What the hive is to hold, what its members hold, and whom it has barred.
  /// News to a few members, and once in a while sums, so that two that differ find out.
  void gossip() {
    if (!deps_.links_of) return;
    if (const auto news = wishes_.take_news(); !news.empty())
      for (const auto& who : core_.confidants()) say(who->id, carry_wishes{{news, {}}});
    if (const auto news = stock_.take_news(); !news.empty())
      for (const auto& who : core_.confidants()) say(who->id, carry_holdings{{news, {}}});
    if (looks_ % compare_every != 0) return;
    wishes_.tidy();
    stock_.tidy();
    deps_.links_of->look_up_barred();
    for (const auto& who : core_.confidants()) compare_with(who->id);
  }

  void compare_with(const node_id& who) {
    say(who, carry_wishes{wishes_.sums()});
    say(who, carry_holdings{stock_.sums()});
    if (auto list = barred_.some(); !list.list.empty())
      say(who, carry_revocations{std::move(list)});
  }

  template <class Words>
  void say(const node_id& who, Words words) {
    if (auto* at = find(who); at != nullptr && at->linked) tell(self_, at->at, std::move(words));
  }

  void know_barred(const std::shared_ptr<const trust::revocations>& list) {
    const bool news = barred_.know(list);
    std::vector<node_id> out;
    for (const auto& [id, at] : peers_)
      if (at.linked && barred_.is_barred(id)) out.push_back(id);
    for (const auto& id : out) cut_off(id);
    if (news)
      for (const auto& who : core_.confidants()) compare_with(who->id);
  }

  /// A barred member's link ends; what it says is heard no more.
  void cut_off(const node_id& who) {
    if (find(who) == nullptr || who == deps_.self) return;
    dismiss(who);
    say_fact(link_fact({who, {}, {}, {}, {}, 0}, "link.barred", level::warning,
                       "node " + who.value + " was revoked; its link is cut",
                       cluster::cause::banned));
  }

  caf::result<wish_placed> place(cluster::desired_record wish) {
    const auto holders = wishes_.place(std::move(wish));
    if (!holders) return as_error(holders.why());
    wish_placed out;
    for (const auto& who : *holders) {
      if (who == deps_.self || neighbours_.is_in_reach(who))
        out.holders.push_back(who);
      else
        out.away.push_back(neighbours_.name_of(who));
    }
    return out;
  }

  void advertise_at(const std::vector<std::string>& addresses) {
    *deps_.addresses = addresses;
    perform(core_.set_addresses(addresses, now()));
  }

  // The swarm.
  void watch_by(const hive_listener_actor& who) {
    listener_ = who;
    tell_listener();
  }

  void tell_listener() {
    if (listener_) tell(self_, listener_, neighbours_.everybody());
  }

  void pass_on(send_words m) {
    if (m.words.size() > most_words) return;
    const auto row = core_.table().share(m.to);
    if (!row || !deps_.links_of || m.to == deps_.self) return;
    auto& at = peer_of(row->who);
    tell(self_, at.at, std::move(m));
  }

  // Questions.
  /// Those with a link are asked to look back, so there are to be links first.
  caf::result<members_checked> check() {
    const auto answer = self_->make_response_promise<members_checked>();
    neighbours_.when_linked([this, answer] { checkup_.begin(answer); });
    return answer;
  }

  members_shown show() {
    auto out = neighbours_.show();
    out.in_hive = bool{deps_.links_of};
    for (auto& one : out.members)
      if (const auto* held = stock_.held_by(one.row->id())) one.held = *held;
    return out;
  }

  member_counts count() const {
    auto out = neighbours_.count();
    out.reconnects = reconnects_;
    return out;
  }

  caf::result<members_shown> drain(const drain_member& m) {
    if (m.who != deps_.self)
      return as_error(fail(errc::conflict, "node " + m.who.value.substr(0, 32) + " is another one",
                           "ask that node itself"));
    perform(core_.set_draining(m.drains, now()));
    return show();
  }

  caf::result<members_shown> forget(const forget_member& m) {
    auto done = core_.forget(m.who, m.force, now());
    if (!done) return as_error(done.why());
    perform(std::move(*done));
    return show();
  }

  cluster_actor::pointer self_;
  cluster_deps deps_;
  cluster::membership core_;
  known_peers peers_;
  neighbourhood neighbours_;
  wish_keeper wishes_;
  stock_keeper stock_;
  barring barred_;
  quorum quorum_;
  checkup checkup_;
  seeds seeds_;
  std::vector<peer_actor> parting_;
  std::map<cluster::cause, std::uint64_t> lost_by_;
  std::map<cluster::cause, std::uint64_t> reconnects_;
  std::map<node_id, cluster::cause> said_;
  std::optional<std::chrono::milliseconds> wake_;
  hive_listener_actor listener_;
  std::uint64_t looks_{0};
};

} // namespace

cluster_actor spawn_cluster(caf::local_actor* parent, cluster_deps deps) {
  return spawn_child<cluster_state>(parent, std::move(deps));
}

} // namespace hive::actors
