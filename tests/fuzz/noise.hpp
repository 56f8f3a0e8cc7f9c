#pragma once
/// A conversation answered with noise. The input is a reference in its first line, then replies as
/// in replies.hpp. After the last one the network is gone.

#include "core/artifact/safe_path.hpp"
#include "tests/fuzz/claim.hpp"
#include "tests/fuzz/replies.hpp"
#include "vendors/vendor.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::fuzz {

/// What holds for the plan of any vendor.
inline void check_plan(const download_plan& plan) {
  claim(!plan.revision.empty(), "a plan is pinned");
  claim(!plan.files.empty(), "a plan has files");
  std::vector<std::string> paths;
  for (const auto& file : plan.files) {
    claim(check_relative_path(file.path).has_value(), "a plan's paths are safe");
    claim(!file.sources.empty(), "a file has a source");
    for (const auto& source : file.sources)
      claim(net::origin_of(source.url).has_value(), "a source is a web address");
    paths.push_back(file.path);
  }
  claim(check_no_collisions(paths).has_value(), "a plan's paths can exist side by side");
  claim(remarks_on(plan).size() >= plan.remarks.size(), "no remark is lost");
}

/// The input's reference, or `otherwise` when that is none `who` serves.
inline reference reference_in(std::string_view& input, const vendors::vendor& who,
                              std::string_view otherwise) {
  auto what = parse_reference(take(input, "\n"));
  if (!what || !who.serves(*what)) what = parse_reference(otherwise);
  return *what;
}

inline result<download_plan> converse(const vendors::vendor& who, const reference& what,
                                      std::string_view replies, std::size_t most,
                                      const std::function<void(const net::request&)>& check) {
  auto talk = who.resolve(what, {what.selector, {}, {}});
  std::size_t asked = 0;
  while (const auto* wanted = talk.wants()) {
    claim(++asked <= most, "a conversation ends");
    claim(wanted->keys == nullptr, "a conversation holds no secret");
    check(*wanted);
    if (replies.empty()) {
      talk.answer(fail(errc::unreachable, "nobody is there"));
      continue;
    }
    auto reply = reply_of(take(replies, between_replies));
    reply.head.url = wanted->url;
    talk.answer(std::move(reply));
  }
  auto got = std::move(talk).value();
  if (got)
    check_plan(*got);
  else
    claim(!got.why().detail.empty(), "a failure says what happened");
  return got;
}

} // namespace hive::fuzz
