#include "apps/hive/sse.hpp"

#include <utility>

namespace hive::cli {

result<std::vector<sse_event>> sse_reader::feed(std::string_view chunk) {
  std::vector<sse_event> out;
  for (const char c : chunk) {
    if (std::exchange(skip_lf_, false) && c == '\n') continue;
    if (c != '\n' && c != '\r') {
      line_ += c;
      if (line_.size() + now_.data.size() > max_event_)
        return fail(errc::unreadable_reply, "the node sent an event that is too large");
      continue;
    }
    skip_lf_ = c == '\r';
    const auto line = std::exchange(line_, {});
    std::string_view text = line;
    constexpr std::string_view mark = "\xef\xbb\xbf";
    if (std::exchange(at_start_, false) && text.starts_with(mark)) text.remove_prefix(mark.size());
    take_line(text, out);
  }
  return out;
}

void sse_reader::take_line(std::string_view line, std::vector<sse_event>& into) {
  if (line.empty()) {
    if (now_.kind.empty()) now_.kind = "message";
    if (has_data_) into.push_back(now_);
    has_data_ = false;
    now_.kind.clear();
    now_.data.clear();
    return;
  }
  const auto colon = line.find(':');
  const auto field = line.substr(0, colon);
  auto value = colon == line.npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") {
    if (std::exchange(has_data_, true)) now_.data += '\n';
    now_.data += value;
  } else if (field == "event") {
    now_.kind = value;
  } else if (field == "id" && value.find('\0') == value.npos) {
    now_.id = value;
  }
}

} // namespace hive::cli
