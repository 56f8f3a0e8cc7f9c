/// A Hub that answers noise. The input is a reference in its first line, then replies parted by a
/// line
/// "===": a status line, header lines, an empty line, a body. After the last reply the network is
/// gone.

#include "core/artifact/safe_path.hpp"
#include "core/base/digest.hpp"
#include "tests/fuzz/claim.hpp"
#include "vendors/hugging_face.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace hive;
using fuzz::claim;

constexpr std::string_view between_replies = "\n===\n";

std::string_view take(std::string_view& text, std::string_view mark) {
  const auto end = text.find(mark);
  const auto out = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + mark.size());
  return out;
}

net::reply reply_of(std::string_view text) {
  net::reply out;
  out.head.status = 200;
  const auto status = take(text, "\n");
  std::from_chars(status.data(), status.data() + status.size(), out.head.status);
  while (!text.empty()) {
    auto line = take(text, "\n");
    if (line.empty()) break;
    const auto name = take(line, ": ");
    out.head.headers.emplace_back(name, line);
  }
  out.body = text;
  return out;
}

void check_plan(const download_plan& plan, const net::origin& hub) {
  claim(is_hex(plan.revision, 40), "a plan is pinned to a commit");
  claim(!plan.files.empty(), "a plan has files");
  std::vector<std::string> paths;
  for (const auto& file : plan.files) {
    claim(check_relative_path(file.path).has_value(), "a plan's paths are safe");
    claim(file.size.has_value() && file.expected.has_value(), "size and digest are known");
    claim(file.sources.size() == 1, "a file has one source");
    const auto where = net::origin_of(file.sources[0].url);
    claim(where && *where == hub, "files come from the Hub");
    paths.push_back(file.path);
  }
  claim(check_no_collisions(paths).has_value(), "a plan's paths can exist side by side");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input{reinterpret_cast<const char*>(data), size};
  auto what = parse_reference(take(input, "\n"));
  if (!what || (what->from != scheme::hf && what->from != scheme::space)) {
    what = parse_reference("hf:org/repo");
  }
  what->host.clear();
  const auto hub = net::origin_of("https://huggingface.co").value();
  const auto vendor = vendors::make_hugging_face({});
  auto talk = vendor->resolve(*what, {what->selector, {}, {}});
  std::size_t asked = 0;
  while (const auto* wanted = talk.wants()) {
    claim(++asked <= 1010, "a conversation ends");
    const auto where = net::origin_of(wanted->url);
    claim(where && *where == hub, "only the Hub is asked");
    claim(wanted->keys == nullptr, "a conversation holds no secret");
    if (input.empty()) {
      talk.answer(fail(errc::unreachable, "nobody is there"));
    } else {
      auto reply = reply_of(take(input, between_replies));
      reply.head.url = wanted->url;
      talk.answer(std::move(reply));
    }
  }
  const auto got = std::move(talk).value();
  if (got) {
    check_plan(*got, hub);
  } else {
    claim(!got.why().detail.empty(), "a failure says what happened");
  }
  return 0;
}
