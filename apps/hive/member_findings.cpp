#include "apps/hive/member_findings.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <set>

namespace hive::cli {
namespace {

/// A node renews its certificate when a third of its time is left, 30 of 90 days; below this it
/// has failed to for a while.
constexpr std::chrono::days renewal_overdue{15};
/// As the handshake of links warns of.
constexpr std::int64_t tolerated_skew_ms = 30'000;

std::string advice_for(const std::string& cause) {
  if (cause == "refused")
    return "nothing of this hive listens there: start that node with this --peer-listen, or "
           "correct "
           "the address";
  if (cause == "timeout")
    return "let TCP to that address through (firewall, routing, NAT), or give that node a "
           "--peer-listen with an address that can be reached from here";
  if (cause == "reset" || cause == "overloaded")
    return "it ended the connection: look at that node's log, it may be starting, stopping or full";
  if (cause == "tls")
    return "compare the clocks and 'hive doctor' of both nodes; 'hive join' gets a new certificate";
  if (cause == "wrong-cluster") return "a node of another hive listens there: correct the address";
  if (cause == "banned") return "it was revoked: 'hive nodes --forget' strikes it off the list";
  if (cause == "bad-version") return "upgrade the older of the two nodes";
  return "look at the logs of both nodes";
}

struct dials {
  std::string met;    ///< addresses that answered
  std::string failed; ///< "ADDRESS: cause, detail"
  std::string cause;  ///< of the first that did not
  std::string until;  ///< the first certificate to expire
};

dials read_dials(json::node list) {
  dials out;
  for (const auto& one : list.elements()) {
    const auto address = one["address"].text();
    if (one["ok"].boolean().value_or(false)) {
      out.met += (out.met.empty() ? "" : ", ") + address;
      const auto until = one["certificate_until"].text();
      if (!until.empty() && (out.until.empty() || until < out.until)) out.until = until;
      continue;
    }
    const auto cause = one["cause"].text();
    const auto detail = one["detail"].text();
    if (out.cause.empty()) out.cause = cause;
    out.failed += (out.failed.empty() ? "" : "; ") + address + ": " + cause +
                  (detail.empty() ? "" : ", " + detail);
  }
  return out;
}

class examination {
 public:
  examination(json::node member, std::string_view own_version, wall_time now)
    : member_(member), what_("member " + name()), version_(own_version), now_(now) {}

  std::vector<member_finding> all(bool dialled_back) {
    there();
    back(dialled_back);
    clock();
    certificate();
    versions();
    if (found_.empty()) found_.push_back({true, what_, well_});
    return std::move(found_);
  }

 private:
  std::string name() const {
    const auto named = member_["name"].text();
    return named.empty() ? member_["id"].text() : named;
  }
  bool linked() const { return member_["linked"].boolean().value_or(false); }
  void complain(std::string text) { found_.push_back({false, what_, std::move(text)}); }

  void there() {
    seen_ = read_dials(member_["there"]);
    if (seen_.met.empty() && seen_.failed.empty())
      return complain(
          "tells no address at which it can be dialled; it has to dial this node: start "
          "it with --peer-listen to change that");
    if (!seen_.failed.empty())
      complain("cannot be dialled at " + seen_.failed + "; " + advice_for(seen_.cause));
    if (!seen_.met.empty()) well_ = "reached at " + seen_.met;
  }

  void back(bool asked) {
    if (!linked())
      return complain(
          "has no link with this node, so it cannot be asked to dial back; 'hive nodes' "
          "says since when and why");
    if (member_["back"].is_null())
      return complain("has a link, but has not answered whether it can dial this node; look at its "
                      "load and its log");
    const auto seen = read_dials(member_["back"]);
    if (!seen.failed.empty())
      return complain("cannot dial this node at " + seen.failed +
                      "; open the port of this node's --peer-listen to it, or listen at an address "
                      "it can reach");
    if (asked) well_ += ", reaches this node at " + seen.met;
  }

  void clock() {
    const auto skew = member_["skew_ms"].integer();
    if (!skew) return;
    const auto within = member_["skew_within_ms"].integer().value_or(0);
    const auto apart = std::abs(*skew);
    const auto text =
        std::to_string(apart / 1000) + "." + std::to_string(apart % 1000 / 100) + " s";
    if (apart - within <= tolerated_skew_ms) {
      well_ += ", clocks within " + text;
      return;
    }
    complain("has a clock that is " + text + (*skew > 0 ? " ahead of" : " behind") +
             " this node's; set both by NTP: certificates and tokens go by the clock");
  }

  void certificate() {
    if (seen_.until.empty()) return;
    const auto until = parse_time(seen_.until);
    if (!until) return;
    const auto day = seen_.until.substr(0, 10);
    if (*until - now_ < renewal_overdue)
      return complain(
          "shows a certificate that ends on " + day +
          ", which it should have renewed: let it reach the node that made the hive, or "
          "'hive join' it anew");
    well_ += ", certificate until " + day;
  }

  void versions() {
    const auto theirs = member_["version"].text();
    if (theirs.empty()) return;
    if (theirs != version_)
      return complain("runs hive " + theirs + ", this node " + std::string{version_} +
                      ": upgrade the older one soon, neighbouring versions understand each other");
    well_ += ", version " + theirs;
  }

  json::node member_;
  std::string what_;
  std::string_view version_;
  wall_time now_;
  dials seen_;
  std::string well_;
  std::vector<member_finding> found_;
};

} // namespace

std::vector<member_finding> findings_of(json::node checks, std::string_view own_version,
                                        wall_time now) {
  std::vector<member_finding> out;
  std::string own;
  for (const auto& one : checks["addresses"].elements())
    own += (own.empty() ? "" : ", ") + one.text();
  if (own.empty())
    out.push_back({false, "peer port",
                   "this node tells no address, so members cannot dial it; start it with "
                   "--peer-listen HOST:PORT where they can"});
  else
    out.push_back({true, "peer port", "members are told to dial " + own});
  for (const auto& one : checks["members"].elements()) {
    auto found = examination{one, own_version, now}.all(!own.empty());
    std::ranges::move(found, std::back_inserter(out));
  }
  if (const auto left = checks["left_out"].natural().value_or(0); left > 0)
    out.push_back({false, "members",
                   std::to_string(left) + " more members were not dialled: so many are looked at "
                                          "from other nodes, 'hive doctor' there"});
  return out;
}

member_finding finding_of(const std::vector<discovery::sighting>& heard, const std::string& hive,
                          const node_id& self) {
  constexpr std::size_t most_shown = 8;
  std::set<node_id> own;
  std::set<node_id> strangers;
  std::set<std::string> hives;
  bool announced = false;
  std::string shown;
  for (const auto& one : heard) {
    if (one.who.hive != hive) {
      strangers.insert(one.who.node);
      hives.insert(one.who.hive);
    } else if (one.who.node == self) {
      announced = true;
    } else if (own.insert(one.who.node).second && own.size() <= most_shown) {
      shown += (shown.empty() ? " (" : "; ") + one.who.node.value + " at";
      for (const auto& address : one.addresses) shown += " " + address;
    }
  }
  if (!shown.empty()) shown += own.size() > most_shown ? "; …)" : ")";
  std::string text;
  if (!hive.empty())
    text = std::string{announced ? "this node is announced" : "this node is not announced"} +
           ", others of this hive: " + std::to_string(own.size()) + shown + ", ";
  return {true, "mdns",
          text + "nodes of other hives: " + std::to_string(strangers.size()) +
              (hives.size() > 1 ? " of " + std::to_string(hives.size()) + " hives" : "")};
}

} // namespace hive::cli
