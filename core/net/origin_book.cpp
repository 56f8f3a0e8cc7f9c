#include "core/net/origin_book.hpp"

namespace hive::net {

const origin_facts& origin_book::of(const origin& where) const {
  static const origin_facts nothing;
  const auto found = facts_.find(where);
  return found == facts_.end() ? nothing : found->second;
}

std::chrono::seconds origin_book::closed_for(const origin& where, const std::string& bucket,
                                             book_clock::time_point now) const {
  const auto& closed = of(where).closed;
  const auto found = closed.find(bucket);
  if (found == closed.end() || found->second <= now) return std::chrono::seconds{0};
  return std::chrono::ceil<std::chrono::seconds>(found->second - now);
}

origin_facts& origin_book::at(const origin& where) {
  if (facts_.size() >= most && !facts_.contains(where)) facts_.clear();
  return facts_[where];
}

} // namespace hive::net
