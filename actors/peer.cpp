#include "actors/peer.hpp"

#include "actors/hive_inspect.hpp"
#include "actors/member_codec.hpp"
#include "actors/spelling.hpp"
#include "core/cluster/redial.hpp"

#include <deque>
#include <variant>

namespace hive::actors {
namespace {

/// From a connection to the first words on it.
constexpr std::chrono::seconds opening_limit{10};
/// Words that wait for a link: what membership says is said again a second later.
constexpr std::size_t most_words_waiting = 32;
/// Words that nobody has taken yet.
constexpr std::uint64_t most_under_way = 256;
constexpr std::uint64_t taken_every = 16;

using outgoing = std::variant<member_words, swarm_words, wish_words, revocation_words,
                              holding_words, checkup_words>;

class peer_state {
 public:
  using handle = peer_actor;
  static constexpr const char* name = "peer";

  peer_state(peer_actor::pointer self, peer_deps deps)
    : self_(self), deps_(std::move(deps)), redial_(deps_.seed) {}
  /// However it ends: a link that outlived its peer would keep the next one out.
  ~peer_state() {
    if (wire_) wire_->cut(cluster::cause::closed);
    if (link_ != 0) deps_.links_of->over(id(), link_);
  }
  peer_state(const peer_state&) = delete;
  peer_state& operator=(const peer_state&) = delete;

  peer_actor::behavior_type make_behavior() {
    show_label(self_, label());
    enter(stage::idle);
    on_exit_signal(self_,
                   [this](const caf::actor_addr&, const caf::error& why) { self_->quit(why); });
    on_down_signal(
        self_, [this](const caf::actor_addr& who, const caf::error& why) { lost_sight(who, why); });
    return {
        [this](const link_up& m) { open(*m.what); },
        [this](const dial_over& m) { dialled(m.what); },
        [this](const link_stale& m) { forsake(m.id); },
        [this](const link_closed& m) { closed(m); },
        [this](const opening_overdue& m) { overdue(m.id); },
        [this](const dial_due&) { dial_is_due(); },
        [this](const carry& m) { send(to_words(*m.what)); },
        [this](carry_wishes& m) { send(std::move(m.what)); },
        [this](carry_revocations& m) { send(std::move(m.what)); },
        [this](carry_holdings& m) { send(std::move(m.what)); },
        [this](carry_checkup& m) { send(std::move(m.what)); },
        [this](const know_member& m) { deps_.who = m.who; },
        [this](const seen_again&) { hurry(); },
        [this](const link_wanted&) { want(); },
        [this](send_words& m) {
          send(swarm_words{m.kind, std::move(m.words)});
        },
        [this](const call_on& m) { called_on(m); },
        [this](const call_answered& m) { answered(m); },
        [this](const member_words& m) { hear(m); },
        [this](swarm_words& m) { hear(std::move(m)); },
        [this](wish_words& m) { hear(std::move(m)); },
        [this](revocation_words& m) { hear(std::move(m)); },
        [this](holding_words& m) { hear(std::move(m)); },
        [this](checkup_words& m) { hear(std::move(m)); },
        [this](const words_taken& m) { taken_ = std::max(taken_, std::min(m.count, sent_)); },
    };
  }

  description describe() const {
    description out;
    out.add("member", deps_.who->id.value)
        .add("stage", stage_name(stage_))
        .add("failures", redial_.failures())
        .add("why", cluster::to_string(redial_.why()))
        .add("waiting", waiting_.size())
        .add("under_way", sent_ - taken_)
        .add("sent", sent_)
        .add("heard", heard_)
        .add("dropped", dropped_)
        .add("refused", refused_)
        .add("links", links_made_);
    if (!sentence_.empty()) out.add("last_failure", sentence_);
    return out;
  }

 private:
  enum class stage : std::uint8_t { idle, dialling, opening, linked };
  static const char* stage_name(stage s) {
    constexpr std::array names{"idle", "dialling", "opening", "linked"};
    return names[static_cast<std::size_t>(s)];
  }
  void enter(stage next) {
    stage_ = next;
    show_state(self_, stage_name(next));
  }

  std::string label() const {
    return deps_.who->name.empty() ? deps_.who->id.value : deps_.who->name;
  }
  const node_id& id() const { return deps_.who->id; }
  cluster::redial::time now() const {
    return std::chrono::duration_cast<cluster::redial::time>(
        self_->clock().now().time_since_epoch());
  }

  // Saying.
  void send(outgoing what) {
    if (stage_ == stage::linked) {
      if (sent_ - taken_ >= most_under_way) {
        ++dropped_;
        return;
      }
      ++sent_;
      return std::visit([&](auto& words) { tell(self_, remote_, std::move(words)); }, what);
    }
    if (waiting_.size() >= most_words_waiting) {
      waiting_.pop_front();
      ++dropped_;
    }
    waiting_.push_back(std::move(what));
    if (stage_ == stage::idle) dial();
  }

  void dial() {
    const auto wait = due_ - now();
    if (wait.count() > 0) {
      if (!std::exchange(timed_, true)) tell_later(self_, self_, wait, dial_due{});
      return;
    }
    const auto* where = redial_.next_address(*deps_.who);
    if (where == nullptr) return forget_what_waits();
    enter(stage::dialling);
    deps_.links_of->dial({0, *where, id()});
  }

  void dial_if_wanted() {
    if (stage_ == stage::idle && (wanted_ || !waiting_.empty())) dial();
  }

  void want() {
    wanted_ = stage_ != stage::linked;
    dial_if_wanted();
  }

  void hurry() {
    redial_.forgive();
    due_ = now();
    dial_if_wanted();
  }

  void dial_is_due() {
    timed_ = false;
    dial_if_wanted();
  }

  void dialled(const link::dial_ended& how) {
    if (stage_ != stage::dialling) return;
    enter(stage::idle);
    const bool failed = how.why != cluster::cause::none && how.why != cluster::cause::closed;
    if (!failed) {
      due_ = now() + cluster::redial::first_ceiling;
      return dial_if_wanted();
    }
    fail_by(how.why, how.sentence);
  }

  void forget_what_waits() {
    waiting_.clear();
    wanted_ = false;
  }

  void fail_by(cluster::cause why, std::string sentence) {
    sentence_ = std::move(sentence);
    due_ = redial_.failed(why, now());
    // What waited is said anew when it still matters.
    forget_what_waits();
    tell(self_, deps_.cluster, peer_lost{id(), why, sentence_});
  }

  // The link.
  void open(link::link_made& what) {
    if (wire_) wire_->cut(cluster::cause::closed);
    if (link_ != 0) deps_.links_of->over(id(), link_);
    remote_ = nullptr;
    link_ = what.id;
    binding_ = what.binding;
    row_ = what.peer.said.self;
    enter(stage::opening);
    tell_later(self_, self_, opening_limit, opening_overdue{link_});
    wire_ = deps_.links_of->carry(self_, what, [this, at = link_](result<caf::actor> met) {
      if (at == link_ && stage_ == stage::opening) introduce(std::move(met));
    });
  }

  void introduce(result<caf::actor> met) {
    if (!met) {
      sentence_ = sentence(met.why());
      return wire_->cut(cluster::cause::overloaded);
    }
    tell(self_, caf::actor_cast<cluster_actor>(*met),
         call_on{deps_.self, binding_, self_, deps_.rooms});
  }

  void called_on(const call_on& m) {
    if (stage_ != stage::opening || m.binding != binding_ || !m.who) return;
    tell(self_, m.who, call_answered{binding_, self_, deps_.rooms});
    meet(m.who, m.rooms);
  }

  void answered(const call_answered& m) {
    if (stage_ != stage::opening || m.binding != binding_ || !m.who) return;
    meet(m.who, m.rooms);
  }

  void meet(const peer_actor& who, const open_rooms& rooms) {
    remote_ = who;
    watch(self_, remote_);
    sent_ = taken_ = heard_ = 0;
    ++links_made_;
    redial_.connected(now());
    sentence_.clear();
    wanted_ = false;
    enter(stage::linked);
    tell(self_, deps_.cluster, peer_linked{row_, rooms});
    for (auto& one : std::exchange(waiting_, {})) send(std::move(one));
  }

  void overdue(link::link_book::number at) {
    if (at == link_ && stage_ == stage::opening) give_up(at, cluster::cause::overloaded);
  }

  /// The actor at the other end is gone: with an order, its node stops or starts its actors anew.
  void lost_sight(const caf::actor_addr& who, const caf::error& why) {
    if (!is(who, remote_)) return;
    give_up(link_, is_stop(why) ? cluster::cause::closed : cluster::cause::reset);
  }

  /// One that this peer does not have was made for an actor that had died by then.
  void forsake(link::link_book::number at) {
    if (at == link_)
      give_up(at, cluster::cause::closed);
    else
      deps_.links_of->over(id(), at);
  }

  void give_up(link::link_book::number at, cluster::cause why) {
    if (at == link_ && wire_) wire_->cut(why);
  }

  void closed(const link_closed& m) {
    deps_.links_of->over(id(), m.id);
    if (m.id != link_) return;
    link_ = 0;
    wire_ = nullptr;
    remote_ = nullptr;
    const bool was_open = stage_ == stage::linked;
    enter(stage::idle);
    // One that ends before its first words: nobody had time for it.
    fail_by(was_open ? m.why : cluster::cause::overloaded, sentence_);
  }

  // Hearing. Words of a peer that is not the link's are nobody's.
  bool is_heard() {
    if (stage_ != stage::linked) return false;
    if (++heard_ % taken_every == 0) tell(self_, remote_, words_taken{heard_});
    return true;
  }

  void hear(const member_words& m) {
    if (!is_heard()) return;
    auto what = from_words(m);
    if (!what) {
      sentence_ = what.why().detail;
      ++refused_;
      return;
    }
    tell(self_, deps_.cluster,
         words_heard{id(), std::make_shared<const cluster::message>(std::move(*what))});
  }
  void hear(swarm_words m) {
    if (is_heard() && m.words.size() <= most_words)
      tell(self_, deps_.cluster, words_arrived{id(), m.kind, std::move(m.words)});
  }
  void hear(wish_words m) {
    if (is_heard()) tell(self_, deps_.cluster, wishes_heard{id(), std::move(m)});
  }
  void hear(revocation_words m) {
    if (is_heard()) tell(self_, deps_.cluster, revocations_heard{id(), std::move(m)});
  }

  void hear(holding_words m) {
    if (is_heard()) tell(self_, deps_.cluster, holdings_heard{id(), std::move(m)});
  }
  void hear(checkup_words m) {
    if (is_heard()) tell(self_, deps_.cluster, checkup_heard{id(), std::move(m)});
  }

  peer_actor::pointer self_;
  peer_deps deps_;
  cluster::redial redial_;
  cluster::redial::time due_{0};
  bool timed_{false};
  bool wanted_{false}; ///< a link, though nothing waits to be said
  stage stage_{stage::idle};
  std::deque<outgoing> waiting_;
  link::link_book::number link_{0};
  wire_ptr wire_;
  std::string binding_;
  cluster::row_ptr row_;
  peer_actor remote_;
  std::string sentence_; ///< why the last link or dial failed
  std::uint64_t sent_{0};
  std::uint64_t taken_{0};
  std::uint64_t heard_{0};
  std::uint64_t dropped_{0};
  std::uint64_t refused_{0};
  std::uint64_t links_made_{0};
};

} // namespace

peer_actor spawn_peer(caf::local_actor* parent, peer_deps deps) {
  return spawn_child<peer_state>(parent, std::move(deps));
}

} // namespace hive::actors
