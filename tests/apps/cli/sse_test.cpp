#include "apps/hive/sse.hpp"

#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::cli;

namespace {

const std::string stream = ": hello\n\n"
                           "id: 7\nevent: state\ndata: {\"a\":1}\n\n"
                           "id: 8\r\ndata: one\r\ndata:two\r\n\r\n"
                           "event: end\rdata\r\r";
const std::vector<sse_event> told{
    {"7", "state", "{\"a\":1}"}, {"8", "message", "one\ntwo"}, {"8", "end", ""}};

} // namespace

TEST_CASE("events come out the same however the stream is cut") {
  const auto size = GENERATE(1u, 2u, 3u, 5u, 7u, 1000u);
  sse_reader reader;
  std::vector<sse_event> got;
  for (std::size_t at = 0; at < stream.size(); at += size) {
    const auto some = reader.feed(std::string_view{stream}.substr(at, size));
    REQUIRE(some);
    got.insert(got.end(), some->begin(), some->end());
  }
  CHECK(got == told);
}

TEST_CASE("an event that is not finished is not told") {
  sse_reader reader;
  CHECK(reader.feed("id: 1\ndata: x\n")->empty());
  CHECK(reader.feed("\n")->size() == 1);
}

TEST_CASE("an id without data counts for the next event") {
  sse_reader reader;
  CHECK(reader.feed("id: 9\n\n")->empty());
  const auto got = reader.feed("data: x\n\n");
  REQUIRE(got->size() == 1);
  CHECK(got->front().id == "9");
}

TEST_CASE("a byte order mark at the very start is no part of the first field") {
  sse_reader reader;
  CHECK(reader
            .feed("\xef\xbb\xbf"
                  "data: x\n\n")
            ->size() == 1);
}

TEST_CASE("an event without end is refused at the bound") {
  sse_reader reader{100};
  CHECK(reader.feed("data: " + std::string(90, 'x')));
  const auto got = reader.feed(std::string(90, 'x'));
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::unreadable_reply);
}
