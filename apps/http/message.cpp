#include "apps/http/message.hpp"

#include "core/base/ascii.hpp"
#include "core/base/percent.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <unistd.h>

namespace hive::http {
namespace {

result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string spaced{text};
  if (plus_is_space) std::ranges::replace(spaced, '+', ' ');
  auto out = percent_bytes(spaced);
  if (!out) return fail(errc::bad_request, "the URL has a broken %-escape");
  if (!plus_is_space && ascii::has_control(*out))
    return fail(errc::bad_request, "the URL has a control character");
  return std::move(*out);
}

/// "http://host/path" as "/path".
std::string_view origin_form(std::string_view target) noexcept {
  if (target.starts_with('/')) return target;
  const auto scheme = target.find("://");
  if (scheme == std::string_view::npos) return target;
  const auto slash = target.find('/', scheme + 3);
  return slash == std::string_view::npos ? std::string_view{"/"} : target.substr(slash);
}

} // namespace

std::optional<std::string_view> value_of(const text_pairs& pairs, std::string_view name) noexcept {
  for (const auto& [key, value] : pairs)
    if (key == name) return value;
  return std::nullopt;
}

std::string request::part(std::string_view name) const {
  return std::string{value_of(bound, name).value_or("")};
}

result<text_pairs> read_form(std::string_view text) {
  text_pairs out;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.empty()) continue;
    const auto equals = std::min(one.find('='), one.size());
    HIVE_TRY(auto key, percent_decode(one.substr(0, equals), true));
    HIVE_TRY(
        auto value,
        percent_decode(equals < one.size() ? one.substr(equals + 1) : std::string_view{}, true));
    out.emplace_back(std::move(key), std::move(value));
  }
  return out;
}

outcome read_target(request& into) {
  auto target = origin_form(into.target);
  if (!target.starts_with('/')) return fail(errc::bad_request, "the request names no path");
  target = target.substr(0, target.find('#'));
  const auto mark = std::min(target.find('?'), target.size());
  if (mark < target.size()) {
    HIVE_TRY(into.query, read_form(target.substr(mark + 1)));
  }
  auto path = target.substr(1, mark - 1);
  into.path.clear();
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    HIVE_TRY(auto segment, percent_decode(path.substr(0, end), false));
    into.path.push_back(std::move(segment));
    if (end + 1 == path.size()) into.path.emplace_back();
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return {};
}

open_file::~open_file() {
  if (fd_ >= 0) ::close(fd_);
}

reply json_reply(int status, const json::value& what) {
  return text_reply(status, "application/json", json::text(what) + "\n");
}

reply text_reply(int status, std::string content_type, std::string text) {
  reply out;
  out.status = status;
  out.headers.emplace_back("Content-Type", std::move(content_type));
  out.body = std::move(text);
  return out;
}

std::string head_text(int status, const text_pairs& headers) {
  const auto reason = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(status)));
  std::string out = "HTTP/1.1 " + std::to_string(status) + ' ';
  out.append(reason.data(), reason.size());
  out += "\r\n";
  for (const auto& [name, value] : headers) {
    out += name + ": ";
    std::transform(value.begin(), value.end(), std::back_inserter(out),
                   [](char c) { return ascii::is_control(c) ? ' ' : c; });
    out += "\r\n";
  }
  out += "\r\n";
  return out;
}

} // namespace hive::http
