#include "actors/quorum.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"

#include <algorithm>
#include <utility>

namespace hive::actors {

namespace {

/// Until then members that are gone may not have been missed: only links count.
constexpr std::size_t first_looks = 5;
constexpr std::size_t most_doubts = 64;

} // namespace

cluster::island quorum::reach() const {
  auto out = members_->around();
  const auto linked = static_cast<std::size_t>(
      std::ranges::count_if(*peers_, [](const auto& one) { return one.second.linked; }));
  const bool believed = linked > 0 && looks_ >= first_looks;
  if (!believed) out.visible = std::min(out.visible, linked + 1);
  return out;
}

caf::result<void> quorum::confirm() {
  const auto enough = cluster::confirm_majority(reach());
  if (enough) return caf::unit;
  if (looks_ >= first_looks || waiting_.size() >= most_doubts) return as_error(enough.why());
  waiting_.push_back(self_->make_response_promise<void>());
  return waiting_.back();
}

void quorum::look() {
  ++looks_;
  if (waiting_.empty()) return;
  const auto enough = cluster::confirm_majority(reach());
  if (!enough && looks_ < first_looks) return;
  for (auto& one : std::exchange(waiting_, {})) {
    if (enough)
      one.deliver();
    else
      one.deliver(as_error(enough.why()));
  }
}

} // namespace hive::actors
