#include "core/base/digest.hpp"
#include "core/base/sha256_chain.hpp"
#include "tests/support/catch.hpp"

#include <stdexcept>
#include <string>

using namespace hive;

namespace {

std::string some_text(std::size_t length) {
  std::string text;
  for (std::size_t i = 0; i < length; ++i) text += static_cast<char>(i * 31 + i / 251);
  return text;
}

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span{text});
}

} // namespace

TEST_CASE("a chain comes to the digest everybody else comes to") {
  for (const std::size_t length : {0U, 1U, 55U, 56U, 63U, 64U, 65U, 128U, 1000U, 100'000U}) {
    const auto text = some_text(length);
    sha256_chain chain;
    chain.update(bytes(text).first(length / 3));
    chain.update(bytes(text).subspan(length / 3));
    CHECK(chain.position() == length);
    CHECK(chain.finish() == sha256_hex(text));
  }
}

TEST_CASE("a chain taken up from a kept state ends as if it had never been interrupted") {
  const auto text = some_text(10'000);
  for (const std::size_t at : {0U, 64U, 640U, 9984U}) {
    sha256_chain first;
    first.update(bytes(text).first(at));
    sha256_chain second{*sha256_state_from_hex(to_hex(first.state())), at};
    second.update(bytes(text).subspan(at));
    CHECK(second.finish() == sha256_hex(text));
  }
}

TEST_CASE("a position beyond 512 MiB keeps its place in the length SHA-256 ends with") {
  // The low word of the bit count is full there.
  constexpr std::uint64_t far = (1ull << 29U) + 64;
  const std::string zeros(1U << 20U, '\0');
  sha256_chain whole;
  while (whole.position() + zeros.size() <= far) whole.update(bytes(zeros));
  whole.update(bytes(zeros).first(static_cast<std::size_t>(far - whole.position())));
  sha256_chain taken_up{whole.state(), far};
  whole.update(bytes("end"));
  taken_up.update(bytes("end"));
  CHECK(taken_up.finish() == whole.finish());
}

TEST_CASE("there is no state inside a block, and none begins there") {
  sha256_chain chain;
  chain.update(bytes("x"));
  CHECK_THROWS_AS(chain.state(), std::logic_error);
  CHECK_THROWS_AS((sha256_chain{sha256_state::beginning(), 1}), std::invalid_argument);
}

TEST_CASE("the text of a state is 64 lower-case hex characters") {
  CHECK(to_hex(sha256_state::beginning()) ==
        "6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19");
  CHECK(sha256_state_from_hex(to_hex(sha256_state::beginning())) == sha256_state::beginning());
  CHECK_FALSE(sha256_state_from_hex("6A" + std::string(62, '0')));
  CHECK_FALSE(sha256_state_from_hex(std::string(63, '0')));
}
