#include "core/trust/renewal.hpp"

#include "core/job/log.hpp"
#include "core/trust/join_client.hpp"

namespace hive::trust {

namespace {

constexpr std::chrono::hours pause{1};

outcome renew_at(const std::string& member, hive_folder& hive, const std::string& node_name,
                 wall_time now) {
  HIVE_TRY(auto trust, hive.trust());
  HIVE_TRY(auto key, hive.key());
  HIVE_TRY(auto who,
           joiner::renewing(hive.chain().authority, std::move(key), {hive.node(), node_name}));
  HIVE_TRY(const auto grant,
           converse(who, member, shown_certificate{hive.tls(), std::move(trust)}));
  return hive.replace_certificate(grant, now);
}

} // namespace

bool is_due(const certificate_chain& chain, wall_time now) {
  const auto end = chain.own.not_after();
  return now >= end - (certificate_term - renewal_age) && end < chain.authority.not_after();
}

result<bool> renew_if_due(const store::home& where, const std::string& node_name, wall_time now) {
  HIVE_TRY(auto hive, hive_folder::open(where));
  if (!is_due(hive.chain(), now)) return false;
  if (hive.issues()) {
    HIVE_CHECK(hive.renew_by_own(node_name, now));
    return true;
  }
  failure last = fail(errc::unreachable, "no member of the hive is known",
                      "join again with 'hive join TOKEN HOST:PORT'");
  for (const auto& member : hive.members()) {
    const auto done = renew_at(member, hive, node_name, now);
    if (done) return true;
    last = done.why();
    if (last.code == errc::node_revoked) break; // no other member will say otherwise
  }
  return last;
}

renewer::renewer(store::home where, std::string node_name)
  : home_(std::move(where)), node_name_(std::move(node_name)), thread_([this] { run(); }) {}

renewer::~renewer() {
  {
    const std::lock_guard hold{mutex_};
    closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void renewer::run() {
  std::unique_lock hold{mutex_};
  while (!closing_) {
    hold.unlock();
    const auto done = renew_if_due(home_, node_name_, wall_now());
    if (!done)
      log(level::warning, "trust", "not-renewed",
          "the certificate was not renewed: " + sentence(done.why()));
    else if (*done)
      log(level::info, "trust", "renewed", "this node's certificate was renewed");
    hold.lock();
    changed_.wait_for(hold, pause, [this] { return closing_; });
  }
}

} // namespace hive::trust
