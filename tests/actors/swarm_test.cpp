// Swarms of several nodes in virtual time: a cluster that only carries words, transfers that bring
// what they are told to, and a wire that takes a while for each piece.
#include "actors/swarm.hpp"
#include "tests/actors/neighbours.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <set>

namespace hive::actors {
namespace {

constexpr std::uint64_t piece_bytes = 4ull << 20;
constexpr std::uint32_t pieces = 24;
constexpr std::uint64_t size = piece_bytes * pieces;
const std::string hex(64, 'a');
const std::string content = "sha256:" + hex;

node_id id_of(std::size_t n) {
  return {"0" + std::string(24, '1') + std::to_string(n)};
}

swarm::piece_hash truth(swarm::piece_index piece) {
  swarm::piece_hash out{};
  out[0] = static_cast<std::byte>(piece + 1);
  return out;
}

/// One node: its swarm is real, its transfer and its cluster are not.
struct model_node {
  std::size_t number{0};
  swarm_actor swarm;
  transfer_actor worker;
  bool alive{true};
  bool liar{false};
  bool wan_works{true};
  bool has_blob{false};
  std::set<swarm::piece_index> have;
  std::deque<swarm::piece_index> fetching;
  std::uint64_t wan{0}; ///< pieces
  std::uint64_t from_peers{0};
  bool done{false};
  std::optional<failure> despaired;
  std::vector<transfer::note> told;
  std::shared_ptr<std::atomic<std::uint64_t>> bad_pieces;
};

struct on_the_wire {
  std::size_t from;
  std::size_t to;
  swarm::piece_index piece;
  std::uint64_t request;
  bool granted{false};
};

class swarm_scene {
 public:
  explicit swarm_scene(std::size_t count) : nodes_(count) {
    for (std::size_t i = 0; i < count; ++i) open(i);
    spread();
  }
  ~swarm_scene() {
    for (auto& one : nodes_) order_stop(one.swarm, stop_reason::node_stopping);
    world_.settle();
  }

  model_node& at(std::size_t n) { return nodes_[n]; }
  actor_world& world() { return world_; }

  /// The node begins to fetch the content.
  void fetch(std::size_t n) {
    auto& one = nodes_[n];
    one.worker = make_worker(n);
    world_.tell(one.swarm, begin_sharing{content, size, one.worker});
    news(n, transfer::pieces_ready{});
  }
  void kill(std::size_t n) {
    nodes_[n].alive = false;
    nodes_[n].fetching.clear();
    std::erase_if(wire_, [&](const auto& w) { return w.from == n || w.to == n; });
    spread();
  }
  /// 100 ms: each node gets one piece over the WAN and one of each transfer under way.
  void step() {
    world_.pass(100ms);
    for (auto& one : hashing_)
      if (--one.first == 0) one.second();
    for (std::size_t i = 0; i < nodes_.size(); ++i) bring_from_source(i);
    auto due = std::exchange(wire_, {});
    for (auto& one : due)
      if (!one.granted) wire_.push_back(one);
    for (auto& one : due)
      if (one.granted) bring_from_peer(one);
    world_.settle();
  }
  template <class Until>
  bool run(int steps, Until until) {
    for (int i = 0; i < steps; ++i) {
      if (until()) return true;
      step();
    }
    return until();
  }
  bool all_done() {
    return std::ranges::all_of(nodes_, [](const auto& n) { return n.done || !n.alive; });
  }
  std::uint64_t wan() const {
    std::uint64_t sum = 0;
    for (const auto& one : nodes_) sum += one.wan;
    return sum;
  }
  bool said(std::size_t n, const std::string& action, const std::string& part = {}) {
    return std::ranges::any_of(nodes_[n].told, [&](const auto& note) {
      return note.action == action && note.human.find(part) != std::string::npos;
    });
  }
  /// How many contents it shares, as it says of itself.
  std::string shares(std::size_t n) {
    const auto who = caf::actor_cast<caf::actor>(nodes_[n].swarm);
    const auto said = world_.ask<self_described>(who, describe_self{});
    for (const auto& row : said->what->rows())
      if (row.name == "contents") return row.text;
    return {};
  }
  /// What every node was told, for the case that something fails.
  std::string story() const {
    std::string out;
    for (const auto& one : nodes_)
      for (const auto& note : one.told)
        out += std::to_string(one.number) + ": " + note.action + ": " + note.human + "\n";
    return out;
  }
  /// Who fetches now.
  std::optional<std::size_t> owner() {
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      if (nodes_[i].alive && !nodes_[i].fetching.empty()) return i;
    return std::nullopt;
  }

 private:
  void open(std::size_t n) {
    auto& one = nodes_[n];
    one.number = n;
    swarm_deps deps;
    const auto cluster = world_.mock<hive_port_actor>(
        [](const watch_members&) {},
        [this, n](const send_words& m) {
          if (!nodes_[n].alive) return;
          for (auto& other : nodes_)
            if (id_of(other.number) == m.to && other.alive)
              post(other.swarm, words_arrived{id_of(n), m.kind, m.words});
        });
    deps.narrator = narrator_.in(world_);
    one.bad_pieces = deps.bad_pieces;
    deps.catalog = make_catalog(n);
    deps.serve = [this](std::uint64_t request, const std::vector<std::filesystem::path>&,
                        byte_range) {
      for (auto& w : wire_)
        if (w.request == request) w.granted = true;
    };
    deps.refuse = [this](std::uint64_t request, errc why) { refuse(request, why); };
    // It takes a second and a half.
    deps.hash = [this](const std::filesystem::path&, const swarm::piece_grid& grid,
                       const auto& then) {
      std::vector<swarm::piece_claim> all;
      for (swarm::piece_index i = 0; i < grid.count(); ++i) all.push_back({i, truth(i)});
      hashing_.push_back({15, [then, all] { then(all); }});
    };
    one.swarm = world_.spawn([&](caf::local_actor* parent) { return spawn_swarm(parent, deps); });
    world_.tell(one.swarm, enter_cluster{cluster});
  }

  catalog_actor make_catalog(std::size_t n) {
    auto made = world_.system().spawn([this, n](caf::event_based_actor*) -> caf::behavior {
      return {[this, n](const find_blob&) {
        blob_found found;
        if (nodes_[n].has_blob) found.blob = transfer::arrival{hex, size, 0};
        return found;
      }};
    });
    world_.keep(made);
    return caf::actor_cast<catalog_actor>(made);
  }

  /// Everybody hears who is there.
  void spread() {
    for (const auto& one : nodes_) {
      members_changed now{id_of(one.number), {}};
      for (const auto& other : nodes_) {
        member_now m;
        m.id = id_of(other.number);
        m.addresses = {"127.0.0.1:" + std::to_string(1000 + other.number)};
        m.incarnation = 1;
        m.reachable = other.alive;
        now.members.push_back(m);
      }
      if (one.alive) world_.tell(one.swarm, now);
    }
  }

  transfer_actor make_worker(std::size_t n) {
    return world_.mock<transfer_actor>(
        [](const charge_transfer&) {}, [](const transfer_progressed&) {},
        [this, n](const transfer_noted& m) { nodes_[n].told.push_back(m.what); },
        [](const transfer_ended&) {}, [](const sockets_closed&) {}, [](const transfer_seen&) {},
        [this, n](const piece_ordered& m) {
          std::visit([&](const auto& what) { obey(n, what); }, m.what);
        });
  }

  void news(std::size_t n, transfer::piece_news what) {
    post(nodes_[n].swarm, piece_told{content, nodes_[n].worker.id(), std::move(what)});
    world_.settle();
  }

  void obey(std::size_t n, const swarm::fetch_piece& a) { nodes_[n].fetching.push_back(a.piece); }
  void obey(std::size_t n, const swarm::stop_fetching&) { nodes_[n].fetching.clear(); }
  void obey(std::size_t n, const transfer::ask_peer& a) {
    for (const auto& other : nodes_) {
      if (id_of(other.number) != a.what.peer || !other.alive) continue;
      CHECK(a.url == "https://127.0.0.1:" + std::to_string(1000 + other.number) + "/v1/pieces/" +
                         content + "/" + std::to_string(a.what.piece));
      wire_.push_back({other.number, n, a.what.piece, ++requests_});
      post(other.swarm, piece_asked{requests_, id_of(n), content, a.what.piece});
    }
  }
  void obey(std::size_t n, const swarm::drop_piece& a) {
    std::erase_if(wire_, [&](const on_the_wire& w) {
      if (w.to != n || w.piece != a.piece || id_of(w.from) != a.peer) return false;
      post(nodes_[w.from].swarm, piece_over{w.request, false});
      return true;
    });
  }
  void obey(std::size_t n, const swarm::keep_piece& a) {
    nodes_[n].have.insert(a.piece);
    look_at_whole(n);
  }
  void obey(std::size_t n, const swarm::forget_piece& a) { nodes_[n].have.erase(a.piece); }
  void obey(std::size_t n, const transfer::despair& a) { nodes_[n].despaired = a.why; }

  void refuse(std::uint64_t request, errc why) {
    std::erase_if(wire_, [&](const on_the_wire& w) {
      if (w.request != request) return false;
      post(nodes_[w.to].swarm, piece_told{content, nodes_[w.to].worker.id(),
                                          transfer::peer_lost{id_of(w.from), w.piece, why}});
      return true;
    });
  }

  void bring_from_source(std::size_t n) {
    auto& one = nodes_[n];
    if (one.fetching.empty() || !one.alive) return;
    if (!one.wan_works) {
      one.fetching.clear();
      return news(n, transfer::source_lost{fail(errc::unreachable, "the vendor is gone")});
    }
    const auto piece = one.fetching.front();
    one.fetching.pop_front();
    ++one.wan;
    news(n, transfer::source_bytes{piece, piece_bytes});
    news(n, transfer::source_piece{{piece, truth(piece)}});
  }

  void bring_from_peer(const on_the_wire& w) {
    auto& from = nodes_[w.from];
    auto& to = nodes_[w.to];
    if (!from.alive || !to.alive) return;
    ++to.from_peers;
    auto hash = truth(w.piece);
    if (from.liar) hash[1] = std::byte{0xff};
    post(from.swarm, piece_went{w.request, piece_bytes});
    post(from.swarm, piece_over{w.request, true});
    news(w.to, transfer::peer_bytes{id_of(w.from), w.piece, piece_bytes});
    news(w.to, transfer::peer_piece{id_of(w.from), {w.piece, hash}});
  }

  void look_at_whole(std::size_t n) {
    auto& one = nodes_[n];
    if (one.done || one.have.size() < pieces) return;
    one.done = true;
    const auto worker = one.worker.id();
    post(one.swarm, piece_told{content, worker, transfer::whole_checked{true}});
    post(one.swarm, end_sharing{content, worker, hex});
  }

  actor_world world_;
  fake_narrator narrator_;
  std::vector<model_node> nodes_;
  std::vector<on_the_wire> wire_;
  std::vector<std::pair<int, std::function<void()>>> hashing_;
  std::uint64_t requests_{0};
};

TEST_CASE("three nodes that want one content get it over the WAN once") {
  swarm_scene scene{3};
  for (std::size_t i = 0; i < 3; ++i) scene.fetch(i);
  REQUIRE(scene.run(200, [&] { return scene.all_done(); }));
  INFO(scene.story());
  CHECK(scene.wan() == pieces);
  const auto from_peers = scene.at(0).from_peers + scene.at(1).from_peers + scene.at(2).from_peers;
  CHECK(from_peers >= 2 * pieces);
  CHECK(from_peers <= 2 * (pieces + 3)); // the last three of each may come from two
  CHECK(scene.said(0, "lease-changed"));
}

TEST_CASE("a node alone in its hive fetches all by itself") {
  swarm_scene scene{2};
  scene.kill(1);
  scene.fetch(0);
  REQUIRE(scene.run(100, [&] { return scene.all_done(); }));
  CHECK(scene.wan() == pieces);
}

TEST_CASE("a node that comes late takes what is here from those who have it") {
  swarm_scene scene{3};
  scene.fetch(0);
  scene.fetch(1);
  REQUIRE(scene.run(200, [&] { return scene.at(0).done && scene.at(1).done; }));
  scene.fetch(2);
  REQUIRE(scene.run(200, [&] { return scene.all_done(); }));
  CHECK(scene.wan() == pieces);
}

TEST_CASE("a content that a node has had for long is taken from there") {
  swarm_scene scene{3};
  scene.at(2).has_blob = true;
  scene.fetch(0);
  scene.fetch(1);
  REQUIRE(scene.run(200, [&] { return scene.at(0).done && scene.at(1).done; }));
  CHECK(scene.wan() == 0);
  // Once nobody has asked for a minute it is not shared any more.
  REQUIRE(scene.run(900, [&] { return scene.shares(2) == "0"; }));
}

TEST_CASE("when the node that fetches dies, another goes on where it was") {
  swarm_scene scene{3};
  for (std::size_t i = 0; i < 3; ++i) scene.fetch(i);
  REQUIRE(scene.run(100, [&] { return scene.wan() >= pieces / 2; }));
  const auto owner = scene.owner();
  REQUIRE(owner);
  scene.kill(*owner);
  REQUIRE(scene.run(400, [&] { return scene.all_done(); }));
  CHECK(scene.wan() > pieces / 2);
  CHECK(scene.wan() <= pieces + 4); // a window
}

TEST_CASE("a peer that sends wrong bytes is named and barred, and the others get the content") {
  swarm_scene scene{4};
  for (std::size_t i = 0; i < 4; ++i) scene.fetch(i);
  REQUIRE(scene.run(50, [&] { return scene.owner().has_value(); }));
  const auto liar = (*scene.owner() + 1) % 4;
  scene.at(liar).liar = true;
  REQUIRE(scene.run(400, [&] { return scene.all_done(); }));
  CHECK(scene.wan() <= pieces + 1);
  std::uint64_t bad = 0;
  bool named = false;
  for (std::size_t i = 0; i < 4; ++i) {
    bad += *scene.at(i).bad_pieces;
    named = named || scene.said(i, "peer-barred", id_of(liar).value);
    CHECK(scene.at(i).have.size() == pieces);
  }
  CHECK(bad > 0);
  CHECK(named);
}

TEST_CASE("a node whose vendor is out of reach gets the content from others, or says why not") {
  const bool somebody_can = GENERATE(true, false);
  CAPTURE(somebody_can);
  swarm_scene scene{3};
  for (std::size_t i = 0; i < 3; ++i) scene.at(i).wan_works = somebody_can && i == 1;
  for (std::size_t i = 0; i < 3; ++i) scene.fetch(i);
  if (somebody_can) {
    REQUIRE(scene.run(600, [&] { return scene.all_done(); }));
    CHECK(scene.wan() == pieces);
    CHECK(!scene.at(0).despaired);
  } else {
    REQUIRE(scene.run(900, [&] {
      return scene.at(0).despaired && scene.at(1).despaired && scene.at(2).despaired;
    }));
    CHECK(scene.at(0).despaired->code == errc::unreachable);
    CHECK(scene.wan() == 0);
  }
}

TEST_CASE("words that are none change nothing") {
  swarm_scene scene{2};
  scene.fetch(0);
  for (std::uint16_t kind = 0; kind < 12; ++kind)
    for (const auto* words : {"", "\x01", "garbage", "\x47sha256:"})
      scene.world().tell(scene.at(0).swarm, words_arrived{id_of(1), kind, words});
  scene.world().tell(scene.at(0).swarm, words_arrived{node_id{"stranger"}, 2, "x"});
  scene.fetch(1);
  REQUIRE(scene.run(200, [&] { return scene.all_done(); }));
  CHECK(scene.wan() == pieces);
}

} // namespace
} // namespace hive::actors
