/// Any text is a reference that prints and reads back the same, or a failure that says why.

#include "core/artifact/reference.hpp"
#include "core/artifact/selection.hpp"
#include "tests/fuzz/claim.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using hive::fuzz::claim;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto what = hive::parse_reference(text);
  if (!what) {
    claim(what.why().code == hive::errc::bad_reference,
          "a text that is no reference is bad_reference");
    claim(!what.why().detail.empty(), "a failure says what is wrong");
    return 0;
  }
  const auto again = hive::parse_reference(to_string(*what));
  claim(again.has_value(), "a printed reference is one");
  claim(*again == *what, "a printed reference reads back the same");
  claim(!hive::wish_key(*what, {what->selector, {}, {}}).empty(), "every wish has a key");
  return 0;
}
