#include "vendors/web_reply.hpp"

#include "core/artifact/safe_path.hpp"
#include "core/base/ascii.hpp"
#include "core/base/percent.hpp"
#include "core/base/redact.hpp"
#include "core/net/file_headers.hpp"
#include "core/net/header_text.hpp"
#include "vendors/metadata.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace hive::vendors {

namespace {

constexpr std::size_t most_duplicates = 16;

std::string_view path_of(std::string_view url) noexcept {
  url = url.substr(0, url.find_first_of("?#"));
  const auto host = url.find("://");
  const auto slash = url.find('/', host == std::string_view::npos ? 0 : host + 3);
  return slash == std::string_view::npos ? std::string_view{} : url.substr(slash);
}

bool is_safe_name(const std::string& name) {
  return name.find('/') == std::string::npos && check_relative_path(name).has_value();
}

/// The last segment of an address; empty when there is none that can be a file's name.
std::string name_in(std::string_view url) {
  const auto path = path_of(url);
  const auto name = percent_decoded(path.substr(path.rfind('/') + 1));
  return name && is_safe_name(*name) ? *name : std::string{};
}

std::string name_of(const std::string& url, const net::reply& got) {
  if (auto given = net::disposition_name(got.head.headers); is_safe_name(given)) return given;
  if (auto last = name_in(url); !last.empty()) return last;
  if (auto last = name_in(got.head.url); !last.empty()) return last;
  return "download";
}

/// Empty when the server does not say.
result<std::optional<std::uint64_t>> size_of(const std::string& url, const net::reply& got) {
  std::optional<std::uint64_t> size;
  if (got.head.status == 200) {
    const auto length = net::find_header(got.head.headers, "content-length");
    if (length) size = ascii::number(*length);
  } else if (got.head.status == 206) {
    const auto range = net::parse_content_range(header_text(got, "content-range"));
    if (!range || range->range.begin != 0)
      return unreadable(redact_url(url), "a part came that is not the first");
    size = range->total;
  } else {
    size = 0;
  }
  if (size && *size > largest_file) return unreadable(redact_url(url), "it is beyond 16 TiB");
  return size;
}

/// A weak tag says "as good as", not "the same bytes".
std::optional<header_check> version_of(const net::reply& got) {
  const auto tag = header_text(got, "etag");
  if (!tag.empty() && !tag.starts_with("W/"))
    return header_check{"etag", std::string{net::bare_etag(tag)}, true};
  const auto changed = header_text(got, "last-modified");
  if (!changed.empty()) return header_check{"last-modified", changed, true};
  return std::nullopt;
}

std::vector<std::string> duplicates_of(const net::reply& got) {
  auto links = net::links_of(got.head.headers);
  std::erase_if(links, [](const auto& l) { return !net::has_word(l.relations, "duplicate"); });
  const auto last = std::numeric_limits<std::uint64_t>::max();
  std::ranges::stable_sort(links, {}, [&](const auto& l) { return l.priority.value_or(last); });
  std::vector<std::string> out;
  for (const auto& link : links) {
    auto url = net::resolve_location(got.head.url, link.target);
    if (url && net::origin_of(*url) && out.size() < most_duplicates) out.push_back(*std::move(url));
  }
  return out;
}

bool says_metalink(const std::string& url, const net::reply& got) {
  return header_text(got, "content-type").starts_with("application/metalink4+xml") ||
         path_of(url).ends_with(".meta4");
}

} // namespace

net::request first_byte_of(std::string url) {
  auto out = metadata_request(std::move(url));
  out.headers = {{"accept", "*/*"}};
  out.bucket = "files";
  out.range = byte_range{0, 1};
  out.head_only = true;
  return out;
}

failure web_refusal(const std::string& url, const net::reply& got) {
  const auto shown = redact_url(url);
  const auto tail = answer_of(got, "");
  switch (got.head.status) {
  case 401:
    return fail(errc::credentials_needed, shown + " wants to know who asks" + tail,
                "give a token with --token: it is sent as 'Bearer' to that host only");
  case 404:
  case 410:
    return fail(errc::entry_missing, "there is nothing at " + shown + tail,
                "check the address; it may have moved");
  default: break;
  }
  auto why = net::failure_of_status(got.head, written_at(got));
  if (why.code == errc::credentials_rejected) {
    why.detail = shown + " may not be fetched" + tail;
    why.hint = "a signed address may have ended: get a fresh one; else give a token with --token";
  }
  return why;
}

result<web_file_facts> read_web_reply(const std::string& url, const net::reply& got) {
  const auto status = got.head.status;
  const bool empty = status == 416 && header_text(got, "content-range") == "bytes */0";
  if (status != 200 && status != 206 && !empty) return web_refusal(url, got);
  HIVE_CHECK(net::check_coding(got.head));
  web_file_facts out;
  HIVE_TRY(out.size, size_of(url, got));
  out.version = version_of(got);
  out.announced = net::announced_digest(got.head.headers);
  out.duplicates = duplicates_of(got);
  out.name = name_of(url, got);
  out.is_metalink = says_metalink(url, got);
  return out;
}

} // namespace hive::vendors
