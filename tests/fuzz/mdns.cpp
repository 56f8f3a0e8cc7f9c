/// Datagrams of multicast DNS, from whoever is on the network.

#include "core/base/digest.hpp"
#include "core/discovery/heard_nodes.hpp"
#include "core/discovery/responder.hpp"
#include "tests/fuzz/claim.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace hive;
using namespace hive::discovery;
using fuzz::claim;

namespace {

void check_names(const dns::message& what) {
  const auto fits = [](const dns::name& one) {
    const auto& wire = one.wire();
    return !wire.empty() && wire.size() <= dns::longest_name && wire.back() == '\0';
  };
  for (const auto& one : what.questions) claim(fits(one.what), "a question has a name");
  for (const auto& one : what.records) {
    claim(fits(one.what), "a record has a name");
    const bool names = one.type == dns::type_ptr || one.type == dns::type_srv;
    claim(!names || fits(one.target), "what names another one does");
  }
}

void check(const sighting& what) {
  claim(is_ulid(what.who.node.value), "a node has an id");
  claim(is_hex(what.who.hive, 64), "a hive has a fingerprint");
  claim(what.who.oldest <= what.who.newest, "versions are a range");
  claim(what.addresses.size() <= most_addresses, "addresses have a bound");
  claim(what.lasts <= longest_life, "nothing lasts for ever");
  for (const auto& one : what.addresses) claim(one.find(':') != one.npos, "an address has a port");
}

/// How many responses are sent until then.
std::size_t responses(responder& who, responder::time until) {
  std::size_t out = 0;
  while (who.next() <= until) {
    const auto now = who.next();
    for (const auto& datagram : who.due(now)) {
      const auto what = dns::read(datagram);
      claim(what.has_value(), "what is sent can be read");
      if (what->response) ++out;
    }
    claim(who.next() > now, "there is a pause after what was said");
  }
  return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view datagram{reinterpret_cast<const char*>(data), size};
  if (const auto what = dns::read(datagram)) {
    check_names(*what);
    const auto again = dns::written(*what);
    if (again.size() <= dns::longest_message) {
      const auto read = dns::read(again);
      claim(read && read->questions == what->questions && read->records == what->records,
            "what was read survives being sent");
    }
  }
  const std::string hive(64, 'a');
  const node_id self{"01JDXN00000000000000000001"};
  responder::time now{1'000'000};
  responder who{announcement{hive, self, 1, 1}, size, now};
  who.reach_at({"10.0.0.1:7836"}, now);
  // It has announced itself, so that what it says next is an answer.
  now += std::chrono::seconds{5};
  claim(responses(who, now) == 2, "a node announces itself");
  heard_nodes heard{hive, self};
  const auto seen = who.hear(datagram, now);
  claim(seen.size() <= most_announced, "nodes of one message have a bound");
  for (const auto& one : seen) {
    check(one);
    if (const auto news = heard.note(1, one, now)) {
      check(*news);
      claim(news->who.hive == hive && news->who.node != self, "no others are passed on");
    }
  }
  const bool asked = who.next() <= now + std::chrono::milliseconds{120};
  const auto said = responses(who, now + std::chrono::seconds{5});
  claim(said <= 1, "a datagram calls forth one answer at most");
  claim(said == 0 || asked, "an answer comes soon");
  return 0;
}
