#pragma once
/// One network's part of multicast DNS: when to ask who is there, when to announce this node, and
/// when to answer. Pure: the caller has the socket and the clock.
///
/// Asks at 0, 1 and 3 s, then once a minute to a minute and a half unless somebody else just did;
/// announces twice when it begins and when addresses change, and takes that back when none is left;
/// answers within 20 to 120 ms, at most once a second. Names are not probed for: they are made of
/// the node's id, and who copied that is found by the handshake between nodes. Queries from other
/// ports than 5353 are the caller's to drop: nobody is answered alone.

#include "core/base/random.hpp"
#include "core/discovery/announcement.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::discovery {

class responder {
 public:
  using time = std::chrono::milliseconds; ///< steady

  /// Without `own` it only asks.
  responder(std::optional<announcement> own, std::uint64_t seed, time now);

  /// Where the node is reached on this network, "host:port"; nothing is said while there is none.
  void reach_at(std::vector<std::string> addresses, time now);
  /// The nodes that a datagram announces; what is malformed says nothing, and neither does what was
  /// sent by `due` and came back.
  std::vector<sighting> hear(std::string_view datagram, time now);
  /// Datagrams to send now.
  std::vector<std::string> due(time now);
  /// When to call `due` again.
  time next() const noexcept;
  /// What takes back what was announced last; empty when nothing is.
  std::optional<std::string> farewell() const;

 private:
  /// Of what was sent. Two nodes ask in the same words, so that each counts once, and soon.
  struct echo {
    std::string datagram;
    time until;
  };
  time jitter(time from, time span);
  void answer(const dns::message& query, time now);
  void say(std::vector<std::string>& to, time now);
  bool is_echo(std::string_view datagram, time now);

  std::optional<announcement> own_;
  random_sequence random_;
  std::vector<std::string> addresses_;
  std::vector<std::string> said_; ///< the addresses announced last; empty: none, or taken back
  std::size_t asked_{0};
  time ask_at_;
  std::size_t announcements_{0}; ///< to come
  std::optional<time> say_at_;
  std::optional<time> said_at_;
  std::vector<echo> echoes_;
};

} // namespace hive::discovery
