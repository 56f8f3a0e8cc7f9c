#include "core/net/challenge.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>
#include <optional>

namespace hive::net {

namespace {

constexpr std::size_t most_challenges = 8;
constexpr std::size_t most_parameters = 16;
constexpr std::size_t longest_header = 16 * 1024;

bool is_token(char c) noexcept {
  constexpr std::string_view more = "!#$%&'*+-.^_`|~";
  return ascii::is_alnum(c) || more.find(c) != std::string_view::npos;
}
bool is_token68(char c) noexcept {
  constexpr std::string_view more = "-._~+/";
  return ascii::is_alnum(c) || more.find(c) != std::string_view::npos;
}
bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}

class reading {
 public:
  reading(std::string_view text, std::vector<challenge>& to)
    : rest_(text.substr(0, longest_header)), to_(to), first_(to.size()) {}

  void run() {
    while (take_one()) {
    }
  }

 private:
  template <class Is>
  std::string_view take(Is is) {
    const auto end = std::ranges::find_if_not(rest_, is);
    const auto out = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(out.size());
    return out;
  }

  bool begins(char c) const noexcept { return !rest_.empty() && rest_.front() == c; }

  /// A parameter of the present challenge or the name of the next.
  bool take_one() {
    take([](char c) { return is_blank(c) || c == ','; });
    const auto word = take(is_token);
    if (word.empty()) return false;
    const auto behind = rest_;
    take(is_blank);
    if (begins('=')) return take_parameter(word);
    rest_ = behind;
    if (to_.size() >= most_challenges) return false;
    to_.push_back({ascii::lowered(word), {}});
    skip_token68();
    return true;
  }

  bool take_parameter(std::string_view name) {
    if (to_.size() == first_) return false;
    auto& all = to_.back().parameters;
    rest_.remove_prefix(1);
    take(is_blank);
    const auto value = begins('"') ? take_quoted() : std::optional{std::string{take(is_token)}};
    if (!value || all.size() >= most_parameters) return false;
    all.emplace_back(ascii::lowered(name), *value);
    return true;
  }

  std::optional<std::string> take_quoted() {
    std::string out;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return out;
      }
      if (rest_[i] == '\\' && ++i == rest_.size()) break;
      out += rest_[i];
    }
    return std::nullopt;
  }

  /// Only when it is all there is up to the next comma; else it was a parameter's name.
  void skip_token68() {
    const auto before = rest_;
    take(is_blank);
    const auto word = take(is_token68);
    take([](char c) { return c == '='; });
    take(is_blank);
    if (word.empty() || !(rest_.empty() || begins(','))) rest_ = before;
  }

  std::string_view rest_;
  std::vector<challenge>& to_;
  std::size_t first_;
};

} // namespace

std::string_view challenge::parameter(std::string_view name) const noexcept {
  const auto at = std::ranges::find(parameters, name, [](const auto& p) { return p.first; });
  return at == parameters.end() ? std::string_view{} : std::string_view{at->second};
}

std::vector<challenge> read_challenges(const header_list& headers) {
  std::vector<challenge> out;
  for (const auto& [name, value] : headers)
    if (name == "www-authenticate") reading{value, out}.run();
  return out;
}

} // namespace hive::net
