// How an origin answers one request.

#include "tests/support/http_peer.hpp"
#include "tests/support/route.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace hive::testing {

namespace {

constexpr std::string_view login_page =
    "<!DOCTYPE html><html><body>Please log in to continue.</body></html>";

struct span_asked {
  std::uint64_t begin;
  std::uint64_t end;
};

/// Of "bytes=a-b", "bytes=a-" and "bytes=-n"; empty for anything else or beyond the end.
std::optional<span_asked> range_of(std::string_view value, std::uint64_t size) {
  if (!value.starts_with("bytes=")) return std::nullopt;
  value.remove_prefix(6);
  const auto dash = value.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto number = [](std::string_view text) -> std::optional<std::uint64_t> {
    std::uint64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
      return std::nullopt;
    return out;
  };
  const auto first = number(value.substr(0, dash));
  const auto last = number(value.substr(dash + 1));
  if (!first && last) return span_asked{size - std::min(*last, size), size};
  if (!first || *first >= size) return std::nullopt;
  return span_asked{*first, last ? std::min(*last + 1, size) : size};
}

header_list with(header_list headers, header_list more) {
  std::ranges::move(more, std::back_inserter(headers));
  return headers;
}

/// A whole small reply.
bool write_all(http_peer& peer, const seen& request, int status, header_list headers,
               std::string_view body) {
  headers.emplace_back("Content-Length", std::to_string(body.size()));
  return peer.write_head(status, headers) && (request.method == "HEAD" || peer.write(body));
}

} // namespace

std::shared_ptr<origin::route> origin::find(const std::string& path) const {
  const std::lock_guard guard{mutex_};
  if (const auto exact = routes_.find(path); exact != routes_.end()) return exact->second;
  std::shared_ptr<route> best;
  std::size_t length = 0;
  for (const auto& [pattern, candidate] : routes_) {
    if (!pattern.ends_with('*') || pattern.size() < length) continue;
    if (!path.starts_with(std::string_view{pattern}.substr(0, pattern.size() - 1))) continue;
    best = candidate;
    length = pattern.size();
  }
  return best;
}

bool origin::handle(http_peer& peer, const seen& request) {
  const auto found = find(request.path);
  bool more = false;
  if (!found)
    more = write_all(peer, request, 404, {}, "nothing here");
  else if (found->call)
    more = answer_hook(peer, request, found->call);
  else
    more = answer_content(peer, request, found);
  const auto wish = request.header("connection");
  return more && (!wish || *wish != "close");
}

bool origin::answer_hook(http_peer& peer, const seen& request, const hook& how) {
  const auto said = how(request);
  if (said.raw.empty()) return write_all(peer, request, said.status, said.headers, said.body);
  if (peer.write(said.raw)) peer.finish();
  return false;
}

/// Counts one more reply of `r` as under way until it is dropped. With the mutex held.
std::shared_ptr<void> origin::stay(const std::shared_ptr<route>& r) {
  r->peak = std::max(r->peak, ++r->under_way);
  return {nullptr, [this, r](void*) {
            const std::lock_guard guard{mutex_};
            --r->under_way;
          }};
}

/// Manners that decide before the content is looked at, then the content.
bool origin::answer_content(http_peer& peer, const seen& request, const std::shared_ptr<route>& r) {
  const bool ranged = request.header("range").has_value();
  part what{r, {}, 0, r->what.size, false, nullptr};
  int count = 0;
  bool crowded = false;
  {
    const std::lock_guard guard{mutex_};
    what.how = r->how;
    count = ++r->requests;
    crowded = ranged && what.how.max_parallel && r->under_way >= *what.how.max_parallel;
    if (!crowded) what.stay = stay(r);
  }
  const auto& how = what.how;
  if (how.hold && !peer.wait_for(*how.hold)) return false;
  if (count <= how.fail_first)
    return write_all(peer, request, how.fail_status, how.fail_headers, "not now");
  if (how.expire_after && count - how.fail_first > *how.expire_after)
    return write_all(peer, request, 403, {}, "this link has expired");
  if (crowded) return write_all(peer, request, how.crowded_status, {}, "one at a time");
  if (!how.redirect.empty())
    return write_all(peer, request, how.redirect_status,
                     with({{"Location", how.redirect}}, how.headers), how.redirect_body);
  if (how.html)
    return write_all(peer, request, 200, with({{"Content-Type", "text/html"}}, how.headers),
                     login_page);
  what.slow = how.slow > 0 && (how.slow_requests < 0 || count <= how.slow_requests);
  return answer_part(peer, request, std::move(what));
}

/// Head and body of the range or of the whole.
bool origin::answer_part(http_peer& peer, const seen& request, part what) {
  const auto& how = what.how;
  int status = how.status;
  auto headers = how.headers;
  const auto size = what.from->what.size;
  const auto range = request.header("range");
  headers.emplace_back("Accept-Ranges", "bytes");
  if (range && status == 200 && !how.ignore_range) {
    const auto asked = range_of(*range, size);
    if (!asked)
      return write_all(peer, request, 416, {{"Content-Range", "bytes */" + std::to_string(size)}},
                       "");
    status = 206;
    what.begin = asked->begin;
    what.end = asked->end;
    const auto truth = "bytes " + std::to_string(what.begin) + "-" + std::to_string(what.end - 1) +
                       "/" + std::to_string(size);
    headers.emplace_back("Content-Range", how.content_range.value_or(truth));
  }
  if (how.gzip_lie) headers.emplace_back("Content-Encoding", "gzip");
  if (how.chunked)
    headers.emplace_back("Transfer-Encoding", "chunked");
  else
    headers.emplace_back("Content-Length", std::to_string(what.end - what.begin));
  if (!peer.write_head(status, headers)) return false;
  return request.method == "HEAD" || send_content(peer, what);
}

} // namespace hive::testing
