/// A Hub that answers noise. The input is a reference in its first line, then replies as in
/// replies.hpp. After the last one the network is gone.

#include "core/artifact/safe_path.hpp"
#include "core/base/digest.hpp"
#include "tests/fuzz/claim.hpp"
#include "tests/fuzz/replies.hpp"
#include "vendors/hugging_face.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace hive;
using fuzz::between_replies;
using fuzz::claim;
using fuzz::reply_of;
using fuzz::take;

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
