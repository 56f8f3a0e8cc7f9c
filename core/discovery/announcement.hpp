#pragma once
/// What a node tells of itself on a local network, and how that is said by DNS-SD: a service
/// _hive._tcp whose instance is named after the node's id. Nothing in it is secret, and nothing of
/// it is believed. Pure.

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/discovery/dns.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::discovery {

inline constexpr std::size_t most_addresses = 4;  ///< of one node
inline constexpr std::size_t most_announced = 16; ///< nodes in one message
inline constexpr std::size_t most_instances = 64; ///< of a message, that are looked at
/// How long what was heard counts.
inline constexpr std::chrono::seconds usual_life{240};
inline constexpr std::chrono::seconds longest_life{3600};

/// The TXT record: "txtvers=1", "hive=<fingerprint>", "proto=1-2", "id=<node>".
struct announcement {
  std::string hive; ///< SHA-256 of its authority's certificate, lower-case hex
  node_id node;
  std::uint16_t oldest{1}; ///< protocol versions it speaks, inclusive
  std::uint16_t newest{1};
  friend bool operator==(const announcement&, const announcement&) = default;
};

/// A node, as somebody on the network says.
struct sighting {
  announcement who;
  std::vector<std::string> addresses; ///< "host:port", numeric, at most `most_addresses`
  std::chrono::seconds lasts{0};      ///< 0: it says farewell
  friend bool operator==(const sighting&, const sighting&) = default;
};

/// The data of the TXT record.
std::string txt_of(const announcement& what);
/// errc::bad_request says what is missing or wrong. Other keys are ignored, of a repeated one the
/// first counts, as RFC 6763 has it.
result<announcement> read_txt(std::string_view data);

/// "_hive._tcp.local"
const dns::name& service_name();
/// "_services._dns-sd._udp.local", by which people browse for services.
const dns::name& catalogue_name();

/// "10.1.2.3:7836" or "[2001:db8::1]:7836" of an A or AAAA record. Empty for an address that means
/// nothing to others, or is none of one machine: loopback, link-local, multicast, unspecified.
std::string address_of(const dns::record& what, std::uint16_t port);

/// A response that announces `who` at these numeric addresses, all of the same port; `life` 0 takes
/// it back, but not that there are nodes at all. Empty addresses announce nothing.
std::optional<dns::message> message_of(const announcement& who,
                                       const std::vector<std::string>& addresses,
                                       std::chrono::seconds life);
/// Every node a response announces as a whole: TXT, SRV and an address in one message.
std::vector<sighting> sightings_in(const dns::message& response);

/// Whether a question is about `who`, or about any node.
bool asks_for(const dns::question& what, const announcement& who);
/// Whether a query asks about `who` anything but what it says to know for at least half its life.
bool wants_to_know(const dns::message& query, const announcement& who);
/// "Who is there?"
dns::message inquiry();

} // namespace hive::discovery
