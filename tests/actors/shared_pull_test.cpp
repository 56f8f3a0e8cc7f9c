// Real nodes of one hive in one process: links, TLS, pieces and disks are all real.
#include "core/trust/hive_folder.hpp"
#include "core/trust/peer_port.hpp"
#include "core/trust/signing_request.hpp"
#include "tests/actors/living_node.hpp"

#include <algorithm>
#include <fstream>
#include <thread>

namespace hive::actors {
namespace {

constexpr std::uint64_t piece = 4ull << 20;

/// A home becomes a member of the hive that the first home founds.
void enroll(const store::home& home, const std::string& name, const store::home* founder) {
  REQUIRE(store::prepare(home));
  const auto id = store::identity(home);
  REQUIRE(id);
  const auto now = wall_now();
  if (founder == nullptr) {
    REQUIRE(trust::hive_folder::found(home, "lab", {*id, name}, now));
    return;
  }
  auto boss = trust::hive_folder::open(*founder);
  REQUIRE(boss);
  const auto token = boss->create_token({}, now);
  REQUIRE(token);
  const auto key = trust::hive_folder::joining_key(home);
  REQUIRE(key);
  trust::join_request asked;
  asked.token = trust::token_claim{token->id, token->secret};
  asked.signing_request = trust::signing_request::make(*key, *id)->pem();
  asked.node = *id;
  asked.name = name;
  asked.version = "test";
  const auto granted = boss->admit(asked, {}, now);
  if (!granted) FAIL(sentence(granted.why()));
  const auto settled = trust::hive_folder::settle(home, *granted, now);
  if (!settled) FAIL(sentence(settled.why()));
}

/// One member with its peer port.
struct hive_node {
  std::optional<living_node> here;
  std::unique_ptr<trust::peer_port> port;
  node_id id;

  void open(const tiny_hub& hub, std::size_t n, const store::home* founder,
            std::vector<std::string> seeds) {
    here.emplace(hub, [&](node_options& o) {
      o.name = "node" + std::to_string(n);
      o.peers = std::move(seeds);
      enroll(o.home, o.name, founder);
      id = *store::identity(o.home);
    });
    open_port();
  }
  void open_port() {
    trust::peer_port_options options;
    options.listen = "127.0.0.1:0";
    options.home = (*here)->home();
    options.takers = (*here)->takers();
    auto opened = trust::peer_port::open(std::move(options));
    if (!opened) FAIL(sentence(opened.why()));
    port = std::move(*opened);
    (*here)->advertise({port->address()});
  }
  /// As if it had been killed: nothing of it answers any more.
  void vanish() {
    port.reset();
    here->stop();
  }
};

struct small_hive {
  tiny_hub hub;
  std::vector<std::unique_ptr<hive_node>> nodes;

  explicit small_hive(std::size_t count) {
    for (std::size_t n = 0; n < count; ++n) {
      const auto founder = n == 0 ? std::optional<store::home>{} : home(0);
      auto made = std::make_unique<hive_node>();
      made->open(hub, n, founder ? &*founder : nullptr,
                 n == 0 ? std::vector<std::string>{}
                        : std::vector<std::string>{nodes[0]->port->address()});
      nodes.push_back(std::move(made));
    }
    for (auto& one : nodes) REQUIRE(gathered(*one));
  }
  living_node& at(std::size_t n) { return *nodes[n]->here; }
  std::optional<store::home> home(std::size_t n) { return at(n)->home(); }

  /// The node has a link to every other.
  bool gathered(hive_node& one) {
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (std::chrono::steady_clock::now() < until) {
      const auto seen = answer_of<members_shown>([&](auto reply) { (*one.here)->members(reply); });
      if (seen && static_cast<std::size_t>(std::ranges::count_if(
                      seen->members, [](const auto& m) { return m.linked; })) +
                          1 >=
                      nodes.size())
        return true;
      std::this_thread::yield();
    }
    return false;
  }
  std::uint64_t wan(std::size_t n) { return at(n).status()->transfer.bytes_wan; }
  std::uint64_t from_peers(std::size_t n) { return at(n).status()->transfer.bytes_peers; }
};

/// Bytes of the repository's file that left the origin.
std::uint64_t sent(const tiny_hub& hub) {
  return hub.at.counts().bytes_sent;
}

TEST_CASE("nodes of a hive that pull one model get it over the WAN once") {
  small_hive lab{3};
  constexpr std::uint64_t size = 10 * piece;
  lab.hub.add("org/big", {{"weights.bin", 5, size}});
  const auto before = sent(lab.hub);
  std::vector<job_id> jobs;
  for (std::size_t n = 0; n < 3; ++n) jobs.push_back(lab.at(n).submit("hf:org/big")->id);
  std::uint64_t wan = 0;
  std::uint64_t peers = 0;
  for (std::size_t n = 0; n < 3; ++n) {
    const auto done = lab.at(n).ended(jobs[n]);
    REQUIRE(done);
    INFO((done->error ? sentence(*done->error) : ""));
    CHECK(done->state == job_state::succeeded);
    wan += lab.wan(n);
    peers += lab.from_peers(n);
    CHECK(done->progress.counts.wan + done->progress.counts.peers >= size);
  }
  CHECK(wan <= size + 2 * piece);
  CHECK(sent(lab.hub) - before <= size + 2 * piece);
  CHECK(peers >= 2 * size - 2 * piece);

  SECTION("one that asks for it later gets it from the others") {
    const auto again = lab.at(0).submit("hf:org/big");
    REQUIRE(lab.at(0).ended(again->id)); // nothing to do
    CHECK(sent(lab.hub) - before <= size + 2 * piece);
  }
}

TEST_CASE("a peer whose disk has rotted is named, and the content comes from elsewhere") {
  small_hive lab{3};
  constexpr std::uint64_t size = 6 * piece;
  lab.hub.add("org/rot", {{"weights.bin", 8, size}});
  for (std::size_t n = 1; n < 3; ++n) {
    const auto job = lab.at(n).submit("hf:org/rot");
    REQUIRE(lab.at(n).ended(job->id)->state == job_state::succeeded);
  }
  const auto blob = lab.home(2)->blob(testing::pattern_sha256(8, size));
  std::filesystem::permissions(blob, std::filesystem::perms::owner_write,
                               std::filesystem::perm_options::add);
  {
    std::fstream file{blob, std::ios::in | std::ios::out | std::ios::binary};
    for (std::uint64_t at = 1000; at < size; at += piece) {
      file.seekp(static_cast<std::streamoff>(at));
      file.put('\x5a');
    }
  }
  const auto before = sent(lab.hub);
  const auto job = lab.at(0).submit("hf:org/rot");
  const auto done = lab.at(0).ended(job->id);
  REQUIRE(done);
  INFO((done->error ? sentence(*done->error) : ""));
  CHECK(done->state == job_state::succeeded);
  CHECK(sent(lab.hub) - before < piece); // the plan only
  CHECK(lab.at(0).status()->bad_pieces >= 1);
  CHECK(lab.at(0).heard().wait_for([&](const event& e) {
    return e.what.action == "peer-barred" && e.what.job == job->id &&
           e.what.human.find(lab.nodes[2]->id.value) != std::string::npos;
  }));
}

TEST_CASE("when the node that fetches vanishes, the others go on where it was") {
  small_hive lab{3};
  constexpr std::uint64_t size = 12 * piece;
  lab.hub.add("org/torn", {{"weights.bin", 6, size}});
  lab.hub.at.behave(tiny_hub::path_of("org/torn", "weights.bin"), {.slow = 2 << 20});
  const auto before = sent(lab.hub);
  std::vector<job_id> jobs;
  for (std::size_t n = 0; n < 3; ++n) jobs.push_back(lab.at(n).submit("hf:org/torn")->id);
  std::optional<std::size_t> owner;
  for (int i = 0; i < 20000 && !owner; ++i)
    for (std::size_t n = 0; n < 3; ++n)
      if (lab.wan(n) >= size / 2) owner = n;
  REQUIRE(owner);
  lab.nodes[*owner]->vanish();
  lab.hub.at.behave(tiny_hub::path_of("org/torn", "weights.bin"), {});
  for (std::size_t n = 0; n < 3; ++n) {
    if (n == *owner) continue;
    const bool over = lab.at(n).heard().wait_for(
        [&](const event& e) { return e.what.job == jobs[n] && e.kind == event_kind::end; }, 60s);
    REQUIRE(over);
    CHECK(lab.at(n).job(jobs[n])->state == job_state::succeeded);
  }
  CHECK(sent(lab.hub) - before <= size + 5 * piece);
}

TEST_CASE("pieces leave no faster than the node's upload rate") {
  small_hive lab{2};
  constexpr std::uint64_t size = 4 * piece;
  lab.hub.add("org/held", {{"weights.bin", 7, size}});
  const auto first = lab.at(0).submit("hf:org/held");
  REQUIRE(lab.at(0).ended(first->id)->state == job_state::succeeded);
  REQUIRE(answer_of<limits::in_force>([&](auto reply) {
    lab.at(0)->change_limits({{limits::limit::upload_rate, 4ull << 20}}, reply);
  }));
  const auto began = std::chrono::steady_clock::now();
  const auto second = lab.at(1).submit("hf:org/held");
  REQUIRE(lab.at(1).ended(second->id)->state == job_state::succeeded);
  CHECK(std::chrono::steady_clock::now() - began >= 3500ms);
  CHECK(lab.from_peers(1) >= size);
}

} // namespace
} // namespace hive::actors
