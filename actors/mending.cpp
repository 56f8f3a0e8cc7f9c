#include "actors/mending.hpp"

#include <algorithm>

namespace hive::actors {
namespace {

outcome check_same(const plan_file& file, const store::blob_finding& found) {
  const bool other_size = file.size && *file.size != found.size;
  const bool other_digest = file.expected && file.expected->kind == digest_kind::sha256 &&
                            file.expected->hex != found.sha256;
  if (!other_size && !other_digest) return {};
  return fail(errc::source_changed, "the source has another content as " + file.path + " by now",
              "'hive pull --update' gets the new content");
}

} // namespace

reference mending_reference(const store::artifact& a) {
  auto what = pinned(a.what, a.revision);
  what.selector.clear();
  return what;
}

result<download_plan> mending_plan(download_plan plan, const std::vector<damage>& damaged) {
  if (plan.how)
    return fail(errc::unsupported, "what was built cannot be fetched",
                "'hive pull' of the recipe builds it again");
  std::vector<plan_file> wanted;
  for (const auto& one : damaged) {
    const auto& path = one.paths.front();
    const auto file = std::ranges::find(plan.files, path, &plan_file::path);
    if (file == plan.files.end())
      return fail(errc::entry_missing, "the source has no " + path + " any more");
    HIVE_CHECK(check_same(*file, one.found));
    file->size = one.found.size;
    file->expected = digest{digest_kind::sha256, one.found.sha256};
    wanted.push_back(std::move(*file));
  }
  plan.files = std::move(wanted);
  return plan;
}

} // namespace hive::actors
