#include "core/base/json.hpp"
#include "tests/support/catch.hpp"

#include <limits>

using namespace hive;

TEST_CASE("every kind of JSON value is read as what it is") {
  const auto doc = json::parse(R"({"text":"a\u00e9\n","int":-9223372036854775808,
    "nat":18446744073709551615,"real":1.5,"yes":true,"no":false,"nothing":null,
    "list":[1,"two",[3]],"object":{"b":1,"a":2}})");
  REQUIRE(doc);
  const auto root = doc->root();
  CHECK(root.is_object());
  CHECK_FALSE(root.is_array());
  CHECK_FALSE(root.is_null());
  CHECK(root["text"].string() == "aé\n");
  CHECK(root["int"].integer() == std::numeric_limits<std::int64_t>::min());
  CHECK(root["int"].natural() == std::nullopt);
  CHECK(root["nat"].natural() == std::numeric_limits<std::uint64_t>::max());
  CHECK(root["nat"].integer() == std::nullopt);
  CHECK(root["real"].number() == 1.5);
  CHECK(root["real"].integer() == std::nullopt);
  CHECK(root["yes"].boolean() == true);
  CHECK(root["no"].boolean() == false);
  CHECK(root["nothing"].is_null());
  CHECK(root["nothing"].string() == std::nullopt);
  REQUIRE(root["list"].elements().size() == 3);
  CHECK(root["list"].elements()[0].natural() == 1u);
  CHECK(root["list"].elements()[0].integer() == 1);
  CHECK(root["list"].elements()[0].number() == 1.0);
  CHECK(root["list"].elements()[1].string() == "two");
  CHECK(root["list"].elements()[2].is_array());
  const auto members = root["object"].members();
  REQUIRE(members.size() == 2);
  CHECK(members[0].first == "b");
  CHECK(members[1].second.natural() == 2u);
}

TEST_CASE("what is missing or of another kind is simply not there") {
  const json::node nowhere;
  CHECK(nowhere.is_null());
  CHECK(nowhere["a"]["b"].is_null());
  CHECK(nowhere.elements().empty());
  CHECK(nowhere.members().empty());
  CHECK(nowhere.copy().is_null());
  CHECK(json::document{}.root().is_null());
  const auto doc = json::parse(R"({"a":1})");
  REQUIRE(doc);
  CHECK(doc->root()["b"].is_null());
  CHECK(doc->root()["a"]["b"].is_null());
  CHECK(doc->root()["a"].string() == std::nullopt);
  CHECK(doc->root()["a"].boolean() == std::nullopt);
  CHECK(doc->root()["a"].elements().empty());
  CHECK(doc->root().string() == std::nullopt);
}

TEST_CASE("nodes stay valid when their document moves and its text is gone") {
  std::string text = R"({"key":["value of some length"]})";
  auto doc = json::parse(text);
  REQUIRE(doc);
  const auto node = doc->root()["key"];
  std::fill(text.begin(), text.end(), 'x');
  const json::document moved = std::move(*doc);
  CHECK(node.elements().at(0).string() == "value of some length");
  CHECK(moved.root()["key"].is_array());
}

TEST_CASE("malformed JSON is refused with a reason") {
  for (const std::string text :
       {"", " ", "{", "[1,]", "{\"a\":}", "{\"a\" 1}", "tru", "\"open", "[1] 2", "{\"a\":01}",
        "\"\xff\xfe\"", "[18446744073709551616]", "nan", "<html>"}) {
    INFO(text);
    const auto doc = json::parse(text);
    REQUIRE_FALSE(doc);
    CHECK(doc.why().code == errc::unreadable_reply);
    CHECK(doc.why().detail.size() > std::string{"malformed JSON: "}.size());
  }
}

TEST_CASE("nesting is taken up to the limit and not beyond") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(json::parse(nested(64)));
  CHECK_FALSE(json::parse(nested(65)));
  CHECK(json::parse(nested(3), 3));
  CHECK_FALSE(json::parse(nested(4), 3));
  CHECK_FALSE(json::parse(nested(200'000)));
}

TEST_CASE("a read value can be written again") {
  const std::string text =
      R"({"a":[1,-2,18446744073709551615,1.5E0,"x\n\"é",true,null,{}],"b":{"c":[]}})";
  const auto doc = json::parse(text);
  REQUIRE(doc);
  CHECK(json::text(doc->root().copy()) == text);
  CHECK(json::text(doc->root()["b"].copy()) == R"({"c":[]})");
}

TEST_CASE("values are built with plain constructors and printed on one line") {
  json::object to{{"name", "hive"}, {"count", 3u}};
  to["list"] = json::array{1, "two", nullptr};
  CHECK(json::text(to) == R"({"name":"hive","count":3,"list":[1,"two",null]})");
}
