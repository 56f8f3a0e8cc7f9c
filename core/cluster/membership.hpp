#pragma once
/// Membership of one node in its hive, as a pure state machine: what peers say, what links do and
/// what time it is go in; messages, facts and the next wake-up come out. One owner, no threads, no
/// clock. The same inputs and seed give the same outputs on every machine.
///
/// The wrapper's duties: authenticate peers before their messages come here, dial the `to` of a
/// message at its advertised addresses (or answer on the link the peer came by), call `tick` at
/// `wake`, and keep `incarnation` and `known` on disk when `remember` says so.

#include "core/cluster/event.hpp"
#include "core/cluster/message.hpp"
#include "core/cluster/pace.hpp"
#include "core/cluster/roster.hpp"
#include "core/cluster/watch_list.hpp"

#include "core/base/random.hpp"

#include <optional>
#include <vector>

namespace hive::cluster {

/// How a node begins.
struct birth {
  profile self;
  /// Greater than in every earlier start of this node.
  std::uint64_t incarnation{1};
  std::uint64_t seed{0};
  std::uint8_t disk_class{0};
  /// It makes a hive of its own (`hive init`) and waits for nobody.
  bool founds{false};
  /// The members it knew when it stopped; not empty: it was a member and is one again at once.
  std::vector<row_ptr> known{};
};

struct outgoing {
  profile_ptr to; ///< no addresses: answer on the link it came by
  message what;
};

struct actions {
  std::vector<outgoing> send;
  std::vector<member_event> events;
  /// Steady time of the next `tick`; `max()` when it is over.
  std::chrono::milliseconds wake{};
  bool remember{false}; ///< `incarnation` or `known` changed
};

/// A member as this node sees it now.
struct member_view {
  row_ptr row;
  reachability reach{reachability::ok};
  node_id observer; ///< of what is not ok
  wall_time since{};
  cause why{cause::none};
};

/// What this node sees of its hive.
struct island {
  std::size_t visible{0};         ///< members it can reach, itself included
  std::size_t expected{0};        ///< members that did not leave and were not forgotten
  std::optional<wall_time> since; ///< somebody is missing since then
  /// More than half is here: what destroys (forgetting, collecting shared models) may be done.
  bool has_majority() const noexcept { return visible * 2 > expected; }
  bool is_whole() const noexcept { return visible == expected; }
};

/// Whether what destroys may be done here; errc::no_majority says how many are in reach.
outcome confirm_majority(const island& seen);

class membership {
 public:
  membership(birth begin, moment now);

  // What happens. Each yields what is to be done now.
  actions hear(const node_id& from, const message& what, moment now);
  actions tick(moment now);
  /// A link is up; `peer` is its row from the handshake.
  actions link_up(const row_ptr& peer, moment now);
  /// A link broke or could not be made.
  actions link_down(const node_id& peer, cause why, moment now);

  // What this node wants of itself.
  actions set_draining(bool draining, moment now);
  actions set_disk_class(std::uint8_t disk_class, moment now);
  actions set_addresses(std::vector<std::string> addresses, moment now);
  /// Says so for two beats, then is `left`; `is_over` after two more.
  actions leave(moment now);
  /// Strikes a member that is unreachable, down or left off the list. errc::not_found,
  /// errc::conflict for one that is here or without a majority (`force` does without).
  result<actions> forget(const node_id& who, bool force, moment now);

  // What is.
  const row_ptr& self() const noexcept { return self_; }
  std::uint64_t incarnation() const noexcept { return self_->incarnation; }
  const roster& table() const noexcept { return table_; }
  std::optional<member_view> view(const node_id& who) const;
  island around() const;
  /// Whether it hears nobody although there are others: it is probably away itself.
  bool is_isolated() const noexcept { return isolated_; }
  int stretch() const noexcept { return pace_.stretch(); }
  /// Left or replaced: the wrapper ends it.
  bool is_over() const noexcept { return over_; }
  bool watches(const node_id& who) const;
  /// For the file of last known members: rows that did not leave.
  std::vector<row_ptr> known() const;
  /// Members a message of another kind (desired state) may be gossiped to now.
  std::vector<profile_ptr> confidants();

 private:
  struct news_item {
    std::uint64_t ring;
    int rounds;
  };
  struct alleged_row {
    row_ptr row;
    std::chrono::milliseconds due;
  };
  struct errand { ///< somebody asked whether we hear a member
    std::uint64_t target;
    profile_ptr asker;
    std::chrono::milliseconds due;
  };

  // membership.cpp
  void begin(moment now);
  void catch_up(moment now);
  void rewrite(member_row changed, cause why);
  void put(const row_ptr& next, cause why);
  void tell(event_kind kind, const row_ptr& subject, cause why);
  void tell(event_kind kind, const row_ptr& subject, const sighting& s);
  void tell_change(const member_row* before, const row_ptr& after, cause why);
  actions done(moment now);
  void send(profile_ptr to, message what);

  // membership_hear.cpp
  void note_sender(const node_id& from);
  void on(const profile_ptr& from, const ping& m);
  void on(const profile_ptr& from, const ack& m);
  void on(const profile_ptr& from, const gossip& m);
  void on(const profile_ptr& from, const probe& m);
  void on(const profile_ptr& from, const probe_answer& m);
  void on(const profile_ptr& from, const sync& m);
  void on(const profile_ptr& from, const sync_rows& m);
  enum class standing { untrusted, hearsay, news };
  void take_word(const word& told, const profile_ptr& from);
  void take_all(const std::vector<row_ptr>& all, const profile_ptr& from, standing as);
  void take(const row_ptr& told, standing as);
  void take_own(const row_ptr& told);
  void contradict(reachability said);
  void outlive(std::uint64_t other);
  void begin_anew();
  bool is_expired(const member_row& row) const noexcept;
  bool allege(const row_ptr& mine, const row_ptr& next);
  void answer_differing(const profile_ptr& to, std::uint64_t mask, bool answer);
  word word_for(const node_id& who) const;

  // membership_beat.cpp
  void beat();
  void spread();
  void greet_the_lost();
  void compare();
  void expire();
  void part();
  void look();
  void look_at(watch& w, const row_ptr& row);
  void suspect(watch& w, const row_ptr& row);
  void accuse(watch& w, const row_ptr& row, certainty level, cause why);
  void settle_alleged();
  void add_news(std::uint64_t ring);
  std::vector<word> take_news();
  row_ptr told_of(const news_item& item, bool& hearsay) const;
  std::vector<std::size_t> random_visible(std::size_t count);
  bool may_judge(const watch& w) const noexcept;
  std::chrono::milliseconds next_wake() const noexcept;
  std::chrono::milliseconds stretched(std::chrono::milliseconds t) const noexcept {
    return t * pace_.stretch();
  }
  wall_time wall_of(std::chrono::milliseconds steady) const noexcept {
    return now_.wall - (now_.steady - steady);
  }

  row_ptr self_;
  roster table_;
  watch_list watches_;
  pace pace_;
  random_sequence random_;
  moment now_;
  std::chrono::milliseconds next_beat_{};
  std::chrono::milliseconds expected_wake_{};
  std::chrono::milliseconds heard_anyone_{};
  std::uint64_t beats_{0};
  std::vector<news_item> news_;      ///< by ring position
  std::vector<alleged_row> alleged_; ///< by ring position
  std::vector<errand> errands_;
  int farewell_{-1};    ///< beats left of saying goodbye; -1: stays
  bool settled_{false}; ///< it has compared tables with a member
  bool compare_now_{false};
  bool late_this_beat_{false};
  bool isolated_{false};
  bool over_{false};
  std::chrono::milliseconds complained_{-1};
  actions out_;
};

} // namespace hive::cluster
