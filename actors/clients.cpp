#include "actors/clients.hpp"

#include "core/job/log.hpp"

#include <utility>

namespace hive::actors {
namespace {

std::string program_with(const trust::peer_identity& who, const std::string& from) {
  return "a program with the certificate of " + who.node.value + " (" + from + ")";
}

} // namespace

std::optional<std::uint64_t> clients::admit(const trust::peer_identity& who,
                                            const std::string& from) {
  const std::lock_guard hold{mutex_};
  if (all_.size() >= most) {
    log(level::warning, "link", "client-refused",
        program_with(who, from) + ": " + std::to_string(most) + " have a link already");
    return std::nullopt;
  }
  all_.emplace(++last_, client{who, from, nullptr});
  log(level::info, "link", "client-up", program_with(who, from) + " has a link");
  return last_;
}

void clients::hold(std::uint64_t place, wire_ptr wire) {
  const std::lock_guard hold{mutex_};
  if (const auto at = all_.find(place); at != all_.end()) at->second.wire = std::move(wire);
}

void clients::left(std::uint64_t place) {
  const std::lock_guard hold{mutex_};
  const auto at = all_.find(place);
  if (at == all_.end()) return;
  log(level::info, "link", "client-down",
      "the link of " + program_with(at->second.who, at->second.from) + " is over");
  all_.erase(at);
}

void clients::cut_all() {
  const std::lock_guard hold{mutex_};
  for (auto& [place, one] : all_)
    if (one.wire) one.wire->cut(cluster::cause::closed);
}

void clients::cut(const trust::revocations& barred) {
  const std::lock_guard hold{mutex_};
  for (auto& [place, one] : all_)
    if (one.wire && barred.find(one.who.node, one.who.serial))
      one.wire->cut(cluster::cause::banned);
}

} // namespace hive::actors
