#include "actors/checkup.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"

#include <algorithm>
#include <utility>

namespace hive::actors {

namespace {

/// A dial takes at most 5 s there and here; what is open then is no answer.
constexpr std::chrono::seconds round_limit{12};
constexpr std::size_t most_rounds = 4;
constexpr std::size_t most_dials = 200; ///< of a round
constexpr std::size_t most_errands = 256;
constexpr std::size_t longest_sentence = 512;

} // namespace

std::chrono::milliseconds checkup::now() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      means_.self->clock().now().time_since_epoch());
}

checkup::round* checkup::find(std::uint64_t number) {
  const auto at = std::ranges::find(rounds_, number, &round::number);
  return at == rounds_.end() ? nullptr : &*at;
}

member_check* checkup::find(round& in, const node_id& who) {
  const auto at = std::ranges::find(in.found.members, who,
                                    [](const member_check& one) { return one.row->id(); });
  return at == in.found.members.end() ? nullptr : &*at;
}

void checkup::begin(caf::typed_response_promise<members_checked> answer) {
  if (rounds_.size() >= most_rounds)
    return answer.deliver(as_error(fail(errc::overloaded, "several look at the members already")));
  drop_late();
  auto& made = rounds_.emplace_back();
  const auto number = made.number = ++last_;
  made.began = wall_now();
  made.answer = std::move(answer);
  made.found.addresses = means_.members->self()->who->addresses;
  std::size_t dials = 0;
  for (std::size_t i = 0; means_.links_of && i < means_.members->table().size(); ++i) {
    const auto& row = means_.members->table().at(i);
    if (row->id() == means_.members->self()->id() || row->life >= cluster::lifecycle::left)
      continue;
    dials += row->who->addresses.size();
    if (dials > most_dials) {
      ++made.found.left_out;
      continue;
    }
    auto& one = made.found.members.emplace_back();
    one.row = row;
    if (const auto at = means_.peers->find(row->id()); at != means_.peers->end()) {
      one.linked = at->second.linked;
      one.version = at->second.version;
    }
  }
  // All are counted before the first can be over.
  const auto whom = made.found.members;
  for (const auto& one : whom) made.open += one.linked ? 2 : 1;
  settle(made);
  for (const auto& one : whom) {
    dial({number, one.row->id(), 0, {}, now(), 0, {}}, *one.row->who);
    if (one.linked) means_.say(one.row->id(), {number, false, {}, wall_now(), {}});
  }
  tell_later(means_.self, means_.self, round_limit, checkup_overdue{number});
}

/// Dials whose end was told to nobody: the links closed meanwhile.
void checkup::drop_late() {
  const auto late = [&](const errand& one) { return now() - one.began > round_limit; };
  std::erase_if(dials_, [&](const auto& one) { return late(*one.second); });
  errands_.remove_if(late);
}

void checkup::overdue(std::uint64_t number) {
  auto* const late = find(number);
  if (late == nullptr) return;
  late->open = 0;
  settle(*late);
}

void checkup::settle(round& of) {
  if (of.open > 0) return;
  std::ranges::sort(of.found.members, {}, [](const member_check& one) {
    return std::pair{one.row->who->name, one.row->id().value};
  });
  of.answer.deliver(std::move(of.found));
  rounds_.remove_if([&](const round& one) { return &one == &of; });
}

void checkup::dial(errand what, const cluster::profile& whom) {
  auto& made = errands_.emplace_back(std::move(what));
  made.open = whom.addresses.size();
  if (whom.addresses.empty()) return report(made);
  for (const auto& address : whom.addresses) {
    dials_.emplace(++last_, &made);
    means_.links_of->dial({last_, address, whom.id, true});
  }
}

void checkup::dialled(const link::dial_ended& how) {
  const auto at = dials_.find(how.order.ticket);
  if (at == dials_.end()) return;
  auto& of = *at->second;
  dials_.erase(at);
  // A dial that only looks ends by closing what it has opened.
  const bool met = how.why == cluster::cause::closed || how.why == cluster::cause::none;
  of.found.push_back({how.order.address, met ? cluster::cause::none : how.why,
                      met ? std::string{} : how.sentence.substr(0, longest_sentence), how.expires});
  if (--of.open == 0) report(of);
}

void checkup::report(errand& done) {
  if (done.round == 0) {
    means_.say(done.who, {done.ticket, true, done.heard, wall_now(), std::move(done.found)});
  } else if (auto* const in = find(done.round)) {
    if (auto* const one = find(*in, done.who)) one->there = std::move(done.found);
    --in->open;
    settle(*in);
  }
  errands_.remove_if([&](const errand& one) { return &one == &done; });
}

void checkup::hear(const node_id& from, const checkup_words& what) {
  if (what.found.size() > cluster::max_addresses || !means_.links_of) return;
  if (!cluster::is_datable(what.heard) || !cluster::is_datable(what.clock)) return;
  if (!what.answer) {
    drop_late();
    const auto row = means_.members->table().share(from);
    const bool busy = std::ranges::any_of(
        errands_, [&](const errand& one) { return one.round == 0 && one.who == from; });
    if (row && !busy && errands_.size() < most_errands)
      dial({0, from, what.ticket, wall_now(), now(), 0, {}}, *row->who);
    return;
  }
  auto* const in = find(what.ticket);
  auto* const one = in == nullptr ? nullptr : find(*in, from);
  if (one == nullptr || one->back) return;
  one->back = what.found;
  // As NTP does: the way there and the way back are taken to be equally long.
  const auto back = wall_now();
  one->skew = ((what.heard - in->began) + (what.clock - back)) / 2;
  one->uncertain =
      std::max(((back - in->began) - (what.clock - what.heard)) / 2, std::chrono::milliseconds{0});
  --in->open;
  settle(*in);
}

} // namespace hive::actors
