#include "core/link/link_book.hpp"

namespace hive::link {

standing link_book::dialled(const node_id& peer, number attempt) {
  auto& at = entries_[peer];
  if (at.made || at.attempt != 0) return standing::crossed;
  at.attempt = attempt;
  at.ours = true;
  return standing::goes_on;
}

standing link_book::greeted(const node_id& peer, std::uint64_t boot, number attempt) {
  auto& at = entries_[peer];
  if (at.made && at.made->boot == boot) return standing::stale;
  if (at.attempt != 0 && at.ours && cluster::keeps_dialled_link(self_, peer))
    return standing::crossed;
  // A second dial of the same peer: it has given up the first.
  at.attempt = attempt;
  at.ours = false;
  return standing::goes_on;
}

standing link_book::agreed(const node_id& peer, std::uint64_t boot, number attempt) {
  const auto at = entries_.find(peer);
  if (at == entries_.end() || at->second.attempt != attempt) return standing::crossed;
  at->second = {link{attempt, boot}, 0, false};
  return standing::goes_on;
}

void link_book::over(const node_id& peer, number attempt) {
  const auto at = entries_.find(peer);
  if (at == entries_.end()) return;
  if (at->second.attempt == attempt) at->second.attempt = 0;
  if (at->second.made && at->second.made->id == attempt) at->second.made.reset();
  if (!at->second.made && at->second.attempt == 0) entries_.erase(at);
}

std::optional<link_book::link> link_book::link_with(const node_id& peer) const {
  const auto at = entries_.find(peer);
  return at == entries_.end() ? std::nullopt : at->second.made;
}

} // namespace hive::link
