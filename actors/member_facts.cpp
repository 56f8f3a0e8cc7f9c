#include "actors/member_facts.hpp"

#include "core/base/units.hpp"

namespace hive::actors {
namespace {

level weight_of(cluster::event_kind kind) {
  using cluster::event_kind;
  switch (kind) {
  case event_kind::suspect:
  case event_kind::unreachable:
  case event_kind::down:
  case event_kind::slow:
  case event_kind::isolated:
  case event_kind::refused: return level::warning;
  case event_kind::conflict:
  case event_kind::replaced: return level::error;
  default: return level::info;
  }
}

std::string human_of(cluster::event_kind kind, const std::string& who) {
  using cluster::event_kind;
  switch (kind) {
  case event_kind::joined: return who + " is a member";
  case event_kind::restarted: return who + " has started anew";
  case event_kind::up: return who + " is up";
  case event_kind::leaving: return who + " is about to leave";
  case event_kind::left: return who + " has left";
  case event_kind::suspect: return who + " is silent";
  case event_kind::unreachable: return who + " is unreachable";
  case event_kind::down: return who + " is down; its work is given away";
  case event_kind::back: return who + " is back";
  case event_kind::forgotten: return who + " was forgotten";
  case event_kind::expired: return who + " was gone for so long that it is listed no more";
  case event_kind::conflict: return "another process uses this node's identity";
  case event_kind::replaced: return "a newer process has this node's identity: this one must stop";
  case event_kind::slow: return "this node wakes late; its own time-outs are stretched";
  case event_kind::in_time: return "this node wakes in time again";
  case event_kind::isolated: return "this node hears no other: it is probably away itself";
  case event_kind::reunited: return "this node hears others again";
  case event_kind::refused: return who + " does not fit into the table of members";
  }
  return who;
}

} // namespace

std::string label(const cluster::profile& who) {
  return who.name.empty() ? who.id.value : who.name;
}

fact member_fact(const cluster::member_event& event) {
  const auto& row = *event.subject;
  fact out{{},
           "cluster",
           std::string{cluster::name(event.kind)},
           weight_of(event.kind),
           human_of(event.kind, label(*row.who)),
           {{"member", row.id().value}, {"name", row.who->name}}};
  if (event.why != cluster::cause::none) {
    out.human += ": " + std::string{cluster::to_string(event.why)};
    out.fields.emplace_back("cause", std::string{cluster::to_string(event.why)});
  }
  if (!event.observer.empty()) out.fields.emplace_back("by", event.observer.value);
  out.fields.emplace_back("since", format_time(event.since));
  return out;
}

fact link_fact(const cluster::profile& who, const char* action, level weight, std::string human,
               cluster::cause why) {
  fact out{{},     "cluster",        action,
           weight, std::move(human), {{"member", who.id.value}, {"name", who.name}}};
  if (why != cluster::cause::none)
    out.fields.emplace_back("cause", std::string{cluster::to_string(why)});
  return out;
}

fact heard_fact(const discovery::sighting& what) {
  std::string where;
  for (const auto& one : what.addresses) where += (where.empty() ? "" : ", ") + one;
  return {{},
          "cluster",
          "seed.heard",
          level::info,
          "a node of this hive is announced on the local network, at " + where,
          {{"member", what.who.node.value}, {"address", where}}};
}

fact seed_fact(const std::string& address, cluster::cause why, const std::string& sentence) {
  const std::string word{cluster::to_string(why)};
  return {{},
          "cluster",
          "seed.failed",
          level::warning,
          "no link with " + address + ": " + word + (sentence.empty() ? "" : ", " + sentence),
          {{"address", address}, {"cause", word}}};
}

} // namespace hive::actors
