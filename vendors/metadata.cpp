#include "vendors/metadata.hpp"

#include "core/base/ascii.hpp"
#include "core/base/digest.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>
#include <utility>

namespace hive::vendors {

namespace {

bool is_web_page(const net::reply& got) {
  const auto type = net::find_header(got.head.headers, "content-type");
  if (type && type->starts_with("text/html")) return true;
  std::string_view body = got.body;
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  const auto first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && body[first] == '<';
}

std::string field_wants(std::string_view name, std::string_view kind) {
  return "its field \"" + std::string{name} + "\" is not " + std::string{kind};
}

} // namespace

net::request metadata_request(std::string url) {
  net::request out;
  out.url = std::move(url);
  out.bucket = "metadata";
  out.headers = {{"accept", "application/json"}};
  out.idle_timeout = std::chrono::seconds{10};
  out.total_timeout = std::chrono::seconds{60};
  return out;
}

failure unreadable(std::string_view where, std::string_view why) {
  return fail(errc::unreadable_reply, std::string{where} + " cannot be read: " + std::string{why});
}

result<json::document> read_body(std::string_view where, const net::reply& got) {
  HIVE_CHECK(net::check_coding(got.head));
  if (is_web_page(got)) {
    auto why = unreadable(where, "a web page came instead of JSON");
    why.hint =
        "a proxy or a login page may answer in the vendor's place: check the endpoint and the "
        "proxy settings";
    return why;
  }
  auto read = json::parse(got.body);
  if (!read) return unreadable(where, read.why().detail);
  return read;
}

result<std::string> text_field(std::string_view where, json::node from, std::string_view name) {
  const auto text = from[name].string();
  if (!text) return unreadable(where, field_wants(name, "a text"));
  return std::string{*text};
}

result<std::string> hex_field(std::string_view where, json::node from, std::string_view name,
                              std::size_t length) {
  const auto text = from[name].string();
  if (!text || !is_hex(*text, length)) {
    return unreadable(where, field_wants(name, std::to_string(length) + " hex characters"));
  }
  return std::string{*text};
}

result<std::uint64_t> size_field(std::string_view where, json::node from, std::string_view name) {
  const auto size = from[name].natural();
  if (!size || *size > largest_file) {
    return unreadable(where, field_wants(name, "a size from 0 to 16 TiB"));
  }
  return *size;
}

std::string quotable(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 200)) out += c >= ' ' && c <= '~' ? c : '?';
  return out;
}

std::string header_text(const net::reply& got, std::string_view name) {
  return std::string{net::find_header(got.head.headers, name).value_or(std::string_view{})};
}

std::string said_in_body(const net::reply& got, std::string_view field) {
  if (got.body.size() > 64 * 1024) return {};
  const auto body = json::parse(got.body);
  if (!body) return {};
  return quotable(body->root()[field].string().value_or(std::string_view{}));
}

std::string answer_of(const net::reply& got, std::string_view said) {
  std::string out = " (HTTP " + std::to_string(got.head.status);
  if (!said.empty()) out.append(", \"").append(said).append("\"");
  for (const auto* const name : {"x-request-id", "x-github-request-id"})
    if (const auto id = header_text(got, name); !id.empty()) out += ", request " + quotable(id);
  return out + ")";
}

std::chrono::sys_seconds written_at(const net::reply& got) {
  std::istringstream in{header_text(got, "date")};
  in.imbue(std::locale::classic());
  std::tm when{};
  in >> std::get_time(&when, "%a, %d %b %Y %H:%M:%S");
  if (in.fail()) return std::chrono::sys_days{std::chrono::year{9999} / 12 / 31};
  return std::chrono::sys_seconds{std::chrono::seconds{timegm(&when)}};
}

bool mentions(std::string_view text, std::string_view words) {
  const auto same = [](char a, char b) { return ascii::lower(a) == ascii::lower(b); };
  return std::search(text.begin(), text.end(), words.begin(), words.end(), same) != text.end();
}

bool fits_a_header(std::string_view secret) noexcept {
  return std::ranges::all_of(secret, [](char c) { return c > ' ' && c <= '~'; });
}

} // namespace hive::vendors
