#include "core/cluster/holdings.hpp"

#include "core/base/random.hpp"

#include <utility>

namespace hive::cluster {

namespace {

std::size_t text_of(const held_artifact& a) noexcept {
  return a.id.size() + a.ref.size() + a.revision.size();
}

outcome malformed(std::string what) {
  return fail(errc::bad_request, "what a member holds has " + std::move(what));
}

} // namespace

struct holding_rules {
  static const std::string& key(const holding& r) noexcept { return r.who.value; }

  static std::uint64_t hash(const holding& r) noexcept {
    const auto number = [](const std::string& text) { return ring_position(node_id{text}); };
    std::uint64_t h = number(r.who.value);
    const auto stir = [&h](std::uint64_t part) { h = mixed(h ^ (part + 0x9e3779b97f4a7c15ull)); };
    for (const auto part : {r.incarnation, r.version, r.count}) stir(part);
    for (const auto& a : r.artifacts)
      for (const auto* text : {&a.id, &a.ref, &a.revision}) stir(number(*text));
    return h;
  }

  /// The hash decides between contents that claim the same place.
  static bool newer(const holding& a, const holding& b) noexcept {
    const auto place = [](const holding& r) { return std::pair(r.incarnation, r.version); };
    if (place(a) != place(b)) return place(a) > place(b);
    return hash(a) > hash(b);
  }
};

outcome check(const holding& r) {
  if (r.who.empty() || r.who.value.size() > max_id_length)
    return malformed("no id, or one too long");
  if (r.incarnation > max_incarnation) return malformed("too great an incarnation");
  if (r.artifacts.size() > max_held) return malformed("too many artifacts");
  if (r.count < r.artifacts.size()) return malformed("a count below what it lists");
  std::size_t text = 0;
  for (const auto& a : r.artifacts) {
    if (a.id.empty() || a.id.size() > max_id_length)
      return malformed("an artifact with a wrong id");
    if (a.revision.size() > max_held_revision)
      return malformed("an artifact with too long a revision");
    text += text_of(a);
  }
  if (text > max_held_text) return malformed("too much text");
  return {};
}

std::vector<held_artifact> bounded(std::vector<held_artifact> all) {
  std::vector<held_artifact> out;
  std::size_t text = 0;
  for (auto& a : all) {
    if (a.revision.size() > max_held_revision) a.revision.resize(max_held_revision);
    text += text_of(a);
    if (out.size() == max_held || text > max_held_text) break;
    out.push_back(std::move(a));
  }
  return out;
}

holdings::holdings(node_id self, std::uint64_t incarnation) {
  own_.who = std::move(self);
  own_.incarnation = incarnation;
}

bool holdings::set_own(std::vector<held_artifact> artifacts, std::uint64_t count) {
  auto listed = bounded(std::move(artifacts));
  if (own_.version > 0 && own_.count == count && own_.artifacts == listed) return false;
  own_.artifacts = std::move(listed);
  own_.count = count;
  ++own_.version;
  return records_.put(own_);
}

std::size_t holdings::merge(const std::vector<holding>& others,
                            const std::function<bool(const node_id&)>& is_member) {
  std::size_t changed = 0;
  for (const auto& one : others)
    if (one.who != own_.who && check(one) && is_member(one.who) && records_.put(one)) ++changed;
  return changed;
}

void holdings::tidy(const std::function<bool(const node_id&)>& is_member) {
  records_.erase_if([&](const holding& r) { return r.who != own_.who && !is_member(r.who); });
}

} // namespace hive::cluster
