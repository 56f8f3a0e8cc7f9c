#include "core/cluster/handshake.hpp"

#include <algorithm>

namespace hive::cluster {

namespace {

verdict refused(cause why, std::string sentence) {
  return {0, why, std::move(sentence), {}};
}

std::string text(protocol_range r) {
  return r.oldest == r.newest ? std::to_string(r.newest)
                              : std::to_string(r.oldest) + " to " + std::to_string(r.newest);
}

} // namespace

verdict judge(const hello& mine, const hello& theirs, const member_row* known) {
  if (!theirs.self || !check(*theirs.self) || theirs.cluster.size() > max_cluster_length ||
      !is_datable(theirs.clock))
    return refused(cause::bad_version, "the greeting makes no sense to this version");
  if (theirs.cluster != mine.cluster)
    return refused(cause::wrong_cluster, "it belongs to hive " + theirs.cluster.substr(0, 12) +
                                             ", this node to " + mine.cluster.substr(0, 12));
  const auto& there = *theirs.self;
  if (there.id() == mine.self->id())
    return refused(cause::banned, "it calls itself by this node's own id " + there.id().value);
  if (known && there.incarnation < known->incarnation)
    return refused(cause::banned, "incarnation " + std::to_string(there.incarnation) +
                                      " of it has been replaced by " +
                                      std::to_string(known->incarnation));
  if (known && there.incarnation == known->incarnation && there.who->boot != known->who->boot)
    return refused(cause::banned, "another process uses its id and incarnation");
  const auto ours = mine.self->who->protocol;
  const auto range = there.who->protocol;
  const auto common = std::min(ours.newest, range.newest);
  if (common < std::max(ours.oldest, range.oldest))
    return refused(cause::bad_version, "it speaks versions " + text(range) + ", this node " +
                                           text(ours) + "; upgrade the older one");
  verdict out{common, cause::none, {}, theirs.clock - mine.clock};
  if (std::chrono::abs(out.skew) > tolerated_skew)
    out.sentence = "its clock differs by " + std::to_string(out.skew.count() / 1000) + " s";
  return out;
}

bool keeps_dialled_link(const node_id& self, const node_id& peer) noexcept {
  return self < peer;
}

} // namespace hive::cluster
