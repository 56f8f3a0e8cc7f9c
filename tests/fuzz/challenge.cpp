/// WWW-Authenticate: each line of the input is one header's value.

#include "core/net/challenge.hpp"
#include "core/base/ascii.hpp"
#include "tests/fuzz/claim.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace hive;
using fuzz::claim;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input{reinterpret_cast<const char*>(data), size};
  net::header_list headers;
  while (!input.empty()) {
    const auto end = std::min(input.find('\n'), input.size());
    headers.emplace_back("www-authenticate", input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  const auto all = net::read_challenges(headers);
  claim(all.size() <= 8, "challenges have a bound");
  for (const auto& one : all) {
    claim(!one.scheme.empty(), "a challenge has a name");
    claim(one.scheme == ascii::lowered(one.scheme), "names are lower case");
    claim(one.parameters.size() <= 16, "parameters have a bound");
    for (const auto& [name, value] : one.parameters) {
      claim(!name.empty() && value.size() <= 16 * 1024, "names are there, values have a bound");
      claim(one.parameter(name).size() <= 16 * 1024, "a parameter that is there is found");
    }
  }
  return 0;
}
