#include "actors/stock_keeper.hpp"

#include "actors/catalog.hpp"
#include "actors/spelling.hpp"

#include <utility>

namespace hive::actors {

stock_keeper::stock_keeper(stock_means means)
  : means_(std::move(means)), all_(means_.members->self()->id(), means_.members->incarnation()) {}

void stock_keeper::look() {
  if (!means_.catalog) return;
  ask(means_.self, means_.catalog, catalog_limit, list_stock{})
      .then([this](stock_listed& m) { all_.set_own(std::move(m.newest), m.count); },
            [](const caf::error&) {});
}

void stock_keeper::hear(const node_id& from, const holding_words& what) {
  if (what.records.size() > cluster::max_holdings_at_once) return;
  all_.merge(what.records, [this](const node_id& who) { return is_member(who); });
  if (auto back = compared_.answer(from, what.sums, all_)) means_.say(from, std::move(*back));
}

void stock_keeper::tidy() {
  all_.tidy([this](const node_id& who) { return is_member(who); });
}

bool stock_keeper::is_member(const node_id& who) const {
  const auto* const row = means_.members->table().find(who);
  return row != nullptr && row->life < cluster::lifecycle::left;
}

} // namespace hive::actors
