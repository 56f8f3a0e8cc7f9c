#include "apps/hive/actor_wish.hpp"

#include "core/base/percent.hpp"

#include <sstream>
#include <string_view>

namespace hive::cli {

std::string path_of(const actor_wish& wish) {
  std::string query;
  const auto add = [&query](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    query += query.empty() ? '?' : '&';
    query += std::string{name} + '=' + percent_encode(value);
  };
  add("name", wish.name);
  add("job", wish.job);
  add("state", wish.state);
  add("under", wish.under);
  add("node", wish.node);
  if (wish.by != "id") add("by", wish.by);
  add("window", wish.window);
  if (wish.limit > 0) add("limit", std::to_string(wish.limit));
  return "/v1/actors" + query;
}

void read_filter(const std::string& text, actor_wish& into) {
  into.name = into.job = into.state = into.under = {};
  std::istringstream words{text};
  for (std::string word; words >> word;) {
    const auto colon = word.find(':');
    const auto key = word.substr(0, colon);
    auto* const place = colon == word.npos ? &into.name
                        : key == "job"     ? &into.job
                        : key == "state"   ? &into.state
                        : key == "under"   ? &into.under
                                           : &into.name;
    if (place == &into.name)
      into.name += (into.name.empty() ? "" : " ") + word;
    else
      *place = word.substr(colon + 1);
  }
}

} // namespace hive::cli
