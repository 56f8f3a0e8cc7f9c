/// A web server that answers noise: headers and Metalinks.

#include "tests/fuzz/noise.hpp"
#include "vendors/web_file.hpp"

using namespace hive;
using fuzz::claim;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input{reinterpret_cast<const char*>(data), size};
  const auto vendor = vendors::make_web_file();
  const auto what = fuzz::reference_in(input, *vendor, "https://host.example/m.meta4");
  const auto got =
      fuzz::converse(*vendor, what, input, what.mirrors.size() + 2, [](const net::request&) {});
  if (!got) return 0;
  for (const auto& file : got->files) {
    const auto first = net::origin_of(file.sources.front().url);
    const bool safe = file.expected || first->scheme == "https" || net::is_loopback(*first);
    claim(safe, "what is not encrypted has a digest");
  }
  return 0;
}
