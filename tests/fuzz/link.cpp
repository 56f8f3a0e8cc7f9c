/// What a peer says before its link carries anything else, and rows of members as text.

#include "core/link/greeting.hpp"
#include "core/link/row_text.hpp"
#include "tests/fuzz/claim.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace hive;
using fuzz::claim;

namespace {

void read_words(std::string_view text) {
  const auto read = link::decode(text);
  if (!read) return claim(!read.why().detail.empty(), "a refusal says what is wrong");
  const auto again = link::decode(link::encode(*read).substr(4));
  claim(again && again->index() == read->index(), "words survive being sent");
}

void read_row(std::string_view text) {
  const auto parsed = json::parse(text);
  if (!parsed) return;
  const auto row = link::row_from(parsed->root());
  if (!row) return claim(!row.why().detail.empty(), "a refusal says what is wrong");
  const auto printed = json::parse(json::text(link::to_json(**row)));
  claim(printed && link::row_from(printed->root()), "a row survives being written");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  if (data[0] == 'r') return read_row(text), 0;
  return read_words(text), 0;
}
