#include "core/transfer/ruling.hpp"

#include "core/base/ascii.hpp"
#include "core/base/redact.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace hive::transfer {

namespace {

using net::find_header;
using net::reply_head;

ruling no(verdict what, failure why) {
  return {what, std::move(why), 0, std::nullopt};
}

std::optional<std::uint64_t> length_of(const reply_head& head) {
  const auto text = find_header(head.headers, "content-length");
  return text ? ascii::number(*text) : std::nullopt;
}

/// The size is not known yet: the part that comes may end earlier than asked, at the end of the
/// file.
ruling judge_first_part(const reply_head& head, byte_range asked) {
  const auto text = find_header(head.headers, "content-range");
  const auto range = text ? net::parse_content_range(*text) : std::nullopt;
  if (!range || !range->total) {
    return no(verdict::range_ignored,
              fail(errc::range_refused, redact_url(head.url) + ": a part of unknown size came"));
  }
  const byte_range right{asked.begin, std::min(asked.end, *range->total)};
  if (auto fits = net::check_range(head, right, range->total); !fits)
    return no(verdict::refused, std::move(fits).why());
  return {verdict::stream, {}, right.end, range->total};
}

ruling judge_part(const reply_head& head, const question& asked) {
  if (!asked.range) {
    return no(verdict::refused, fail(errc::range_refused,
                                     redact_url(head.url) + ": a part came, the whole was asked"));
  }
  if (!asked.size) return judge_first_part(head, *asked.range);
  const auto text = find_header(head.headers, "content-range");
  const auto granted = text ? net::parse_content_range(*text) : std::nullopt;
  if (granted && granted->total && *granted->total != *asked.size) {
    return no(granted->range.begin == 0 ? verdict::wrong_size : verdict::failed,
              fail(errc::source_changed, redact_url(head.url) + ": the file has " +
                                             std::to_string(*granted->total) + " bytes, not " +
                                             std::to_string(*asked.size)));
  }
  if (auto fits = net::check_range(head, *asked.range, asked.size); !fits)
    return no(verdict::refused, std::move(fits).why());
  return {verdict::stream, {}, asked.range->end, asked.size};
}

ruling judge_whole(const reply_head& head, const question& asked) {
  const auto where = redact_url(head.url);
  if (auto plain = net::check_coding(head); !plain)
    return no(verdict::refused, std::move(plain).why());
  const auto length = length_of(head);
  if (asked.size && length && *asked.size != *length) {
    return no(verdict::wrong_size,
              fail(errc::size_mismatch, where + ": " + std::to_string(*length) +
                                            " bytes came, the file has " +
                                            std::to_string(*asked.size)));
  }
  if (asked.range && asked.range->begin != 0) {
    return no(verdict::range_ignored,
              fail(errc::range_refused, where + ": the range was ignored, the whole file came"));
  }
  return {verdict::whole, {}, 0, asked.size ? asked.size : length};
}

bool forgets_links(int status) noexcept {
  return status == 400 || status == 401 || status == 403 || status == 404 || status == 410;
}

} // namespace

ruling judge(const reply_head& head, const question& asked, std::chrono::sys_seconds now) {
  if (head.status == 206) return judge_part(head, asked);
  if (head.status == 200) return judge_whole(head, asked);
  auto why = net::failure_of_status(head, now);
  if (head.status == 416) return no(verdict::unsatisfiable, std::move(why));
  if (!forgets_links(head.status)) return no(verdict::failed, std::move(why));
  if (asked.by_link) return no(verdict::stale_link, std::move(why));
  if (asked.crossed) why.code = errc::link_expired;
  const bool says_what = find_header(head.headers, "www-authenticate").has_value();
  if (head.status == 401 && says_what && !asked.crossed) return no(verdict::locked, std::move(why));
  return no(head.status == 403 ? verdict::denied : verdict::failed, std::move(why));
}

std::optional<failure> vendor_refusal(const reply_head& head, const question& asked,
                                      const std::vector<refusal_rule>& rules,
                                      const std::string& path) {
  if (head.status < 400 || asked.by_link || asked.crossed) return std::nullopt;
  const auto fits = [&](const refusal_rule& rule) {
    if (rule.name == ":status") return rule.value == std::to_string(head.status);
    return find_header(head.headers, rule.name) == rule.value;
  };
  const auto rule = std::ranges::find_if(rules, fits);
  if (rule == rules.end()) return std::nullopt;
  return fail(rule->code,
              rule->detail + " (HTTP " + std::to_string(head.status) + " for " + path + ")",
              rule->hint);
}

} // namespace hive::transfer
