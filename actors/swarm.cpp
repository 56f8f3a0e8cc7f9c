#include "actors/swarm.hpp"

#include "actors/catalog.hpp"
#include "actors/content_share.hpp"
#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "core/store/partial.hpp"
#include "core/swarm/piece_address.hpp"

#include <algorithm>
#include <map>
#include <random>

namespace hive::actors {
namespace {

using swarm::reach;

constexpr std::chrono::milliseconds tick_every{100};
constexpr std::size_t most_shares = 512;
constexpr std::size_t most_lookups = 32;
/// Hashes of pieces are kept for so many contents that nobody asks for any more.
constexpr std::size_t most_remembered = 64;

class swarm_state : public sharing_hands {
 public:
  using handle = swarm_actor;
  static constexpr const char* name = "swarm";

  swarm_state(swarm_actor::pointer self, swarm_deps deps)
    : self_(self), deps_(std::move(deps)), random_(std::random_device{}()) {}
  ~swarm_state() override { deps_.line->close(); }

  swarm_actor::behavior_type make_behavior() {
    on_down_signal(self_, [this](const caf::actor_addr& who, const caf::error&) { lose(who); });
    deps_.line->open(swarm_actor{self_});
    return {
        [this](const members_changed& m) { meet(m); },
        [this](const words_arrived& m) { listen(m); },
        [this](const enter_cluster& m) { enter(m.cluster); },
        [this](const watch_sharing& m) { watch_by(m.shelf); },
        [this](begin_sharing& m) { begin(std::move(m)); },
        [this](const piece_told& m) { hear(m); },
        [this](const end_sharing& m) { finish(m); },
        [this](const piece_asked& m) { asked(m); },
        [this](const piece_went& m) { went(m); },
        [this](const piece_over& m) { over(m); },
        [this](const pieces_hashed& m) { hashed(m); },
        [this](const tick&) { beat(); },
    };
  }

  description describe() const {
    constexpr std::size_t most_described = 100;
    std::vector<description> all;
    for (const auto& [key, one] : shares_) {
      if (all.size() == most_described) break;
      const auto& share = one.what.share();
      const auto& lease = share.who_fetches();
      description d;
      d.add("content", key);
      d.add("role", word(one.what.now()));
      d.add("pieces", share.reading().words().grid().count());
      d.add("held", share.reading().have().held());
      d.add("lease", std::string{to_string(lease.state)});
      d.add("owner", lease.owner.value);
      d.add("epoch", lease.epoch);
      d.add("peers", share.reading().peers().all().size());
      d.add("wan", share.counts().wan);
      d.add("from_peers", share.counts().peers);
      d.add("served", share.counts().served);
      all.push_back(std::move(d));
    }
    description d;
    d.add("members", members_.size());
    d.add("contents", shares_.size());
    d.add("listed", all);
    return d;
  }

 private:
  struct held {
    content_share what;
    transfer_actor worker; ///< null: it is whole
    std::uint64_t worker_id{0};
    std::string sha256; ///< of the blob, once it is known
  };

  static const char* word(content_share::role as) {
    switch (as) {
    case content_share::role::opening: return "opening";
    case content_share::role::fetching: return "fetching";
    case content_share::role::hashing: return "hashing";
    case content_share::role::holding: return "holding";
    }
    return "";
  }

  swarm::time_point now() const { return self_->clock().now(); }

  // Members.

  /// Without what it takes to give and get pieces, this node is in no hive.
  void enter(const hive_port_actor& cluster) {
    if (!deps_.serve) return;
    cluster_ = cluster;
    tell(self_, cluster_, watch_members{swarm_actor{self_}});
  }

  void meet(const members_changed& m) {
    self_id_ = m.self;
    std::map<node_id, member_now> fresh;
    for (const auto& one : m.members)
      if (one.id != m.self) fresh.emplace(one.id, one);
    const auto before = std::exchange(members_, std::move(fresh));
    for (const auto& [id, was] : before) {
      const auto is = members_.find(id);
      if (is == members_.end() || is->second.incarnation != was.incarnation)
        for (auto& [key, share] : shares_) share.what.member(id, reach::gone, now());
    }
    for (const auto& [id, is] : members_) {
      const auto was = before.find(id);
      for (auto& [key, share] : shares_)
        share.what.member(id, is.reachable ? reach::ok : reach::unreachable, now());
      // One that comes into reach may have, or want, what is shared here.
      const bool news = was == before.end() || !was->second.reachable ||
                        was->second.incarnation != is.incarnation;
      if (is.reachable && news) greet(id);
    }
    tell_shelf();
  }

  void greet(const node_id& id) {
    for (const auto& [key, share] : shares_)
      if (share.what.now() != content_share::role::opening)
        say({id}, key, share.what.size(),
            swarm::takes_part{share.what.now() != content_share::role::hashing, true});
  }

  void watch_by(const shelf_actor& who) {
    shelf_ = who;
    told_.reset();
    tell_shelf();
  }

  /// Whether a transfer is to be shared: there is somebody to share with.
  void tell_shelf() {
    const bool possible = !members_.empty();
    if (!shelf_ || told_ == possible) return;
    told_ = possible;
    tell(self_, shelf_, sharing_changed{possible});
  }

  void listen(const words_arrived& m) {
    const auto from = members_.find(m.from);
    if (from == members_.end()) return;
    auto said = swarm::decode_word(m.kind, m.words);
    if (!said) return;
    const auto at = shares_.find(said->content);
    if (at == shares_.end()) return look_for(*said, m.from);
    if (at->second.what.size() == said->size) at->second.what.hear(m.from, said->what, now());
  }

  // A content of this node's disk that others want.

  void look_for(const swarm::word& said, const node_id& from) {
    const auto* part = std::get_if<swarm::takes_part>(&said.what);
    if (part == nullptr || !part->asks || shares_.size() >= most_shares || lookups_ >= most_lookups)
      return;
    const auto expected = parse_digest(said.content);
    if (!expected) return;
    ++lookups_;
    plan_file wanted;
    wanted.size = said.size;
    wanted.expected = *expected;
    ask(self_, deps_.catalog, catalog_limit, find_blob{std::move(wanted)})
        .then(
            [this, said, from](const blob_found& found) {
              --lookups_;
              if (found.blob && found.blob->size == said.size)
                hold(said.content, said.size, found.blob->sha256, from);
            },
            [this](const caf::error&) { --lookups_; });
  }

  void hold(const std::string& key, std::uint64_t size, const std::string& sha256,
            const node_id& from) {
    if (!shares_.contains(key)) {
      auto* const made = open(key, size, content_share::role::hashing);
      if (made == nullptr) return;
      made->sha256 = sha256;
      hash(key, *made);
    }
    shares_.at(key).what.hear(from, swarm::takes_part{true, true}, now());
  }

  void hash(const std::string& key, const held& what) {
    if (const auto known = remembered_.find(key); known != remembered_.end())
      return post(swarm_actor{self_}, pieces_hashed{key, known->second});
    deps_.hash(deps_.home.blob(what.sha256), what.what.share().reading().words().grid(),
               [me = swarm_actor{self_}, key](std::vector<swarm::piece_claim> all) {
                 post(me,
                      pieces_hashed{key, std::make_shared<const std::vector<swarm::piece_claim>>(
                                             std::move(all))});
               });
  }

  void hashed(const pieces_hashed& m) {
    const auto at = shares_.find(m.key);
    if (at == shares_.end()) return;
    if (m.pieces->empty()) return drop(at);
    at->second.what.hashed(*m.pieces, now());
  }

  held* open(const std::string& key, std::uint64_t size, content_share::role as) {
    auto made = content_share::open({key, size, self_id_, random_()}, deps_.policy, as, *this);
    if (!made) return nullptr;
    if (!std::exchange(ticking_, true)) tell_later(self_, self_, tick_every, tick{});
    return &shares_.emplace(key, held{std::move(*made), {}, 0, {}}).first->second;
  }

  void drop(std::map<std::string, held>::iterator at) {
    auto& one = at->second.what;
    remember(at->first, one);
    one.close();
    shares_.erase(at);
  }

  void remember(const std::string& key, const content_share& one) {
    if (!one.confirmed()) return;
    if (remembered_.size() >= most_remembered) remembered_.erase(remembered_.begin());
    remembered_.insert_or_assign(key, std::make_shared<const std::vector<swarm::piece_claim>>(
                                          one.share().reading().words().claims()));
  }

  // Transfers.

  void begin(begin_sharing m) {
    if (const auto before = shares_.find(m.key); before != shares_.end()) drop(before);
    auto* const made = open(m.key, m.size, content_share::role::opening);
    if (made == nullptr) return;
    made->worker = m.worker;
    made->worker_id = m.worker.id();
    if (const auto named = parse_digest(m.key); named && named->kind == digest_kind::sha256)
      made->sha256 = named->hex;
    watch(self_, m.worker);
  }

  void hear(const piece_told& m) {
    const auto at = shares_.find(m.key);
    if (at == shares_.end() || at->second.worker_id != m.worker) return;
    if (std::holds_alternative<transfer::sharing_over>(m.what)) return drop(at);
    at->second.what.hear(m.what, now());
  }

  void finish(const end_sharing& m) {
    const auto at = shares_.find(m.key);
    if (at == shares_.end() || at->second.worker_id != m.worker) return;
    auto& one = at->second;
    one.worker = nullptr;
    if (m.sha256.empty() || !one.what.confirmed()) return drop(at);
    one.sha256 = m.sha256;
    one.what.settled(now());
  }

  void lose(const caf::actor_addr& who) {
    const auto at = std::ranges::find_if(
        shares_, [&](const auto& entry) { return is(who, entry.second.worker); });
    if (at != shares_.end()) drop(at);
  }

  // Peers that ask for pieces.

  void asked(const piece_asked& m) {
    const auto at = shares_.find(m.content);
    if (at == shares_.end()) return refuse(m.request, errc::not_found);
    open_requests_.emplace(m.request, m.content);
    at->second.what.asked(m.peer, m.piece, m.request, now());
  }

  void went(const piece_went& m) {
    if (auto* const one = share_of(m.request)) one->went(m.request, m.bytes, now());
  }

  void over(const piece_over& m) {
    auto* const one = share_of(m.request);
    open_requests_.erase(m.request);
    if (one != nullptr) one->over(m.request, m.whole, now());
  }

  content_share* share_of(std::uint64_t request) {
    const auto open = open_requests_.find(request);
    if (open == open_requests_.end()) return nullptr;
    const auto at = shares_.find(open->second);
    return at == shares_.end() ? nullptr : &at->second.what;
  }

  void beat() {
    for (auto at = shares_.begin(); at != shares_.end();) {
      const auto one = at++;
      one->second.what.tick(now());
      if (one->second.what.idle(now())) drop(one);
    }
    ticking_ = !shares_.empty();
    if (ticking_) tell_later(self_, self_, tick_every, tick{});
  }

  // Hands.

  void say(const std::vector<node_id>& to, const std::string& key, std::uint64_t size,
           const swarm::saying& what) override {
    const auto words = swarm::encode({key, size, what});
    if (words.size() > most_words) return; // what is held is told again, in a shorter form
    if (!cluster_) return;
    for (const auto& who : to) tell(self_, cluster_, send_words{who, swarm::kind_of(what), words});
  }

  void announce(const std::string& key, std::uint64_t size, const swarm::saying& what) override {
    std::vector<node_id> all;
    for (const auto& [id, one] : members_)
      if (one.reachable) all.push_back(id);
    say(all, key, size, what);
  }

  void order(const std::string& key, transfer::piece_order what) override {
    const auto at = shares_.find(key);
    if (at != shares_.end() && at->second.worker)
      tell(self_, at->second.worker, piece_ordered{std::move(what)});
  }

  bool request(const std::string& key, const swarm::ask_piece& what) override {
    const auto who = members_.find(what.peer);
    if (who == members_.end() || who->second.addresses.empty()) return false;
    order(key, transfer::ask_peer{what,
                                  "https://" + who->second.addresses.front() +
                                      swarm::piece_path(key, what.piece),
                                  deps_.rules ? deps_.rules(what.peer) : nullptr});
    return true;
  }

  void serve(const std::string& key, std::uint64_t request, byte_range where) override {
    const auto& one = shares_.at(key);
    std::vector<std::filesystem::path> files;
    if (one.worker) files.push_back(deps_.home.partials() / (store::partial_name(key) + ".data"));
    // It may have become a blob by the time it is opened.
    if (!one.sha256.empty()) files.push_back(deps_.home.blob(one.sha256));
    deps_.serve(request, std::move(files), where);
  }

  void refuse(std::uint64_t request, errc why) override {
    open_requests_.erase(request);
    if (deps_.refuse) deps_.refuse(request, why);
  }

  void narrate(const std::string& key, transfer::note what) override {
    const auto at = shares_.find(key);
    if (at != shares_.end() && at->second.worker)
      return tell(self_, at->second.worker, transfer_noted{key, std::move(what)});
    fact f{{},          "swarm",
           what.action, what.warning ? level::warning : level::debug,
           what.human,  std::move(what.fields)};
    f.fields.emplace_back("content", key);
    tell(self_, deps_.narrator, actors::narrate{std::move(f), event_kind::narration, {}, {}});
  }

  void bad_piece() override { ++*deps_.bad_pieces; }

  swarm_actor::pointer self_;
  swarm_deps deps_;
  std::mt19937_64 random_;
  node_id self_id_;
  std::map<node_id, member_now> members_;              ///< but this node itself
  std::map<std::string, held> shares_;                 ///< by content key
  std::map<std::uint64_t, std::string> open_requests_; ///< of peers; the content of each
  std::map<std::string, std::shared_ptr<const std::vector<swarm::piece_claim>>> remembered_;
  std::size_t lookups_{0};
  bool ticking_{false};
  hive_port_actor cluster_; ///< null: alone
  shelf_actor shelf_;
  std::optional<bool> told_;
};

} // namespace

swarm_actor spawn_swarm(caf::local_actor* parent, swarm_deps deps) {
  return spawn_child<swarm_state>(parent, std::move(deps));
}

} // namespace hive::actors
