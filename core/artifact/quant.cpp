#include "core/artifact/quant.hpp"

#include "core/artifact/reference.hpp"
#include "core/artifact/safe_path.hpp"
#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>

namespace hive {

namespace {

constexpr std::array<std::string_view, 8> whole_tags{"BF16", "F16",  "F32",   "F64",
                                                     "FP16", "FP32", "TQ1_0", "TQ2_0"};
/// Tags begun by one of these go on with "_WORD" parts: Q4_K_M, IQ2_XXS, MXFP4_MOE.
constexpr std::array<std::string_view, 2> stems{"MXFP4", "NVFP4"};

bool is_word(char c) noexcept {
  return ascii::is_alnum(c) || c == '_';
}

/// "", "_K", "_K_M": words behind underscores.
bool is_tail(std::string_view tail) noexcept {
  if (tail.empty()) return true;
  return tail.front() == '_' && tail.back() != '_' && tail.find("__") == std::string_view::npos &&
         std::all_of(tail.begin(), tail.end(), is_word);
}

/// `up` is upper case and without a maker's prefix.
bool is_tag(std::string_view up) noexcept {
  if (std::find(whole_tags.begin(), whole_tags.end(), up) != whole_tags.end()) return true;
  for (const auto stem : stems)
    if (up.starts_with(stem)) return is_tail(up.substr(stem.size()));
  if (up.starts_with('I')) up.remove_prefix(1);
  return up.size() >= 2 && up[0] == 'Q' && up[1] >= '1' && up[1] <= '8' && is_tail(up.substr(2));
}

std::string_view without_maker(std::string_view up) noexcept {
  for (const std::string_view maker : {"UD-", "I1-"})
    if (up.starts_with(maker)) return up.substr(maker.size());
  return up;
}

/// Name of the folder right above.
std::string_view folder_of(std::string_view path) noexcept {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : file_name(path.substr(0, slash));
}

bool separates(char c) noexcept {
  return c == '-' || c == '.' || c == '_';
}

/// The last tag in a file's name; its parts are cut by '-' and '.', and may stand behind an '_'.
std::optional<std::string> tag_in(std::string_view name) {
  const auto up = ascii::uppered(name);
  std::optional<std::string> found;
  for (std::size_t from = 0; from < up.size();) {
    const auto end = up.find_first_of("-.", from);
    if (end == std::string::npos) break;
    const auto word = std::string_view{up}.substr(from, end - from);
    for (std::size_t at = 0; at != std::string_view::npos && at < word.size();) {
      if (is_tag(word.substr(at))) {
        found = word.substr(at);
        break;
      }
      at = word.find('_', at);
      if (at != std::string_view::npos) ++at;
    }
    from = end + 1;
  }
  return found;
}

} // namespace

bool looks_like_quant(std::string_view selector) noexcept {
  constexpr std::size_t longest = 32;
  if (selector.size() > longest) return false;
  std::array<char, longest> up{};
  std::transform(selector.begin(), selector.end(), up.begin(), ascii::upper);
  return is_tag(without_maker({up.data(), selector.size()}));
}

bool carries_quant(std::string_view path, std::string_view tag) {
  const auto name = ascii::uppered(file_name(path));
  const auto wanted = ascii::uppered(tag);
  for (auto at = name.find(wanted); at != std::string::npos; at = name.find(wanted, at + 1)) {
    const auto end = at + wanted.size();
    const bool begins = at == 0 || separates(name[at - 1]);
    if (begins && end < name.size() && (name[end] == '.' || name[end] == '-')) return true;
  }
  return !tag_in(name) && ascii::uppered(folder_of(path)) == wanted;
}

std::optional<std::string> quant_of(std::string_view path) {
  if (auto tag = tag_in(file_name(path))) return tag;
  const auto folder = folder_of(path);
  if (looks_like_quant(folder)) return ascii::uppered(folder);
  return std::nullopt;
}

std::optional<int> bits_of(std::string_view tag) {
  if (!looks_like_quant(tag)) return std::nullopt;
  const auto up = ascii::uppered(tag);
  const auto digit = up.find_first_of("0123456789", up.rfind('-') + 1); // npos + 1 is 0
  const auto end = up.find_first_not_of("0123456789", digit);
  const auto bits = ascii::number(std::string_view{up}.substr(digit, end - digit));
  if (!bits) return std::nullopt;
  return static_cast<int>(*bits);
}

} // namespace hive
