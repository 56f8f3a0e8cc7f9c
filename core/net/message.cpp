#include "core/net/message.hpp"

#include "core/base/ascii.hpp"
#include "core/base/redact.hpp"
#include "core/net/header_text.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace hive::net {

namespace {

constexpr std::int64_t longest_wait =
    366LL * 24 * 3600; ///< bounds what a server can ask for, seconds
constexpr std::size_t most_links = 256;

std::optional<std::chrono::seconds> seconds_of(std::string_view text) noexcept {
  const bool digits =
      !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return std::nullopt;
  const auto value = ascii::number(text).value_or(longest_wait);
  return std::chrono::seconds{
      static_cast<std::int64_t>(std::min<std::uint64_t>(value, longest_wait))};
}

/// One link value; empty when it has no target.
std::optional<web_link> read_link(std::string_view text) {
  const auto target = take_until(text, ';');
  if (target.size() < 2 || target.front() != '<' || target.back() != '>') return std::nullopt;
  web_link out;
  out.target = target.substr(1, target.size() - 2);
  bool related = false;
  while (!text.empty()) {
    const auto [name, value] = parameter(take_until(text, ';'));
    if (same_word(name, "rel") && !std::exchange(related, true)) out.relations = value;
    if (same_word(name, "type")) out.type = value;
    if (same_word(name, "pri")) out.priority = ascii::number(value);
  }
  return out;
}

/// The wait of one `"bucket";r=0;t=37`; empty while the bucket has something left.
std::optional<std::chrono::seconds> reset_of(std::string_view bucket) noexcept {
  std::optional<std::uint64_t> left;
  std::optional<std::chrono::seconds> reset;
  take_until(bucket, ';');
  while (!bucket.empty()) {
    const auto [name, value] = parameter(take_until(bucket, ';'));
    if (name == "r") left = ascii::number(value);
    if (name == "t") reset = seconds_of(value);
  }
  if (!left || *left > 0 || !reset) return std::nullopt;
  return *reset + std::chrono::seconds{1};
}

/// "37" is in 37 seconds, "1795312813" is a moment.
std::optional<std::chrono::seconds> reset_at(std::string_view text,
                                             std::chrono::sys_seconds now) noexcept {
  constexpr std::uint64_t earliest_moment = 1'000'000'000;
  const auto value = ascii::number(text);
  if (!value) return std::nullopt;
  const auto today = static_cast<std::uint64_t>(now.time_since_epoch().count());
  const bool moment = *value >= earliest_moment;
  const auto wait = !moment ? *value : *value > today ? *value - today : 0;
  return std::chrono::seconds{
      static_cast<std::int64_t>(std::min<std::uint64_t>(wait + 1, longest_wait))};
}

errc code_of(int status) noexcept {
  switch (status) {
  case 401: return errc::credentials_needed;
  case 403: return errc::credentials_rejected;
  case 404:
  case 410: return errc::entry_missing;
  case 407: return errc::proxy_refused;
  case 408:
  case 425: return errc::vendor_unavailable;
  case 416: return errc::range_refused;
  case 429: return errc::rate_limited;
  case 451: return errc::repo_disabled;
  default: return status >= 500 ? errc::vendor_unavailable : errc::unreadable_reply;
  }
}

std::string text_of(byte_range r) {
  return std::to_string(r.begin) + "-" + std::to_string(r.end - 1);
}

} // namespace

std::optional<std::string_view> find_header(const header_list& headers,
                                            std::string_view name) noexcept {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::optional<content_range> parse_content_range(std::string_view value) noexcept {
  constexpr std::string_view unit = "bytes ";
  if (!same_word(value.substr(0, unit.size()), unit)) return std::nullopt;
  value.remove_prefix(unit.size());
  const auto dash = value.find('-');
  const auto slash = value.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || slash < dash)
    return std::nullopt;
  const auto first = ascii::number(value.substr(0, dash));
  const auto last = ascii::number(value.substr(dash + 1, slash - dash - 1));
  if (!first || !last || *first > *last) return std::nullopt;
  if (*last == std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
  content_range out{{*first, *last + 1}, std::nullopt};
  if (value.substr(slash + 1) == "*") return out;
  out.total = ascii::number(value.substr(slash + 1));
  if (!out.total || *last >= *out.total) return std::nullopt;
  return out;
}

outcome check_range(const reply_head& head, byte_range asked, std::optional<std::uint64_t> size) {
  const auto refused = [&](const std::string& what) {
    return fail(errc::range_refused, redact_url(head.url) + ": " + what);
  };
  if (head.status == 200) return refused("the range was ignored, the whole file came");
  if (head.status != 206) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return failure_of_status(head, now);
  }
  HIVE_CHECK(check_coding(head));
  const auto value = find_header(head.headers, "content-range");
  const auto granted = value ? parse_content_range(*value) : std::nullopt;
  if (!granted) return refused("a part came without a proper Content-Range");
  if (granted->range != asked)
    return refused("bytes " + text_of(asked) + " were asked, " + text_of(granted->range) + " came");
  if (size && !granted->total) return refused("a part came that does not say of how much");
  if (size && *granted->total != *size)
    return fail(errc::source_changed, redact_url(head.url) + ": the file has " +
                                          std::to_string(*granted->total) + " bytes, not " +
                                          std::to_string(*size));
  const auto length = find_header(head.headers, "content-length");
  if (length && ascii::number(*length) != asked.size())
    return refused("Content-Length does not agree with Content-Range");
  return {};
}

outcome check_coding(const reply_head& head) {
  const auto coding = find_header(head.headers, "content-encoding");
  if (!coding || coding->empty() || same_word(*coding, "identity")) return {};
  return fail(errc::unreadable_reply,
              redact_url(head.url) + ": it came encoded as " + redact(coding->substr(0, 32)) +
                  ", though it was asked for as it is",
              "a server or proxy in between compresses what it passes on: it must not");
}

std::string_view bare_etag(std::string_view value) noexcept {
  value = ascii::trimmed(value);
  if (value.starts_with("W/")) value.remove_prefix(2);
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  return value;
}

std::vector<web_link> links_of(const header_list& headers) {
  std::vector<web_link> out;
  for (const auto& [name, value] : headers) {
    if (name != "link") continue;
    for (std::string_view rest = value; !rest.empty() && out.size() < most_links;)
      if (auto link = read_link(take_until(rest, ','))) out.push_back(*std::move(link));
  }
  return out;
}

std::optional<std::string> link_next(const header_list& headers) {
  for (auto& link : links_of(headers))
    if (has_word(link.relations, "next")) return std::move(link.target);
  return std::nullopt;
}

std::optional<std::chrono::seconds> quota_reset(const header_list& headers,
                                                std::chrono::sys_seconds now) {
  std::optional<std::chrono::seconds> longest;
  for (const auto& [name, value] : headers) {
    if (name != "ratelimit") continue;
    std::string_view rest = value;
    while (!rest.empty()) longest = std::max(longest, reset_of(take_until(rest, ',')));
  }
  const auto left = find_header(headers, "x-ratelimit-remaining");
  const auto reset = find_header(headers, "x-ratelimit-reset");
  if (longest || !left || ascii::number(*left) != 0 || !reset) return longest;
  return reset_at(*reset, now);
}

std::optional<std::chrono::seconds> retry_after(const header_list& headers,
                                                std::chrono::sys_seconds now) {
  if (const auto value = find_header(headers, "retry-after")) {
    if (const auto wait = seconds_of(*value)) return wait;
    const auto when = curl_getdate(std::string{*value}.c_str(), nullptr);
    if (when >= 0) {
      const auto wait = static_cast<std::int64_t>(when) - now.time_since_epoch().count();
      return std::chrono::seconds{std::clamp<std::int64_t>(wait, 0, longest_wait)};
    }
  }
  return quota_reset(headers, now);
}

failure failure_of_status(const reply_head& head, std::chrono::sys_seconds now) {
  // GitHub's forms of 429.
  const bool exhausted = head.status == 403 && retry_after(head.headers, now);
  auto why = fail(exhausted ? errc::rate_limited : code_of(head.status),
                  redact_url(head.url) + " answered " + std::to_string(head.status));
  why.retry_after = retry_after(head.headers, now);
  return why;
}

} // namespace hive::net
