#pragma once
/// What is told about members and links, as facts.

#include "core/cluster/event.hpp"
#include "core/discovery/announcement.hpp"
#include "core/job/fact.hpp"

#include <string>

namespace hive::actors {

inline constexpr auto event_kind_of_facts = hive::event_kind::narration;

/// A member for people: its name, or its id.
std::string label(const cluster::profile& who);
fact member_fact(const cluster::member_event& event);
/// `action`: link.up, link.down, link.remark.
fact link_fact(const cluster::profile& who, const char* action, level weight, std::string human,
               cluster::cause why = cluster::cause::none);
/// A node of this hive is announced on the local network, for the first time.
fact heard_fact(const discovery::sighting& what);
fact seed_fact(const std::string& address, cluster::cause why, const std::string& sentence);

} // namespace hive::actors
