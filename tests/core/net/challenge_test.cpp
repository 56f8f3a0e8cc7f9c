#include "core/net/challenge.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <utility>
#include <vector>

using namespace hive;
using namespace hive::net;

namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

std::vector<challenge> read(const std::string& value) {
  return read_challenges({{"content-type", "x"}, {"www-authenticate", value}});
}

} // namespace

TEST_CASE("a token server is named by realm, service and scope") {
  const auto all =
      read(R"(Bearer realm="https://auth.docker.io/token",service="registry.docker.io",)"
           R"(scope="repository:a/b:pull,push repository:c:pull",error=invalid_token)");
  REQUIRE(all.size() == 1);
  CHECK(all[0].scheme == "bearer");
  CHECK(all[0].parameters == pairs{{"realm", "https://auth.docker.io/token"},
                                   {"service", "registry.docker.io"},
                                   {"scope", "repository:a/b:pull,push repository:c:pull"},
                                   {"error", "invalid_token"}});
  CHECK(all[0].parameter("scope") == "repository:a/b:pull,push repository:c:pull");
  CHECK(all[0].parameter("nothing").empty());
}

TEST_CASE("several challenges stand in one header or in several") {
  const auto in_one = read(R"(Negotiate YWJj==, Basic realm="a \"b\" \\", BEARER Realm = x , a=b)");
  REQUIRE(in_one.size() == 3);
  CHECK(in_one[0].scheme == "negotiate");
  CHECK(in_one[0].parameters.empty());
  CHECK(in_one[1].parameter("realm") == "a \"b\" \\");
  CHECK(in_one[2].scheme == "bearer");
  CHECK(in_one[2].parameters == pairs{{"realm", "x"}, {"a", "b"}});
  const auto apart = read_challenges(
      {{"www-authenticate", "Negotiate"}, {"x", "y"}, {"www-authenticate", "Basic realm=\"x\""}});
  REQUIRE(apart.size() == 2);
  CHECK(apart[1].parameter("realm") == "x");
}

TEST_CASE("what cannot be read ends the header, and what came before counts") {
  CHECK(read("").empty());
  CHECK(read(",,, ").empty());
  CHECK(read("realm=\"x\"").empty());
  CHECK(read("=x").empty());
  const auto open = read(R"(Basic realm="a", Bearer realm="never closed)");
  REQUIRE(open.size() == 2);
  CHECK(open[0].parameter("realm") == "a");
  CHECK(open[1].parameters.empty());
  CHECK(read("Basic realm=\"x\\")[0].parameters.empty());
  CHECK(read("Basic \x01 realm=x").size() == 1);
}

TEST_CASE("the number and the length of challenges have bounds") {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "S" + std::to_string(i) + " a=b, ";
  CHECK(read(many).size() == 8);
  std::string wide = "Basic ";
  for (int i = 0; i < 100; ++i) wide += "p" + std::to_string(i) + "=x,";
  CHECK(read(wide).at(0).parameters.size() == 16);
  CHECK(read("Basic realm=\"" + std::string(20'000, 'x') + "\"").at(0).parameters.empty());
}
