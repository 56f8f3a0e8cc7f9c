/// Content-Range, and what is made of it.

#include "core/net/message.hpp"
#include "tests/fuzz/claim.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hive;
  using fuzz::claim;
  const std::string value{reinterpret_cast<const char*>(data), size};
  const auto read = net::parse_content_range(value);
  const net::reply_head head{206, {{"content-range", value}}, "https://example.org/", "", 0};
  constexpr byte_range asked{100, 200};
  const bool granted = net::check_range(head, asked, 1000).has_value();
  if (read) {
    claim(read->range.begin < read->range.end, "a range is not empty");
    claim(!read->total || read->range.end <= *read->total, "a range lies in its file");
    claim(granted == (read->range == asked && read->total == 1000u),
          "exactly what was asked is granted");
  } else {
    claim(!granted, "nothing unreadable is granted");
  }
  return 0;
}
