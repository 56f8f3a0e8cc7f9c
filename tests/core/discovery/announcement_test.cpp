#include "core/discovery/announcement.hpp"
#include "tests/core/discovery/nodes.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

using namespace hive;
using namespace hive::discovery;
using namespace hive::discovery::test;
using namespace std::string_literals;

namespace {

std::string txt(const std::vector<std::string>& pairs) {
  std::string out;
  for (const auto& one : pairs) out.append(1, static_cast<char>(one.size())).append(one);
  return out;
}

const auto id_pair = "id=" + node(1).node.value;
const auto hive_pair = "hive=" + this_hive;

} // namespace

TEST_CASE("a TXT record says what a node is") {
  auto who = node(1);
  CHECK(*read_txt(txt_of(who)) == who);
  CHECK(txt_of(who).find("proto=1\35id=") != std::string::npos);
  who.newest = 3;
  CHECK(txt_of(who).find("proto=1-3") != std::string::npos);
  CHECK(*read_txt(txt_of(who)) == who);
  // Keys of later versions, keys without a value, any case, the first of two.
  const auto more = read_txt(txt({"TxtVers=1", "new", "x=y=z", hive_pair, "proto=2", id_pair, "",
                                  "proto=9", "hive=" + other_hive}));
  REQUIRE(more);
  CHECK(more->hive == this_hive);
  CHECK(more->oldest == 2);
}

TEST_CASE("a TXT record that is none says what is wrong") {
  struct row {
    std::string data;
    const char* words;
  };
  const row table[] = {
      {"", "version"},
      {txt({"txtvers=2", hive_pair, "proto=1", id_pair}), "version"},
      {txt({"txtvers=1", "proto=1", id_pair}), "no hive"},
      {txt({"txtvers=1", "hive=abc", "proto=1", id_pair}), "no hive"},
      {txt({"txtvers=1", "hive=" + std::string(64, 'A'), "proto=1", id_pair}), "no hive"},
      {txt({"txtvers=1", hive_pair, "proto=1"}), "no node"},
      {txt({"txtvers=1", hive_pair, "proto=1", "id=../../etc"}), "no node"},
      {txt({"txtvers=1", hive_pair, id_pair}), "protocol"},
      {txt({"txtvers=1", hive_pair, "proto=0", id_pair}), "protocol"},
      {txt({"txtvers=1", hive_pair, "proto=3-2", id_pair}), "protocol"},
      {txt({"txtvers=1", hive_pair, "proto=1-", id_pair}), "protocol"},
      {txt({"txtvers=1", hive_pair, "proto=70000", id_pair}), "protocol"},
      {txt({"txtvers=1", hive_pair, "proto=1", id_pair}) + "\5abc", "cut"},
      {std::string(2000, '\0'), "long"},
  };
  for (const auto& one : table) {
    INFO(one.words);
    const auto got = read_txt(one.data);
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::bad_request);
    CHECK(got.why().detail.find(one.words) != std::string::npos);
  }
}

TEST_CASE("an announcement that was sent is heard") {
  const auto who = node(7);
  const std::vector<std::string> addresses{"10.0.0.1:7836", "[2001:db8::1]:7836"};
  const auto got = dns::read(datagram_of(who, addresses));
  REQUIRE(got);
  const auto seen = sightings_in(*got);
  REQUIRE(seen.size() == 1);
  CHECK(seen.front() == sighting{who, addresses, usual_life});
  const auto farewell = sightings_in(*dns::read(datagram_of(who, addresses, {})));
  REQUIRE(farewell.size() == 1);
  CHECK(farewell.front().lasts.count() == 0);
  CHECK_FALSE(message_of(who, {}, usual_life));
  CHECK_FALSE(message_of(who, {"somewhere:1", "no port"}, usual_life));
  CHECK(datagram_of(who, addresses).size() < 500);
}

TEST_CASE("what is shown of a node is its id as it is written") {
  const auto label = static_cast<char>(node(1).node.value.size()) + node(1).node.value;
  CHECK(datagram_of(node(1)).find(label) != std::string::npos);
  // Of another program, or of another case: it is the same name.
  auto what = *message_of(node(1), {"10.0.0.1:7836"}, usual_life);
  for (auto& one : what.records)
    if (one.type == dns::type_ptr)
      one.target = dns::below("01jdxn00000000000000000001", service_name());
  CHECK(sightings_in(what).size() == 1);
}

TEST_CASE("a farewell takes back what is the node's own, not that there is the service") {
  const auto records = message_of(node(1), {"10.0.0.1:7836", "[2001:db8::1]:7836"}, {})->records;
  CHECK(records.size() == 5);
  for (const auto& one : records) {
    CHECK(one.what != catalogue_name());
    CHECK(one.ttl == 0);
  }
  const auto said = message_of(node(1), {"10.0.0.1:7836"}, usual_life)->records;
  CHECK(std::ranges::count(said, catalogue_name(), &dns::record::what) == 1);
}

TEST_CASE("only what is whole and fits its name is heard") {
  const auto heard = [](const std::function<void(dns::message&)>& change) {
    auto what = *message_of(node(1), {"10.0.0.1:7836"}, usual_life);
    change(what);
    return sightings_in(what).size();
  };
  const auto without = [](std::uint16_t type) {
    return [type](dns::message& m) {
      std::erase_if(m.records, [&](const auto& one) { return one.type == type; });
    };
  };
  const auto of = [](dns::message& m, std::uint16_t type) -> dns::record& {
    for (auto& one : m.records)
      if (one.type == type) return one;
    return m.records.front();
  };
  CHECK(heard([](dns::message&) {}) == 1);
  CHECK(heard(without(dns::type_ptr)) == 0);
  CHECK(heard(without(dns::type_srv)) == 0);
  CHECK(heard(without(dns::type_txt)) == 0);
  CHECK(heard(without(dns::type_a)) == 0);
  CHECK(heard([&](auto& m) { of(m, dns::type_srv).port = 0; }) == 0);
  CHECK(heard([&](auto& m) { of(m, dns::type_txt).data = txt_of(node(2)); }) == 0);
  CHECK(heard([&](auto& m) { of(m, dns::type_a).data = "\12\0\0"s; }) == 0);
  CHECK(heard([&](auto& m) { of(m, dns::type_a).what = dns::name_of("else.local"); }) == 0);
  CHECK(heard([](auto& m) { m.response = false; }) == 0);
}

TEST_CASE("of what is heard there is a bound") {
  dns::message what;
  what.response = true;
  for (int i = 0; i < 40; ++i) {
    auto one = *message_of(node(i), {"10.0.0.1:7836"}, std::chrono::hours{100});
    std::ranges::move(one.records, std::back_inserter(what.records));
  }
  CHECK(sightings_in(what).size() == most_announced);
  CHECK(sightings_in(what).front().lasts == longest_life);
  // Pointers to nobody, and many to one.
  dns::message noise;
  noise.response = true;
  for (int i = 100; i < 164; ++i)
    noise.records.push_back(message_of(node(i), {"10.0.0.1:7836"}, usual_life)->records[1]);
  std::ranges::copy(message_of(node(1), {"10.0.0.1:7836"}, usual_life)->records,
                    std::back_inserter(noise.records));
  CHECK(sightings_in(noise).empty());
  noise.records.erase(noise.records.begin());
  CHECK(sightings_in(noise).size() == 1);
  auto twice = *message_of(node(1), {"10.0.0.1:7836"}, usual_life);
  twice.records.push_back(twice.records[1]);
  CHECK(sightings_in(twice).size() == 1);
  auto many = *message_of(node(1), {"10.0.0.1:7836"}, usual_life);
  for (char last = 2; last < 20; ++last) {
    many.records.push_back(many.records.back());
    many.records.back().data.back() = last;
  }
  CHECK(sightings_in(many).front().addresses.size() == most_addresses);
}

TEST_CASE("addresses that are none of one machine are not heard") {
  const auto four = [](const std::string& raw) {
    return address_of({{}, dns::type_a, true, 1, raw, {}, 0}, 7);
  };
  const auto six = [](const std::string& raw) {
    return address_of({{}, dns::type_aaaa, true, 1, raw, {}, 0}, 7);
  };
  CHECK(four("\12\1\2\3"s) == "10.1.2.3:7");
  CHECK(four("\0\0\0\0"s).empty());
  CHECK(four("\177\0\0\1"s).empty());
  CHECK(four("\251\376\1\1"s).empty()); // 169.254
  CHECK(four("\340\0\0\373"s).empty()); // 224.0.0.251
  CHECK(four("\377\377\377\377"s).empty());
  const std::string zeros(10, '\0');
  CHECK(six("\x20\1\15\270"s + zeros + "\0\1"s) == "[2001:db8::1]:7");
  CHECK(six(zeros + "\0\0\0\0\0\1"s).empty());
  CHECK(six("\376\200\0\0"s + zeros + "\0\1"s).empty()); // fe80::1
  CHECK(six("\377\2\0\0"s + zeros + "\0\373"s).empty()); // ff02::fb
  CHECK(six(zeros + "\377\377\177\0\0\1"s).empty());     // ::ffff:127.0.0.1
}

TEST_CASE("a node answers what is asked about it") {
  const auto who = node(1);
  const auto instance = dns::below(who.node.value, service_name());
  const auto host = dns::name_of("hive-" + who.node.value + ".local");
  CHECK(asks_for({service_name(), dns::type_ptr}, who));
  CHECK(asks_for({service_name(), dns::type_any}, who));
  CHECK(asks_for({catalogue_name(), dns::type_ptr}, who));
  CHECK(asks_for({instance, dns::type_srv}, who));
  CHECK(asks_for({instance, dns::type_txt}, who));
  CHECK(asks_for({host, dns::type_a}, who));
  CHECK_FALSE(asks_for({service_name(), dns::type_a}, who));
  CHECK_FALSE(asks_for({instance, dns::type_srv}, node(2)));
  CHECK_FALSE(asks_for({dns::name_of("_http._tcp.local"), dns::type_ptr}, who));
}

TEST_CASE("a query that says what it knows is answered for the rest") {
  const auto who = node(1);
  const auto instance = dns::below(who.node.value, service_name());
  const auto known = [&](const dns::name& what, const dns::name& target, int life) {
    return dns::record{what, dns::type_ptr, false, static_cast<std::uint32_t>(life), {}, target, 0};
  };
  const int half = static_cast<int>(usual_life.count() / 2);
  const dns::question service{service_name(), dns::type_ptr};
  const dns::question catalogue{catalogue_name(), dns::type_ptr};
  const auto own = known(service_name(), instance, half);
  const auto listed = known(catalogue_name(), service_name(), half);
  struct row {
    const char* what;
    std::vector<dns::question> questions;
    std::vector<dns::record> records;
    bool wants;
  };
  const row table[] = {
      {"nothing is known", {service}, {}, true},
      {"nothing is asked", {}, {own}, false},
      {"something else is asked", {{dns::name_of("_http._tcp.local"), dns::type_ptr}}, {}, false},
      {"known", {service}, {own}, false},
      {"known, whatever its type", {{service_name(), dns::type_any}}, {own}, false},
      {"known, asked twice", {service, service}, {own}, false},
      {"known for less than half its life",
       {service},
       {known(service_name(), instance, half - 1)},
       true},
      {"another node is known",
       {service},
       {known(service_name(), dns::below(node(2).node.value, service_name()), half)},
       true},
      {"the port is asked for as well", {service, {instance, dns::type_srv}}, {own}, true},
      {"the text is asked for as well", {{instance, dns::type_txt}, service}, {own}, true},
      {"the catalogue is asked for as well", {service, catalogue}, {own}, true},
      {"the catalogue is known as well", {service, catalogue}, {own, listed}, false},
      {"only the catalogue is known", {service}, {listed}, true},
  };
  for (const auto& one : table) {
    INFO(one.what);
    CHECK(wants_to_know({false, one.questions, one.records}, who) == one.wants);
  }
}
