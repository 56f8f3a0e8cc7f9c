/// A Hub that answers noise.

#include "core/base/digest.hpp"
#include "tests/fuzz/noise.hpp"
#include "vendors/hugging_face.hpp"

using namespace hive;
using fuzz::claim;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input{reinterpret_cast<const char*>(data), size};
  const auto vendor = vendors::make_hugging_face({});
  auto what = fuzz::reference_in(input, *vendor, "hf:org/repo");
  what.host.clear();
  const auto hub = net::origin_of("https://huggingface.co").value();
  const auto at_hub = [&](const std::string& url) {
    const auto where = net::origin_of(url);
    return where && *where == hub;
  };
  const auto got = fuzz::converse(*vendor, what, input, 1010, [&](const net::request& asked) {
    claim(at_hub(asked.url), "only the Hub is asked");
  });
  if (!got) return 0;
  claim(is_hex(got->revision, 40), "a plan is pinned to a commit");
  for (const auto& file : got->files) {
    claim(file.size.has_value() && file.expected.has_value(), "size and digest are known");
    claim(file.sources.size() == 1 && at_hub(file.sources[0].url), "files come from the Hub");
  }
  return 0;
}
