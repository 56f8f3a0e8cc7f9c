/// A registry that wants tokens, asked by a whole node.
#include "core/base/digest.hpp"
#include "tests/actors/living_node.hpp"

#include <atomic>

using namespace hive;
using namespace hive::actors;

namespace {

/// A registry of one model whose token server does as the test says. Thread-safe.
class tiny_registry {
 public:
  using answer = std::function<testing::reply(const testing::seen&)>;

  tiny_registry() {
    at.answer("/v2/*", [this](const testing::seen& asked) { return serve(asked); });
    at.answer("/token", [this](const testing::seen& asked) {
      ++tokens;
      return give(asked);
    });
  }

  testing::origin at;
  std::atomic<int> tokens{0};
  answer give = [](const testing::seen&) { return testing::reply{.body = R"({"token":"t"})"}; };
  std::string ref() const { return "ollama:127.0.0.1:" + std::to_string(at.port()) + "/a/m"; }

 private:
  testing::reply serve(const testing::seen& asked) const {
    if (asked.header("authorization") != "Bearer t") {
      return {.status = 401,
              .headers = {{"WWW-Authenticate", "Bearer realm=\"" + at.url("/token") + "\""}}};
    }
    if (asked.path.ends_with("/latest")) return {.body = manifest_};
    for (const auto& body : {manifest_, config_, layer_})
      if (asked.path.ends_with(sha256_hex(body))) return {.body = body};
    return {.status = 404};
  }

  static std::string blob(const std::string& type, const std::string& body) {
    return R"({"mediaType":")" + type + R"(","digest":"sha256:)" + sha256_hex(body) +
           R"(","size":)" + std::to_string(body.size()) + "}";
  }

  std::string config_{"{}"};
  std::string layer_{"GGUF and so on"};
  std::string manifest_{R"({"schemaVersion":2,"config":)" + blob("c", config_) + R"(,"layers":[)" +
                        blob("application/vnd.ollama.image.model", layer_) + "]}"};
};

} // namespace

TEST_CASE("a question that is refused is put again with a token, which the whole job uses") {
  tiny_registry registry;
  const tiny_hub none;
  living_node one{none};
  const auto job = one.submit(registry.ref());
  REQUIRE(job);
  const auto end = one.ended(job->id);
  REQUIRE(end);
  if (end->error) FAIL(sentence(*end->error));
  CHECK(end->state == job_state::succeeded);
  CHECK(registry.tokens == 1);
}

TEST_CASE(
    "no token, or one that is refused at once, ends the job in the vendor's words after one try") {
  tiny_registry registry;
  const testing::reply answer =
      GENERATE(testing::reply{.status = 403}, testing::reply{.body = R"({"token":"x"})"});
  registry.give = [answer](const testing::seen&) { return answer; };
  const tiny_hub none;
  living_node one{none};
  const auto job = one.submit(registry.ref());
  REQUIRE(job);
  const auto end = one.ended(job->id);
  REQUIRE(end);
  REQUIRE(end->error);
  CHECK(end->error->code == errc::credentials_needed);
  CHECK(registry.tokens == 1);
}

TEST_CASE("a cancel while a token is on its way closes that request too") {
  tiny_registry registry;
  auto door = std::make_shared<testing::gate>();
  registry.at.remove("/token");
  registry.at.serve("/token", testing::text("{}"), {.hold = door});
  const tiny_hub none;
  living_node one{none};
  const auto job = one.submit(registry.ref());
  REQUIRE(job);
  REQUIRE(registry.at.wait_for_requests("/token", 1));
  REQUIRE(one.cancel(job->id));
  const auto end = one.ended(job->id);
  REQUIRE(end);
  CHECK(end->state == job_state::cancelled);
  CHECK(registry.at.wait_until_idle());
}
