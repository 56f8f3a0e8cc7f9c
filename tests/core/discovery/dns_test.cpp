#include "core/discovery/dns.hpp"
#include "tests/support/catch.hpp"

using namespace hive::discovery;
using namespace std::string_literals;

namespace {

/// Of a message with these counts.
std::string head(int flags, int questions, int answers, int authorities = 0, int additional = 0) {
  std::string out{"\0\0"s};
  for (const int one : {flags, questions, answers, authorities, additional}) {
    out.push_back(static_cast<char>(one >> 8));
    out.push_back(static_cast<char>(one));
  }
  return out;
}
constexpr int response = 0x8400;
const auto x_local = "\1x\5local\0"s;
/// A record of class IN that lives 10 s.
std::string tail(int type, const std::string& data) {
  return "\0"s + static_cast<char>(type) + "\0\1\0\0\0\12"s + static_cast<char>(data.size() >> 8) +
         static_cast<char>(data.size()) + data;
}

} // namespace

TEST_CASE("what is written is read") {
  dns::message sent;
  sent.response = true;
  const auto service = dns::name_of("_Hive._tcp.local");
  sent.questions.push_back({service, dns::type_ptr});
  sent.records.push_back({service, dns::type_ptr, false, 120, {}, dns::below("Me", service), 0});
  sent.records.push_back(
      {dns::below("Me", service), dns::type_srv, true, 120, {}, dns::name_of("host.local"), 7836});
  sent.records.push_back({dns::name_of("host.local"), dns::type_a, true, 1, "\12\0\0\1"s, {}, 0});
  sent.records.push_back({dns::name_of("host.local"), dns::type_txt, true, 0, "\3a=b"s, {}, 0});
  const auto text = dns::written(sent);
  const auto got = dns::read(text);
  REQUIRE(got);
  CHECK(got->response);
  CHECK(got->questions == sent.questions);
  CHECK(got->records == sent.records);
  // "_Hive._tcp.local" stands there once.
  CHECK(text.find("_Hive") != std::string::npos);
  CHECK(text.find("_Hive") == text.rfind("_Hive"));
}

TEST_CASE("names are compared without regard to the case of ASCII letters, byte by byte else") {
  const auto got = dns::read(head(0, 1, 0) + "\3aB\xc4\0\0\14\0\1"s);
  REQUIRE(got);
  const auto& what = got->questions.front().what;
  CHECK(what == dns::name_of("Ab\xc4"));
  CHECK(what != dns::name_of("ab\xe4"));
  CHECK(what != dns::name_of("ab"));
  CHECK(dns::name_of("@local") != dns::name_of("`local"));
}

TEST_CASE("names keep the case of their letters") {
  dns::message sent;
  sent.questions.push_back({dns::below("01JD", dns::name_of("Tcp.local")), dns::type_txt});
  sent.questions.push_back({dns::name_of("tcp.LOCAL"), dns::type_txt});
  const auto text = dns::written(sent);
  for (const auto* const part : {"01JD", "Tcp", "local", "tcp", "LOCAL"})
    CHECK(text.find(part) != std::string::npos);
  const auto got = dns::read(text);
  REQUIRE(got);
  CHECK(dns::written(*got) == text);
}

TEST_CASE("a name is followed from place to place sixteen times") {
  // Names that each are one label and a pointer to the one before.
  const auto chain = [](int names) {
    auto out = head(0, names, 0) + "\1a\0\0\14\0\1"s;
    int before = 12;
    for (int i = 1; i < names; ++i) {
      const auto at = static_cast<int>(out.size());
      out += "\1a\xc0"s + static_cast<char>(before) + "\0\14\0\1"s;
      before = at;
    }
    return out;
  };
  CHECK(dns::read(chain(17)));
  CHECK_FALSE(dns::read(chain(18)));
}

TEST_CASE("questions of any class are questions, those of another are none") {
  const auto of_class = [](const std::string& kind) {
    return dns::read(head(0, 1, 0) + x_local + "\0\14"s + kind)->questions.size();
  };
  CHECK(of_class("\0\1"s) == 1);
  CHECK(of_class("\x80\1"s) == 1);
  CHECK(of_class("\0\xff"s) == 1);
  CHECK(of_class("\x80\xff"s) == 1);
  CHECK(of_class("\0\3"s) == 0);
  // A record is of one class.
  const auto of_any =
      dns::read(head(response, 0, 1) + x_local + "\0\1\0\xff\0\0\0\12\0\4\12\0\0\1"s);
  REQUIRE(of_any);
  CHECK(of_any->records.empty());
}

TEST_CASE("what does not fit is refused whole") {
  struct row {
    const char* what;
    std::string datagram;
  };
  const auto record = x_local + tail(dns::type_a, "\12\0\0\1"s);
  const row table[] = {
      {"nothing", ""},
      {"half a head", "\0\0\0\0"s},
      {"longer than any message", std::string(dns::longest_message + 1, '\0')},
      {"another operation", head(0x2000, 0, 0)},
      {"an error", head(response | 3, 0, 0)},
      {"a cut response", head(response | 0x0200, 0, 0)},
      {"a question that is missing", head(0, 1, 0)},
      {"a record that is missing", head(response, 0, 2) + record},
      {"too many questions", head(0, dns::most_questions + 1, 0)},
      {"too many records", head(response, 0, dns::most_records, 1)},
      {"a name without an end", head(0, 1, 0) + "\5local"s},
      {"a label beyond the end", head(0, 1, 0) + "\77abc"s},
      {"a label of a kind that is none", head(0, 1, 0) + "\x41" + "a\0\0\14\0\1"s},
      {"a pointer to itself", head(0, 1, 0) + "\xc0\x0c\0\14\0\1"s},
      {"a pointer forward", head(0, 1, 0) + "\xc0\x20\0\14\0\1"s + std::string(40, '\0')},
      {"a pointer beyond the end", head(0, 1, 0) + "\xff\xff\0\14\0\1"s},
      {"half a pointer", head(0, 1, 0) + "\xc0"s},
      {"pointers in a ring", head(0, 2, 0) + "\1a\xc0\x0c\0\14\0\1\xc0\x0c\0\14\0\1"s},
      {"data beyond the end", head(response, 0, 1) + x_local + "\0\1\0\1\0\0\0\12\0\5\1\2\3\4"s},
      {"a name longer than its data",
       head(response, 0, 1) + x_local + "\0\14\0\1\0\0\0\12\0\1\1y\0"s},
      {"a name shorter than its data", head(response, 0, 1) + x_local + tail(12, "\1y\0\0"s)},
      {"a service without a port", head(response, 0, 1) + x_local + tail(33, "\0\0\0\0"s)},
  };
  for (const auto& one : table) {
    INFO(one.what);
    CHECK_FALSE(dns::read(one.datagram));
  }
  CHECK(dns::read(head(response, 0, 1) + record));
}

TEST_CASE("a name has at most 255 bytes, however it is put together") {
  std::string labels;
  for (int i = 0; i < 3; ++i) labels += '\77' + std::string(63, 'a');
  const auto fits = head(0, 1, 0) + labels + '\75' + std::string(61, 'a') + "\0\0\14\0\1"s;
  const auto is_long = head(0, 1, 0) + labels + '\76' + std::string(62, 'a') + "\0\0\14\0\1"s;
  CHECK(dns::read(fits));
  CHECK_FALSE(dns::read(is_long));
}

TEST_CASE("what says nothing here is read past") {
  // Authority of a probe; an OPT record, whose class is a size.
  const auto record = x_local + tail(dns::type_a, "\12\0\0\1"s);
  const auto opt = "\0\0\51\5\240\0\0\0\0\0\0"s;
  const auto probe = dns::read(head(0, 0, 0, 1, 1) + record + opt);
  REQUIRE(probe);
  CHECK(probe->records.empty());
  const auto answer = dns::read(head(response, 0, 1, 1, 2) + record + record + opt + record);
  REQUIRE(answer);
  CHECK(answer->records.size() == 2);
}
