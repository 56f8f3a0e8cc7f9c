#include "vendors/metadata.hpp"

#include "core/base/digest.hpp"

#include <chrono>
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

} // namespace hive::vendors
