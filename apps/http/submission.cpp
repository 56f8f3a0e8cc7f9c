#include "apps/http/job_routes.hpp"

#include <algorithm>
#include <set>

namespace hive::http {
namespace {

constexpr std::size_t max_patterns = 256;
constexpr std::size_t max_pattern_bytes = 1024;
constexpr std::size_t max_views = 16;
constexpr std::size_t max_place_bytes = 255;
constexpr std::size_t max_token_bytes = 4096;

using fault = tl::unexpected<body_fault>;

fault wrong(std::string_view field, std::string what, errc code = errc::bad_request) {
  std::string named{field};
  return fault{body_fault{fail(code, named + ": " + std::move(what)), named, 0}};
}

fault wrong_type(std::string_view field, std::string_view expected) {
  return wrong(field, "must be " + std::string{expected});
}

checked read_patterns(std::string_view field, json::node value, std::vector<std::string>& into) {
  if (!value.is_array()) return wrong_type(field, "an array of strings");
  for (const auto& item : value.elements()) {
    const auto text = item.string();
    if (!text || text->empty()) return wrong_type(field, "an array of non-empty strings");
    if (text->size() > max_pattern_bytes)
      return wrong(field, "a pattern is longer than 1024 bytes");
    into.emplace_back(*text);
  }
  if (into.size() > max_patterns) return wrong(field, "more than 256 patterns");
  return {};
}

checked read_reference(json::node value, reference& into) {
  const auto text = value.string();
  if (!text) return wrong_type("ref", "a string");
  if (text->size() > max_reference_bytes) return wrong("ref", "longer than 4096 bytes");
  auto parsed = parse_reference(*text);
  if (!parsed) return fault{body_fault{std::move(parsed).why(), "ref", 400}};
  into = std::move(*parsed);
  return {};
}

checked read_kind(json::node value, job_kind& into) {
  const auto text = value.string();
  const auto kind = text ? job_kind_from_name(*text) : std::nullopt;
  if (kind == job_kind::verify)
    return wrong("kind", "a verification begins with POST /v1/artifacts/{id}/verify");
  if (!kind) return wrong_type("kind", "\"pull\" or \"import\"");
  into = *kind;
  return {};
}

checked read_place(json::node value, std::string& into) {
  const auto text = value.string();
  if (!text || text->empty() || text->size() > max_place_bytes)
    return wrong_type("on", "\"local\", a node's name, \"all\", \"k=3\" or \"label=NAME\"");
  if (*text != "local") into = *text;
  return {};
}

checked read_alias(json::node value, std::string& into) {
  const auto text = value.string();
  if (!text || text->empty()) return wrong_type("as", "a reference");
  if (text->size() > max_reference_bytes) return wrong("as", "longer than 4096 bytes");
  if (auto parsed = parse_reference(*text); !parsed)
    return fault{body_fault{std::move(parsed).why(), "as", 400}};
  into = *text;
  return {};
}

checked read_token(json::node value, std::string& into) {
  const auto text = value.string();
  const auto visible = [](char c) { return c > 0x20 && c < 0x7f; };
  if (!text || text->empty() || text->size() > max_token_bytes ||
      !std::all_of(text->begin(), text->end(), visible))
    return wrong_type("token", "a string of visible ASCII characters");
  into = *text;
  return {};
}

checked read_views(json::node value, std::optional<std::vector<view_wish>>& into) {
  if (!value.is_array()) return wrong_type("views", "an array of strings");
  std::vector<view_wish> views;
  for (const auto& item : value.elements()) {
    const auto text = item.string();
    if (!text) return wrong_type("views", "an array of strings");
    auto one = parse_view(*text);
    if (!one) return fault{body_fault{std::move(one).why(), "views", 400}};
    if (std::ranges::find(views, *one) == views.end()) views.push_back(std::move(*one));
  }
  if (views.size() > max_views) return wrong("views", "more than 16 views");
  into = std::move(views);
  return {};
}

checked read_numbers(std::string_view field, json::node value, job_request& into) {
  if (field == "priority") {
    const auto number = value.integer();
    if (!number) return wrong_type(field, "an integer");
    into.priority = *number;
  } else if (field == "max_rate") {
    const auto number = value.natural();
    if (!number || *number > limits::highest_rate)
      return wrong_type(field, "bytes per second, a whole number from 0 to " +
                                   std::to_string(limits::highest_rate));
    into.max_rate = *number;
  } else {
    const auto yes = value.boolean();
    if (!yes) return wrong_type(field, "true or false");
    into.update = *yes;
  }
  return {};
}

checked read_member(std::string_view field, json::node value, submission& into) {
  auto& asked = into.asked;
  if (field == "kind") return read_kind(value, asked.kind);
  if (field == "ref") return read_reference(value, asked.what);
  if (field == "include") return read_patterns(field, value, asked.include);
  if (field == "exclude") return read_patterns(field, value, asked.exclude);
  if (field == "on") return read_place(value, into.on);
  if (field == "as") return read_alias(value, asked.import_as);
  if (field == "token") return read_token(value, into.token);
  if (field == "views") return read_views(value, asked.views);
  if (field == "priority" || field == "max_rate" || field == "update")
    return read_numbers(field, value, asked);
  return wrong(field, "no such field");
}

checked check_whole(const std::set<std::string, std::less<>>& given, const submission& read) {
  if (!given.contains("ref")) return wrong("ref", "is missing");
  const bool importing = read.asked.kind == job_kind::import;
  if (!importing && given.contains("as")) return wrong("as", "is for kind \"import\" only");
  if (importing && !read.on.empty())
    return wrong("on", "an import takes what is on this machine", errc::unsupported);
  if (importing && read.asked.what.from != scheme::file)
    return wrong("ref", "an import names a file or folder of this machine, as file:/path");
  return {};
}

} // namespace

tl::expected<submission, body_fault> read_submission(std::string_view body) {
  submission out;
  std::set<std::string, std::less<>> given;
  const auto read = read_members(body, [&](std::string_view name, json::node value) {
    given.emplace(name);
    return read_member(name, value, out);
  });
  if (!read) return fault{read.error()};
  if (auto ok = check_whole(given, out); !ok) return fault{ok.error()};
  return out;
}

} // namespace hive::http
