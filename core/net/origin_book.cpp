#include "core/net/origin_book.hpp"

namespace hive::net {

origin_facts origin_book::of(const origin& where) const {
  const auto found = facts_.find(where);
  return found == facts_.end() ? origin_facts{} : found->second;
}

origin_facts& origin_book::at(const origin& where) {
  if (facts_.size() >= most && !facts_.contains(where)) facts_.clear();
  return facts_[where];
}

} // namespace hive::net
