#include "core/model/memory.hpp"
#include "tests/support/catch.hpp"

namespace hive::model {
namespace {

constexpr std::uint64_t gib = 1ull << 30;

facts model_of(std::uint64_t weights, std::optional<std::uint64_t> kv_token,
               std::optional<std::uint64_t> context) {
  facts f;
  f.format = "gguf";
  f.weights = weights;
  f.kv_token_bytes = kv_token;
  f.context_length = context;
  return f;
}

TEST_CASE("a model needs its weights and a cache for the usual context") {
  const auto need = need_of(model_of(4 * gib, 128 << 10, 131072));
  REQUIRE(need);
  CHECK(need->context == 8192);
  CHECK(need->kv_cache == gib);
  CHECK(need->total == 5 * gib);
}

TEST_CASE("a model made for less is asked for no more") {
  CHECK(need_of(model_of(gib, 1024, 2048))->context == 2048);
  CHECK(need_of(model_of(gib, 1024, 2048))->kv_cache == 2048 * 1024);
}

TEST_CASE("what is not known is not added up") {
  const auto need = need_of(model_of(gib, std::nullopt, std::nullopt));
  CHECK_FALSE(need->kv_cache);
  CHECK_FALSE(need->total);
  CHECK_FALSE(need_of(model_of(gib, UINT64_MAX / 2, {}))->kv_cache);
  CHECK_FALSE(need_of(facts{}));
  auto broken = model_of(gib, 1024, {});
  broken.flaw = "the file ends within its header";
  CHECK_FALSE(need_of(broken));
}

TEST_CASE("whether it fits is said only when that is certain") {
  const auto known = *need_of(model_of(4 * gib, 128 << 10, {}));
  const auto partly = *need_of(model_of(4 * gib, {}, {}));
  CHECK(fits(known, 5 * gib) == true);
  CHECK(fits(known, 5 * gib - 1) == false);
  CHECK_FALSE(fits(known, std::nullopt));
  CHECK_FALSE(fits(partly, 64 * gib));
  CHECK(fits(partly, 3 * gib) == false);
}

TEST_CASE("the hint is one sentence that says what is known") {
  const auto known = *need_of(model_of(4 * gib, 128 << 10, {}));
  const auto partly = *need_of(model_of(4 * gib, {}, {}));
  const std::string sum = "needs about 5.37 GB of memory: 4.29 GB of weights and up to 1.07 GB of "
                          "cache for 8192 tokens";
  CHECK(sentence(known, {}) == sum);
  CHECK(sentence(known, {16 * gib, 2 * gib, {}}) ==
        sum + "; it fits into this machine's 17.2 GB, of which 2.15 GB are free now");
  CHECK(sentence(known, {16 * gib, 8 * gib, {}}) == sum + "; it fits into this machine's 17.2 GB");
  CHECK(sentence(known, {4 * gib, {}, {}}) == sum + "; this machine has 4.29 GB");
  CHECK(sentence(known, {64 * gib, {}, 24 * gib}) ==
        sum + "; it fits into the 25.8 GB of the graphics memory");
  CHECK(sentence(known, {64 * gib, {}, gib}) ==
        sum + "; that is more than the 1.07 GB of the graphics memory; it fits into this machine's "
              "68.7 GB");
  CHECK(sentence(partly, {64 * gib, {}, {}}) ==
        "needs more than 4.29 GB of memory: 4.29 GB of weights and a cache of unknown size");
}

} // namespace
} // namespace hive::model
