#include "apps/http/message.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <unistd.h>

namespace hive::http {
namespace {

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
      if (low < 0) return fail(errc::bad_request, "the URL has a broken %-escape");
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (is_control(c) && !plus_is_space)
      return fail(errc::bad_request, "the URL has a control character");
    out += c;
  }
  return out;
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

std::string percent_encode(std::string_view text, std::string_view also) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view marks = "-._~";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       marks.find(c) != marks.npos || also.find(c) != also.npos;
    if (plain)
      out += c;
    else
      (((out += '%') += digits[byte >> 4]) += digits[byte & 15]);
  }
  return out;
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
                   [](char c) { return is_control(c) ? ' ' : c; });
    out += "\r\n";
  }
  out += "\r\n";
  return out;
}

} // namespace hive::http
