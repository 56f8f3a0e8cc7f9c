#pragma once
/// A swarm of nodes that share one content, in virtual time: links, disks and the way to the vendor
/// have rates, nodes die, freeze, lie and are cut off from each other. Each node is a real
/// core/swarm share; the model does what it wants done and tells it what came of it. One thread,
/// one seed: the same setup gives the same run.
///
/// A piece's bytes are one number; its hash is a real SHA-256 of it. The model knows which number
/// is right, and keeps its own record of what every node may serve.

#include "core/swarm/share.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace hive::sim {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// Bytes per second.
struct node_rates {
  double wan{50e6};
  double up{125e6};
  double down{125e6};
  double disk{1e9};
};

struct swarm_setup {
  std::size_t nodes{8};
  std::uint64_t size{1ull << 30};
  std::uint64_t seed{1};
  node_rates rates{};
  std::map<std::size_t, node_rates> others{}; ///< nodes with rates of their own
  milliseconds step{5};
  milliseconds latency{1}; ///< of a message
  milliseconds tick{50};   ///< of every share
  // What membership tells, and when.
  milliseconds death_seen{1s};
  milliseconds silence_seen{6s};
  milliseconds silence_down{15s};
  milliseconds return_seen{1s};
};

class swarm_model {
 public:
  explicit swarm_model(swarm_setup setup);

  // Faults, from now on.
  void kill(std::size_t node); ///< its connections are reset
  /// After a kill: a new process that found on its disk what had been verified.
  void restart(std::size_t node);
  void freeze(std::size_t node);
  void thaw(std::size_t node);
  void lie(std::size_t node); ///< flips a bit in all it serves
  void cut(std::size_t node, int island);
  void heal();

  /// Time passes until `done`, or `limit` from the beginning; whether it was done.
  bool run(milliseconds limit, const std::function<bool()>& done);
  /// Until every living node has the content.
  bool run(milliseconds limit) {
    return run(limit, [this] { return all_whole(); });
  }
  void pass(milliseconds span);

  // What can be seen.
  milliseconds now() const { return now_; }
  double seconds() const { return static_cast<double>(now_.count()) / 1000; }
  std::size_t nodes() const { return nodes_.size(); }
  const swarm::share& share_of(std::size_t node) const { return *nodes_[node].share; }
  node_id id(std::size_t node) const;
  std::size_t index(const node_id& id) const;
  bool alive(std::size_t node) const { return !nodes_[node].dead; }
  bool whole(std::size_t node) const { return nodes_[node].whole; }
  bool all_whole() const;
  /// Who fetches, in the eyes of `node`; empty when nobody does.
  std::optional<std::size_t> fetcher(std::size_t node = 0) const;
  /// Bytes that crossed the WAN, also those of nodes that died.
  std::uint64_t wan() const { return wan_; }
  double wan_ratio() const { return static_cast<double>(wan_) / static_cast<double>(setup_.size); }
  swarm::tally counts() const; ///< of the living
  /// A piece that was kept or served without being right, by a node that does not lie.
  int violations() const { return violations_; }
  /// The longest that two connected nodes held the lease at once.
  milliseconds double_lease() const { return longest_double_; }
  const std::vector<std::pair<std::size_t, swarm::bar_peer>>& bars() const { return bars_; }
  const std::vector<std::string>& story() const { return story_; }

 private:
  struct asked {
    swarm::piece_index piece;
  };
  struct abandoned {
    swarm::piece_index piece;
  };
  struct refused {
    swarm::piece_index piece;
    errc why;
  };
  struct letter {
    milliseconds due;
    std::size_t from;
    std::variant<swarm::note, asked, abandoned, refused> what;
  };
  struct wan_fetch {
    swarm::piece_index piece;
    double left;
  };
  struct machine {
    std::optional<swarm::share> share;
    node_rates rates;
    std::deque<letter> letters;
    std::vector<wan_fetch> fetches;
    std::map<swarm::piece_index, std::uint64_t> disk; ///< verified
    std::vector<swarm::reach> told;                   ///< of the others
    std::optional<milliseconds> dead;
    std::optional<milliseconds> frozen;
    milliseconds back{-1h}; ///< frozen no more, or living again
    bool liar{false};
    bool whole{false};
    int island{0};
  };
  struct flow {
    std::size_t from;
    std::size_t to;
    swarm::piece_index piece;
    std::uint64_t value;
    double left;
    double now{0}; ///< bytes in this step
  };

  swarm::time_point clock() const { return swarm::time_point{now_}; }
  std::uint64_t truth(swarm::piece_index piece) const;
  swarm::piece_claim claim(swarm::piece_index piece, std::uint64_t value) const;
  void open(std::size_t who);
  void meet_all(std::size_t who);
  bool linked(std::size_t a, std::size_t b) const;
  bool runs(std::size_t who) const { return !nodes_[who].dead && !nodes_[who].frozen; }
  swarm::reach standing(std::size_t observer, std::size_t subject) const;

  void step();
  void tell_membership();
  void deliver(std::size_t who);
  void read(std::size_t who, const letter& l);
  void move_wan(std::size_t who, double& room);
  void move_flows(std::vector<double>& room);
  void share_out(std::vector<double>& up, std::vector<double>& in);
  void finish_flow(const flow& f);
  void watch_leases();

  void send(std::size_t from, std::size_t to, decltype(letter::what) what);
  void perform(std::size_t who, swarm::actions what);
  void act(std::size_t who, const swarm::tell& a);
  void act(std::size_t who, const swarm::ask_piece& a);
  void act(std::size_t who, const swarm::drop_piece& a);
  void act(std::size_t who, const swarm::serve_piece& a);
  void act(std::size_t who, const swarm::refuse_piece& a);
  void act(std::size_t who, const swarm::fetch_piece& a);
  void act(std::size_t who, const swarm::stop_fetching& a);
  void act(std::size_t who, const swarm::keep_piece& a);
  void act(std::size_t who, const swarm::forget_piece& a);
  void act(std::size_t who, const swarm::bar_peer& a);
  void act(std::size_t who, const swarm::check_whole& a);
  void act(std::size_t who, const swarm::lease_changed& a);
  bool drop_flow(std::size_t from, std::size_t to, swarm::piece_index piece);

  swarm_setup setup_;
  std::string content_;
  std::vector<swarm::piece_claim> right_;
  std::vector<machine> nodes_;
  std::vector<flow> flows_;
  std::map<std::pair<std::size_t, swarm::piece_index>, std::uint64_t> arriving_;
  milliseconds now_{1h}; ///< the clock's start is nobody's business
  milliseconds last_fault_{0};
  milliseconds joined_{0}; ///< islands, for the last time
  milliseconds cut_at_{0};
  std::uint64_t wan_{0};
  int violations_{0};
  milliseconds double_since_{0};
  milliseconds longest_double_{0};
  std::vector<std::pair<std::size_t, swarm::bar_peer>> bars_;
  std::vector<std::string> story_;
};

} // namespace hive::sim
