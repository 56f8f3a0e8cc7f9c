#include "core/base/result.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>
#include <string_view>

namespace hive {

std::string sentence(const failure& why) {
  const auto& row = info(why.code);
  std::string text = why.detail.empty() ? std::string{row.sentence} : why.detail;
  const auto hint = why.hint.empty() ? row.hint : std::string_view{why.hint};
  if (!hint.empty()) text.append("; ").append(hint);
  std::replace_if(text.begin(), text.end(), ascii::is_control, ' ');
  return text;
}

} // namespace hive
