#include "core/artifact/pattern.hpp"

#include "core/base/utf8.hpp"

#include <algorithm>

namespace hive {

namespace {

/// A pattern and the end of its last set: a '[' without a ']' behind it is a plain character, and
/// knowing that without a search keeps matching within length times length.
class glob {
 public:
  explicit glob(std::string_view pattern) noexcept
    : text_(pattern), last_close_(pattern.rfind(']')),
      everything_below_(pattern.ends_with('/') || pattern.ends_with('\\')) {}

  bool done(std::size_t at) const noexcept { return at >= size(); }
  bool star(std::size_t at) const noexcept { return at < size() && char_at(at) == U'*'; }

  /// Where the pattern goes on after its element at `at` took `c`; 0 when it does not take it.
  std::size_t take(std::size_t at, char32_t c) const noexcept {
    const auto p = point(at);
    if (p.value == U'?') return at + 1;
    if (p.value == U'[') {
      if (const auto close = set_end(at); close != std::string_view::npos)
        return in_set(at + 1, close, c) ? close + 1 : 0;
    }
    return p.value == c ? at + p.bytes : 0;
  }

 private:
  std::size_t size() const noexcept { return text_.size() + (everything_below_ ? 1 : 0); }
  code_point point(std::size_t at) const noexcept {
    if (at >= text_.size()) return {U'*', 1, true};
    auto p = first_code_point(text_.substr(at));
    if (p.value == U'\\') p.value = U'/';
    return p;
  }
  char32_t char_at(std::size_t at) const noexcept { return point(at).value; }

  /// The ']' that ends the set opened at `at`; a ']' right behind "[" or "[!" belongs to the set.
  std::size_t set_end(std::size_t at) const noexcept {
    auto from = at + 1;
    if (from < text_.size() && text_[from] == '!') ++from;
    if (from < text_.size() && text_[from] == ']') ++from;
    if (last_close_ == std::string_view::npos || from > last_close_) return std::string_view::npos;
    return text_.find(']', from);
  }

  bool in_set(std::size_t at, std::size_t close, char32_t c) const noexcept {
    const bool negated = text_[at] == '!';
    if (negated) ++at;
    bool found = false;
    while (at < close) {
      const auto low = point(at);
      at += low.bytes;
      auto high = low;
      if (at + 1 < close && text_[at] == '-') {
        high = point(at + 1);
        at += 1 + high.bytes;
      }
      found = found || (low.value <= c && c <= high.value);
    }
    return found != negated;
  }

  std::string_view text_;
  std::size_t last_close_;
  bool everything_below_;
};

bool any_matches(std::span<const std::string> patterns, std::string_view path) noexcept {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& p) { return matches(p, path); });
}

} // namespace

bool matches(std::string_view pattern, std::string_view path) noexcept {
  const glob wanted{pattern};
  std::size_t at = 0;
  std::size_t here = 0;
  // Only the last star needs another try: an earlier one that takes more gains nothing.
  std::size_t after_star = 0;
  std::size_t star_took = 0;
  bool starred = false;
  while (here < path.size()) {
    if (wanted.star(at)) {
      starred = true;
      after_star = ++at;
      star_took = here;
      continue;
    }
    const auto c = first_code_point(path.substr(here));
    if (const auto next = wanted.done(at) ? 0 : wanted.take(at, c.value); next != 0) {
      at = next;
      here += c.bytes;
    } else if (starred) {
      star_took += first_code_point(path.substr(star_took)).bytes;
      here = star_took;
      at = after_star;
    } else {
      return false;
    }
  }
  while (wanted.star(at)) ++at;
  return wanted.done(at);
}

bool selected(std::string_view path, std::span<const std::string> include,
              std::span<const std::string> exclude) noexcept {
  return (include.empty() || any_matches(include, path)) && !any_matches(exclude, path);
}

} // namespace hive
