#include "apps/http/parameters.hpp"

#include "core/base/ascii.hpp"

#include <optional>

namespace hive::http {
namespace {

using std::chrono::milliseconds;

std::optional<milliseconds> read_span(std::string_view text, milliseconds most) {
  std::uint64_t unit = 1000;
  if (text.ends_with("ms")) {
    unit = 1;
    text.remove_suffix(2);
  } else if (text.ends_with('s')) {
    text.remove_suffix(1);
  }
  const auto count = ascii::number(text);
  if (!count || *count > static_cast<std::uint64_t>(most.count()) / unit) return std::nullopt;
  return milliseconds{*count * unit};
}

std::string span_text(milliseconds span) {
  return span.count() % 1000 == 0 ? std::to_string(span.count() / 1000) + "s"
                                  : std::to_string(span.count()) + "ms";
}

} // namespace

checked take_text(const request& asked, std::string_view name, std::size_t longest,
                  std::string& into) {
  const auto given = asked.param(name);
  if (!given) return {};
  if (given->size() > longest)
    return wrong_member(name, "must be at most " + std::to_string(longest) + " bytes");
  into = *given;
  return {};
}

checked take_number(const request& asked, std::string_view name, number_bounds within,
                    std::uint64_t& into) {
  const auto given = asked.param(name);
  if (!given) return {};
  const auto value = ascii::number(*given);
  if (!value || *value < within.least || *value > within.most)
    return wrong_member(name, "must be a number from " + std::to_string(within.least) + " to " +
                                  std::to_string(within.most));
  into = *value;
  return {};
}

checked take_span(const request& asked, std::string_view name, span_bounds within,
                  milliseconds& into) {
  const auto given = asked.param(name);
  if (!given) return {};
  const auto value = read_span(*given, within.most);
  if (!value || *value < within.least)
    return wrong_member(name, "must be a time from " + span_text(within.least) + " to " +
                                  span_text(within.most) + ", as in 2s or 500ms");
  into = *value;
  return {};
}

} // namespace hive::http
