#include "core/build/words.hpp"

#include "core/base/ascii.hpp"
#include "core/base/utf8.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hive::build {
namespace {

/// Without terminals' control sequences ("ESC [ … letter") and control characters.
std::string plain(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b' && i + 1 < text.size() && text[i + 1] == '[') {
      i += 2;
      while (i < text.size() && !ascii::is_alpha(text[i])) ++i;
    } else if (text[i] == '\t') {
      out += ' ';
    } else if (!ascii::is_control(text[i])) {
      out += text[i];
    }
  }
  return to_utf8(out);
}

bool blank(std::string_view text) noexcept {
  return text.find_first_not_of(' ') == std::string_view::npos;
}

} // namespace

void words::hear(std::string_view bytes) {
  for (const char c : bytes) {
    // A progress bar goes back to the start of its line.
    if (c == '\n' || c == '\r')
      end_line();
    else if (line_.size() < longest_line)
      line_ += c;
    else
      cut_ = true;
  }
}

void words::end() {
  if (!line_.empty()) end_line();
}

void words::end_line() {
  auto text = plain(std::exchange(line_, {}));
  if (std::exchange(cut_, false)) text += "…";
  if (blank(text)) return;
  last_.push_back(text);
  if (last_.size() > remembered) last_.pop_front();
  waiting_.push_back(std::move(text));
  if (waiting_.size() <= most_at_once) return;
  waiting_.pop_front();
  ++passed_over_;
}

std::vector<std::string> words::tell(clock::time_point now) {
  const std::chrono::duration<double> since = now - filled_;
  filled_ = now;
  allowed_ = std::min<double>(most_at_once, allowed_ + since.count() * most_a_second);
  // The newest say most.
  const auto count = std::min(waiting_.size(), static_cast<std::size_t>(allowed_));
  passed_over_ += waiting_.size() - count;
  allowed_ -= static_cast<double>(count);
  std::vector<std::string> out{
      std::make_move_iterator(waiting_.end() - static_cast<std::ptrdiff_t>(count)),
      std::make_move_iterator(waiting_.end())};
  waiting_.clear();
  return out;
}

} // namespace hive::build
