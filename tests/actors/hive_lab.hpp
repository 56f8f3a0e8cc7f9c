#pragma once
/// A hive of real nodes in one process: actor systems, links over TLS on loopback, disks.

#include "core/trust/hive_folder.hpp"
#include "core/trust/join_client.hpp"
#include "core/trust/peer_port.hpp"
#include "tests/actors/living_node.hpp"

#include <thread>

namespace hive::actors {

/// What `hive join` does for a home: the member at `issuer`'s peer port lets it in.
inline node_id enroll(const store::home& home, const std::string& name, const store::home& issuer,
                      const std::string& address) {
  REQUIRE(store::prepare(home));
  const auto id = *store::identity(home);
  auto hive = trust::hive_folder::open(issuer);
  REQUIRE(hive);
  auto token = hive->create_token({}, wall_now());
  REQUIRE(token);
  const auto key = trust::hive_folder::joining_key(home);
  auto by = trust::joiner::with_token(*token, *key, {id, name});
  const auto grant = trust::converse(*by, address, std::nullopt);
  if (!grant) FAIL(sentence(grant.why()));
  REQUIRE(trust::hive_folder::settle(home, *grant, wall_now()));
  return id;
}

inline bool settles(const std::function<bool()>& good, std::chrono::seconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < until) {
    if (good()) return true;
    std::this_thread::yield();
  }
  return good();
}

/// One node of the hive with its peer port.
class hive_machine : public living_node {
 public:
  /// Without a founder it founds the hive.
  hive_machine(const tiny_hub& hub, const std::string& name, const hive_machine* founder,
               const std::vector<std::string>& labels = {})
    : living_node(hub,
                  [&](node_options& o) {
                    o.name = name;
                    o.labels = labels;
                    o.fault_injection = true;
                    if (founder != nullptr) {
                      o.peers = {founder->address()};
                      enroll(o.home, name, founder->home(), founder->address());
                      return;
                    }
                    REQUIRE(store::prepare(o.home));
                    REQUIRE(trust::hive_folder::found(
                        o.home, "lab", {*store::identity(o.home), name}, wall_now()));
                  }),
      id_(*store::identity(home())) {
    open_port();
  }

  const node_id& id() const { return id_; }
  const std::string& address() const { return address_; }
  store::home home() const { return store::home{root()}; }
  bool runs() const { return port_ != nullptr; }

  void start() {
    living_node::start();
    open_port();
  }
  void stop() {
    port_.reset();
    living_node::stop();
  }

  members_shown members() {
    auto got = answer_of<members_shown>([&](auto reply) { (*this)->members(std::move(reply)); });
    if (!got) FAIL(sentence(got.why()));
    return std::move(*got);
  }
  /// "ok", "unreachable", …; "" for a stranger.
  std::string sees(const hive_machine& other) {
    for (const auto& one : members().members)
      if (one.row->id() == other.id()) return std::string{to_string(one.seen.reach)};
    return {};
  }
  bool has_link_with(const hive_machine& other) {
    for (const auto& one : members().members)
      if (one.row->id() == other.id()) return one.linked;
    return false;
  }

 private:
  void open_port() {
    trust::peer_port_options door;
    door.listen = address_.empty() ? "127.0.0.1:0" : address_;
    door.home = home();
    door.takers = (*this)->takers();
    auto opened = trust::peer_port::open(std::move(door));
    if (!opened) FAIL(sentence(opened.why()));
    port_ = std::move(*opened);
    address_ = port_->address();
    (*this)->advertise({address_});
  }

  node_id id_;
  std::string address_;
  std::unique_ptr<trust::peer_port> port_;
};

/// Its first node founded the hive; the names are n0, n1, …; the last one has the label gpu.
struct hive_lab {
  tiny_hub hub;

  explicit hive_lab(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      all.push_back(std::make_unique<hive_machine>(
          hub, "n" + std::to_string(i), i == 0 ? nullptr : all[0].get(),
          i > 0 && i + 1 == count ? std::vector<std::string>{"gpu"} : std::vector<std::string>{}));
    REQUIRE(settles([&] { return is_whole(); }, 60s));
  }
  hive_machine& at(std::size_t i) { return *all[i]; }
  /// Every node that runs has a link with every other that runs, and sees it as ok.
  bool is_whole() {
    for (auto& a : all)
      for (auto& b : all)
        if (a != b && a->runs() && b->runs() && (a->sees(*b) != "ok" || !a->has_link_with(*b)))
          return false;
    return true;
  }

  std::vector<std::unique_ptr<hive_machine>> all;
};

} // namespace hive::actors
