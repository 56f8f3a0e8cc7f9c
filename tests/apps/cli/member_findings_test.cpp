// What 'hive doctor' says of members, and what it says to do.
#include "apps/hive/member_findings.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::cli;

namespace {

const std::string met =
    R"([{"address":"a:1","ok":true,"cause":null,"detail":null,"certificate_until":"2026-12-01T00:00:00.000Z"}])";
const std::string refused =
    R"([{"address":"a:1","ok":false,"cause":"refused","detail":"Connection refused","certificate_until":null}])";

struct told {
  std::string there{met};
  std::string back{met};
  std::string more{R"("linked":true,"version":"1.0","skew_ms":20,"skew_within_ms":5)"};
};

/// Of one member, without the line about the own port.
std::vector<member_finding> of_member(const told& t, const std::string& own = R"(["me:1"])") {
  const auto text = R"({"addresses":)" + own +
                    R"(,"left_out":0,"members":[{"id":"x","name":"bob","there":)" + t.there +
                    R"(,"back":)" + t.back + "," + t.more + "}]}";
  const auto read = json::parse(text);
  REQUIRE(read);
  auto all = findings_of(read->root(), "1.0", *parse_time("2026-10-01T00:00:00.000Z"));
  REQUIRE_FALSE(all.empty());
  CHECK(all.front().what == "peer port");
  all.erase(all.begin());
  return all;
}

} // namespace

TEST_CASE("a member that is well takes one line that says how it was seen") {
  const auto found = of_member({});
  REQUIRE(found.size() == 1);
  CHECK(found[0].ok);
  CHECK(found[0].what == "member bob");
  CHECK(found[0].text ==
        "reached at a:1, reaches this node at a:1, clocks within 0.0 s, certificate "
        "until 2026-12-01, version 1.0");
}

TEST_CASE("each finding says what was found and what to do") {
  struct row {
    const char* what;
    told seen;
    const char* found;
    const char* advice;
  };
  const std::string well = R"("linked":true,"version":"1.0","skew_ms":0,"skew_within_ms":0)";
  const auto more = [](const char* text) { return told{met, met, text}; };
  for (const auto& [what, seen, found, advice] : {
           row{"refused",
               {refused, met, well},
               "cannot be dialled at a:1: refused, Connection refused",
               "start that node"},
           row{"timeout",
               {R"([{"address":"a:1","ok":false,"cause":"timeout","detail":null}])", met, well},
               "cannot be dialled at a:1: timeout",
               "firewall"},
           row{"banned",
               {R"([{"address":"a:1","ok":false,"cause":"banned","detail":null}])", met, well},
               "banned",
               "--forget"},
           row{"no address", {"[]", met, well}, "tells no address", "--peer-listen"},
           row{"back",
               {met, refused, well},
               "cannot dial this node at a:1: refused",
               "open the port"},
           row{"no answer",
               {met, "null", R"("linked":true,"version":"1.0","skew_ms":null)"},
               "has not answered",
               "log"},
           row{"no link",
               {met, "null", R"("linked":false,"version":null,"skew_ms":null)"},
               "has no link",
               "hive nodes"},
           row{"clock ahead",
               more(R"("linked":true,"version":"1.0","skew_ms":65400,"skew_within_ms":100)"),
               "65.4 s ahead of", "NTP"},
           row{"clock behind",
               more(R"("linked":true,"version":"1.0","skew_ms":-31000,"skew_within_ms":0)"),
               "31.0 s behind", "NTP"},
           row{"version", more(R"("linked":true,"version":"0.9","skew_ms":0,"skew_within_ms":0)"),
               "runs hive 0.9, this node 1.0", "upgrade"},
           row{"certificate",
               {R"([{"address":"a:1","ok":true,"certificate_until":"2026-10-10T00:00:00.000Z"}])",
                met, well},
               "ends on 2026-10-10",
               "hive join"},
       }) {
    INFO(what);
    const auto all = of_member(seen);
    REQUIRE(all.size() == 1);
    CHECK_FALSE(all[0].ok);
    CHECK(all[0].text.find(found) != std::string::npos);
    CHECK(all[0].text.find(advice) != std::string::npos);
  }
}

TEST_CASE("a skew that may be the way's is none, and a node without a port is told so") {
  CHECK(of_member(
            {met, met, R"("linked":true,"version":"1.0","skew_ms":31000,"skew_within_ms":2000)"})[0]
            .ok);
  const auto read = json::parse(R"({"addresses":[],"left_out":3,"members":[]})");
  const auto found = findings_of(read->root(), "1.0", wall_now());
  REQUIRE(found.size() == 2);
  CHECK_FALSE(found[0].ok);
  CHECK(found[0].text.find("--peer-listen") != std::string::npos);
  CHECK(found[1].text.find("3 more members") != std::string::npos);
}

TEST_CASE("what is heard on the local network is counted by hive") {
  const std::string hive(64, 'a');
  const node_id self{"SELF"};
  const auto node = [](const char* id, const std::string& of) {
    return discovery::sighting{{of, {id}, 1, 1}, {"10.0.0.1:7836", "10.0.0.2:7836"}, {}};
  };
  struct row {
    std::vector<discovery::sighting> heard;
    std::string hive;
    std::string text;
  };
  const row table[] = {
      {{}, hive, "this node is not announced, others of this hive: 0, nodes of other hives: 0"},
      {{}, "", "nodes of other hives: 0"},
      {{node("SELF", hive), node("A", hive), node("A", hive), node("X", "b"), node("Y", "c")},
       hive,
       "this node is announced, others of this hive: 1 (A at 10.0.0.1:7836 10.0.0.2:7836), nodes "
       "of other hives: 2 of 2 hives"},
      {{node("A", hive)}, "", "nodes of other hives: 1"},
  };
  for (const auto& one : table) {
    const auto found = finding_of(one.heard, one.hive, one.hive.empty() ? node_id{} : self);
    CHECK(found.ok);
    CHECK(found.what == "mdns");
    CHECK(found.text == one.text);
  }
}
