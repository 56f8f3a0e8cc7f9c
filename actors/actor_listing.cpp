#include "actors/actor_listing.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

namespace hive::actors {
namespace {

constexpr std::array<std::string_view, 7> action_names{"cancel", "pause",  "resume", "restart",
                                                       "crash",  "freeze", "flood"};
constexpr std::array<std::string_view, 6> order_names{"id",   "queue", "age",
                                                      "rate", "time",  "growth"};
constexpr std::size_t most_below = 1000;

template <class Enum, std::size_t N>
std::optional<Enum> enum_of(const std::array<std::string_view, N>& names, std::string_view word) {
  const auto at = std::ranges::find(names, word);
  if (at == names.end()) return std::nullopt;
  return static_cast<Enum>(at - names.begin());
}

bool has(const std::string& lowered_part, std::string_view text) {
  return lowered_part.empty() || ascii::lowered(text).find(lowered_part) != std::string::npos;
}

sample counters_of(const vitals& one, instant now) {
  return {one.handled(), one.depth(), one.busy(now)};
}

/// Everybody below `root`, and itself; a child's id is greater than its parent's.
std::unordered_set<std::uint64_t> family_of(const population& people, std::uint64_t root) {
  std::unordered_set<std::uint64_t> in{root};
  for (const auto& one : people.list())
    if (in.contains(one.parent)) in.insert(one.id);
  return in;
}

struct ranked {
  double key{0}; ///< the greatest first, then the smallest id
  std::uint64_t id{0};
  friend bool operator<(const ranked& a, const ranked& b) noexcept {
    return a.key != b.key ? a.key > b.key : a.id < b.id;
  }
};

class listing {
 public:
  listing(const population& people, const samples& known, const actor_query& asked, instant now)
    : people_(people), known_(known), asked_(asked), now_(now), name_(ascii::lowered(asked.name)),
      window_(known.reach(asked.window, now)) {
    if (asked.under != 0) family_ = family_of(people, asked.under);
  }

  actor_page page() {
    actor_page made;
    made.window = window_;
    made.alive = people_.size();
    const auto see = [&](const vitals& one) {
      const auto seen = judge(one);
      if (seen) found_.push_back(*seen);
      return seen.has_value();
    };
    // A page by id costs what it shows, not what lives.
    if (asked_.by == actor_order::id)
      people_.visit_after(asked_.after, asked_.limit + 1, see);
    else
      people_.visit(see);
    const auto wanted = std::min(found_.size(), asked_.limit);
    std::partial_sort(found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(wanted),
                      found_.end());
    const bool more = found_.size() > wanted;
    found_.resize(wanted);
    for (const auto& one : found_)
      if (auto facts = facts_of(one.id)) made.actors.push_back(std::move(*facts));
    if (more && asked_.by == actor_order::id) made.next = found_.back().id;
    return made;
  }

  std::optional<actor_facts> facts_of(std::uint64_t id) const {
    std::optional<actor_facts> facts;
    people_.visit(id, [&](const vitals& one) { facts = whole(one); });
    if (facts) facts->restarts = people_.crashes_of(facts->name);
    return facts;
  }

 private:
  /// Cheap tests first: most listings filter nothing.
  std::optional<ranked> judge(const vitals& one) const {
    if (asked_.under != 0 && !family_.contains(one.id)) return std::nullopt;
    if (!name_.empty() && !has(name_, one.name) && !has(name_, one.label())) return std::nullopt;
    if (!asked_.job.empty()) {
      const auto job = one.job();
      if (!job || !job->value.starts_with(asked_.job)) return std::nullopt;
    }
    if (!asked_.state.empty() && asked_.state != one.state()) return std::nullopt;
    return ranked{key(one), one.id};
  }

  double key(const vitals& one) const {
    if (asked_.by == actor_order::id) return 0;
    if (asked_.by == actor_order::queue) return static_cast<double>(one.depth());
    if (asked_.by == actor_order::age)
      return static_cast<double>(one.oldest(now_).value_or(std::chrono::nanoseconds{0}).count());
    actor_facts f;
    f.id = one.id;
    known_.compare(f, counters_of(one, now_), window_, now_);
    if (asked_.by == actor_order::rate) return f.rate.value_or(-1);
    if (asked_.by == actor_order::time) return f.busy.value_or(-1);
    return static_cast<double>(f.growth.value_or(0));
  }

  actor_facts whole(const vitals& one) const {
    auto facts = one.facts(now_);
    if (people_.watched() && facts.depth == 0) facts.oldest = std::chrono::nanoseconds{0};
    known_.compare(facts, counters_of(one, now_), window_, now_);
    return facts;
  }

  const population& people_;
  const samples& known_;
  const actor_query& asked_;
  instant now_;
  std::string name_;
  std::chrono::milliseconds window_;
  std::unordered_set<std::uint64_t> family_;
  std::vector<ranked> found_;
};

std::optional<actor_name> name_of(const population& people, std::uint64_t id,
                                  std::uint64_t& parent) {
  std::optional<actor_name> named;
  people.visit(id, [&](const vitals& one) {
    named = actor_name{one.id, one.name, one.label()};
    parent = one.parent;
  });
  return named;
}

} // namespace

std::string_view to_string(actor_action what) noexcept {
  return action_names[static_cast<std::size_t>(what)];
}
std::optional<actor_action> actor_action_from(std::string_view word) noexcept {
  return enum_of<actor_action>(action_names, word);
}
std::string_view to_string(actor_order by) noexcept {
  return order_names[static_cast<std::size_t>(by)];
}
std::optional<actor_order> actor_order_from(std::string_view word) noexcept {
  return enum_of<actor_order>(order_names, word);
}

failure no_such_actor(std::uint64_t id) {
  return fail(errc::not_found, "no actor " + std::to_string(id) + " lives here",
              "hive actors lists those who do");
}

samples::moment counters_of(const population& people, instant now) {
  samples::moment all;
  people.visit([&](const vitals& one) { all.emplace(one.id, counters_of(one, now)); });
  return all;
}

actor_page list_actors(const population& people, const samples& known, const actor_query& asked,
                       instant now) {
  return listing{people, known, asked, now}.page();
}

result<actor_detail> look_at(const population& people, const samples& known, std::uint64_t id,
                             instant now) {
  actor_detail seen;
  const actor_query any;
  auto facts = listing{people, known, any, now}.facts_of(id);
  if (!facts) return no_such_actor(id);
  seen.facts = std::move(*facts);
  people.visit(id, [&](vitals& one) {
    one.look_closely();
    for (const auto& m : one.last_messages())
      seen.messages.push_back({type_name(m.type), m.sender, now - m.begin, m.took, m.waited});
  });
  auto parent = seen.facts.parent;
  while (parent != 0) {
    const auto above = name_of(people, parent, parent);
    if (!above) break;
    seen.above.push_back(*above);
  }
  people.visit([&](const vitals& one) {
    if (one.parent == id && seen.below.size() < most_below)
      seen.below.push_back({one.id, one.name, one.label()});
  });
  std::ranges::sort(seen.below, {}, &actor_name::id);
  return seen;
}

} // namespace hive::actors
