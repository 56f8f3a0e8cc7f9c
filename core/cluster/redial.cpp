#include "core/cluster/redial.hpp"

#include <algorithm>

namespace hive::cluster {

namespace {

bool lasts(cause why) noexcept {
  return why == cause::wrong_cluster || why == cause::bad_version || why == cause::banned ||
         why == cause::tls;
}

} // namespace

redial::time redial::failed(cause why, time now) noexcept {
  if (up_since_ && now - *up_since_ >= health) failures_ = 0;
  up_since_.reset();
  why_ = why;
  auto ceiling = first_ceiling;
  for (int i = 0; i < failures_ && ceiling < last_ceiling; ++i) ceiling *= 2;
  if (lasts(why)) ceiling = last_ceiling;
  if (failures_ < 30) ++failures_;
  ceiling = std::min(ceiling, last_ceiling);
  const auto span = static_cast<std::uint64_t>(ceiling.count()) + 1;
  return now + time{static_cast<time::rep>(random_.below(span))};
}

const std::string* redial::next_address(const profile& peer) noexcept {
  if (peer.addresses.empty()) return nullptr;
  return &peer.addresses[tried_++ % peer.addresses.size()];
}

} // namespace hive::cluster
