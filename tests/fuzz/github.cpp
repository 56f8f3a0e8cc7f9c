/// A GitHub that answers noise: releases and checksum files.

#include "vendors/github.hpp"
#include "tests/fuzz/noise.hpp"

using namespace hive;
using fuzz::claim;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input{reinterpret_cast<const char*>(data), size};
  const auto vendor = vendors::make_github({});
  const auto what = fuzz::reference_in(input, *vendor, "gh:acme/models");
  const auto got = fuzz::converse(*vendor, what, input, vendors::most_checksum_files + 3,
                                  [](const net::request& asked) {
                                    const auto where = net::origin_of(asked.url);
                                    claim(where && where->scheme == "https", "only https is asked");
                                  });
  if (!got) return 0;
  claim(got->revision.find('~') != std::string::npos, "a revision is no tag");
  for (const auto& file : got->files) claim(file.size.has_value(), "sizes are known");
  return 0;
}
