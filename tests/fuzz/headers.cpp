/// Header lines that steer: Link, RateLimit, Retry-After, Location, entity tags, names and digests.

#include "core/net/file_headers.hpp"
#include "core/net/message.hpp"
#include "tests/fuzz/claim.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace hive;
using fuzz::claim;
using namespace std::chrono_literals;

net::header_list headers_of(std::string_view text) {
  net::header_list out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    out.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto headers = headers_of({reinterpret_cast<const char*>(data), size});
  const auto now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 21};
  if (const auto wait = net::retry_after(headers, now)) {
    claim(*wait >= 0s, "no wait is negative");
    claim(*wait <= std::chrono::hours{24 * 367}, "no wait is endless");
  }
  if (const auto next = net::link_next(headers)) {
    const std::string base = "https://huggingface.co/api/models?x=1";
    const auto url = net::resolve_location(base, *next);
    if (url) claim(!url->empty(), "a resolved link is not empty");
    const bool path = next->starts_with('/') && !next->starts_with("//");
    if (url && path) claim(url->starts_with("https://huggingface.co/"), "a path stays where it is");
  }
  claim(net::disposition_name(headers).find_first_of("/\\") == std::string::npos,
        "a name has no folders");
  if (const auto known = net::announced_digest(headers))
    claim(is_hex(known->hex, 64), "a digest is one");
  for (const auto& [name, value] : headers) {
    const auto tag = net::bare_etag(value);
    claim(tag.size() <= value.size(), "a bare tag is a part of the tag");
    claim(net::find_header(headers, name).has_value(), "a header that is there is found");
  }
  net::reply_head head{429, headers, "https://huggingface.co/", "", 0};
  claim(!net::failure_of_status(head, now).detail.empty(), "a failure says what happened");
  return 0;
}
