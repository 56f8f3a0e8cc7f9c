#include "actors/barring.hpp"

#include <algorithm>

namespace hive::actors {

namespace {

constexpr std::size_t most_revocations = 256; ///< in one message

} // namespace

revocation_words barring::some() {
  revocation_words out;
  if (!barred_) return out;
  const auto& all = barred_->all();
  auto at = all.upper_bound(told_);
  for (std::size_t i = 0; i < std::min(all.size(), most_revocations); ++i, ++at) {
    if (at == all.end()) at = all.begin();
    out.list.push_back({static_cast<std::uint8_t>(at->first.what), at->first.id, at->second.reason,
                        at->second.signature, at->second.at});
    told_ = at->first;
  }
  return out;
}

void barring::hear(const node_id& from, const revocation_words& m) {
  if (!links_of_ || m.list.size() > most_revocations) return;
  trust::revocations more;
  for (const auto& one : m.list) {
    const trust::revocations::key key{static_cast<trust::revoked_thing>(one.what & 1U), one.id};
    if (!barred_ || !barred_->all().contains(key))
      static_cast<void>(more.add(key, {one.at, one.reason, one.signature}));
  }
  if (!more.all().empty()) links_of_->bar(std::move(more), from);
}

bool barring::know(const std::shared_ptr<const trust::revocations>& list) {
  const bool news = !barred_ || barred_->all().size() != list->all().size();
  barred_ = list;
  return news;
}

bool barring::is_barred(const node_id& who) const {
  return barred_ && barred_->all().contains({trust::revoked_thing::node, who.value});
}

} // namespace hive::actors
