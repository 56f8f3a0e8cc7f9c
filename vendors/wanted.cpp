#include "vendors/wanted.hpp"

#include "core/artifact/safe_path.hpp"

#include <algorithm>
#include <utility>

namespace hive::vendors {

namespace {

failure about(const reference& what, failure why) {
  why.detail = to_string(what) + ": " + why.detail;
  return why;
}

failure refused_path(const reference& what, failure why) {
  why = about(what, std::move(why));
  why.hint = "leave the file out with --exclude, or choose others with --include";
  return why;
}

} // namespace

result<std::vector<std::string>> wanted_files(const reference& what, file_wish wish,
                                              std::span<const std::string> listed) {
  if (wish.selector.empty()) wish.selector = what.selector;
  auto chosen = choose_files(listed, wish);
  if (!chosen) return about(what, std::move(chosen).why());
  for (const auto& path : *chosen) {
    if (auto safe = check_relative_path(path); !safe) {
      return refused_path(what, std::move(safe).why());
    }
  }
  if (auto apart = check_no_collisions(*chosen); !apart) {
    return refused_path(what, std::move(apart).why());
  }
  std::ranges::stable_sort(*chosen, {}, fetch_order);
  return chosen;
}

} // namespace hive::vendors
