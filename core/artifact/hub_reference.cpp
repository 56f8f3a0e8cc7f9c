#include "core/artifact/reference_parts.hpp"

#include "core/base/ascii.hpp"
#include "core/base/percent.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hive::forms {

namespace {

constexpr std::string_view hf_example = "hf:Qwen/Qwen3-0.6B-GGUF:Q8_0";
constexpr std::string_view space_example = "space:org/name";
constexpr std::string_view page_example = "https://huggingface.co/org/name/tree/main";
constexpr std::size_t longest_name = 96;
constexpr std::string_view pull_refs = "refs/pr/";
constexpr std::string_view convert_refs = "refs/convert/";

/// Words before a name that say what it is; no owner is called so.
constexpr std::array<std::string_view, 5> kinds{"models", "datasets", "spaces", "kernels",
                                                "buckets"};
constexpr std::array<std::string_view, 5> file_pages{"tree", "blob", "resolve", "raw", "blame"};
/// First components of Hub pages that are no owners.
constexpr std::array<std::string_view, 14> reserved_owners{
    "api",     "blog",  "chat",  "collections",   "docs",   "enterprise", "join",
    "kernels", "learn", "login", "organizations", "papers", "posts",      "settings"};

template <std::size_t N>
bool among(std::string_view word, const std::array<std::string_view, N>& words) noexcept {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// What the Hub finds wrong with an owner's or repository's name; empty when nothing.
std::string flaw_of(std::string_view name, std::string_view what) {
  const auto say = [&](std::string_view flaw) {
    return std::string{"the "}.append(what).append(" ").append(flaw);
  };
  if (name.empty()) return say("is missing");
  if (name.size() > longest_name) return say("is longer than 96 characters");
  const auto allowed = [](char c) {
    return ascii::is_alnum(c) || c == '-' || c == '_' || c == '.';
  };
  if (!std::all_of(name.begin(), name.end(), allowed))
    return say("may only have letters, digits, '-', '_' and '.'");
  const auto edge = [](char c) { return c == '-' || c == '.'; };
  if (edge(name.front()) || edge(name.back())) return say("begins or ends with '-' or '.'");
  if (name.find("--") != std::string_view::npos || name.find("..") != std::string_view::npos)
    return say("has \"--\" or \"..\"");
  if (name.ends_with(".git")) return say("ends with \".git\"");
  return {};
}

/// A text that is read from its front.
struct reader {
  std::string_view rest;

  bool eat(std::string_view prefix) noexcept {
    if (!rest.starts_with(prefix)) return false;
    rest.remove_prefix(prefix.size());
    return true;
  }
  /// Up to one of `stops` (which stays) or the end.
  std::string_view until(std::string_view stops) noexcept {
    const auto end = std::min(rest.find_first_of(stops), rest.size());
    const auto word = rest.substr(0, end);
    rest.remove_prefix(end);
    return word;
  }
};

/// The part of `rest` that is a revision, special refs with their slashes.
std::string_view revision_text(reader& in, std::string_view stops) noexcept {
  const auto all = in.rest;
  if (in.eat(pull_refs) || in.eat(convert_refs)) {
    in.until(stops);
    return all.substr(0, all.size() - in.rest.size());
  }
  return in.until(stops);
}

result<std::string> read_revision(std::string_view text, reader& in, std::string_view stops,
                                  std::string_view example) {
  const auto typed = revision_text(in, stops);
  if (typed.empty()) return wrong(text, "the revision is missing", example);
  auto revision = percent_decoded(typed);
  if (!revision || !is_revision(*revision))
    return wrong(text, "the revision is no branch, tag or commit", example);
  if (typed.starts_with(pull_refs)) {
    const auto number = typed.substr(pull_refs.size());
    if (!ascii::is_number(number))
      return wrong(text, "\"refs/pr/\" needs a number", "hf:org/repo@refs/pr/12");
  }
  return std::move(*revision);
}

outcome check_selector(std::string_view text, std::string_view selector, std::string_view example) {
  if (selector.empty()) return wrong(text, "nothing follows the ':'", example);
  if (selector.front() == '/') return wrong(text, "the file's path is absolute", example);
  // Only an escape leads to one, and printed it would be lost as the reference's own end is.
  if (selector.back() == ' ')
    return wrong(text, "the file's path ends with a space; '?' stands for any character", example);
  for (reader parts{selector}; !parts.rest.empty(); parts.eat("/"))
    if (parts.until("/") == "..") return wrong(text, "the file's path has \"..\"", example);
  return {};
}

/// "ns/name" off the front of `in`.
outcome read_name(std::string_view text, reader& in, reference& r, std::string_view example) {
  const auto owner = in.until("/@:");
  if (!in.eat("/"))
    return wrong(text, "a repository is written owner/name, and this has no owner", example);
  const auto name = in.until("/@:");
  for (const auto& flaw : {flaw_of(owner, "owner"), flaw_of(name, "name")})
    if (!flaw.empty()) return wrong(text, flaw, example);
  if (among(owner, kinds)) return wrong(text, "the owner has the name of a kind", example);
  r.name = std::string{owner}.append("/").append(name);
  return {};
}

outcome read_kind(std::string_view text, reader& in, reference& r, std::string_view example) {
  const auto set = [&](repo_kind kind) {
    r.kind = kind;
    r.from = kind == repo_kind::space ? scheme::space : scheme::hf;
  };
  set(r.kind);
  if (r.kind == repo_kind::space) {
    in.eat("spaces/");
  } else if (in.eat("datasets/")) {
    set(repo_kind::dataset);
  } else if (in.eat("spaces/")) {
    set(repo_kind::space);
  } else if (in.rest.starts_with("kernels/") || in.rest.starts_with("buckets/")) {
    return wrong(text, "hive pulls models, datasets and spaces only", example);
  } else {
    in.eat("models/");
  }
  return {};
}

outcome read_tail(std::string_view text, reader& in, reference& r, std::string_view example) {
  if (in.eat("@")) {
    HIVE_TRY(r.revision, read_revision(text, in, "/:", example));
  }
  const bool path = in.eat("/");
  if (path && in.rest.empty()) return {};
  if (path || in.eat(":")) {
    HIVE_CHECK(check_selector(text, in.rest, example));
    r.selector = in.rest;
  }
  return {};
}

} // namespace

bool is_revision(std::string_view text) noexcept {
  constexpr std::size_t longest = 255;
  if (text.empty() || text.size() > longest || text.find("..") != std::string_view::npos)
    return false;
  if (text.front() == '/' || text.front() == '-' || text.back() == '/' || text.back() == '.')
    return false;
  return std::none_of(text.begin(), text.end(), [](char c) {
    return ascii::is_control(c) || std::string_view{" ~^:?*[\\"}.find(c) != std::string_view::npos;
  });
}

std::string print_revision(std::string_view revision) {
  constexpr std::string_view reserved = "/:";
  for (const auto special : {pull_refs, convert_refs}) {
    if (!revision.starts_with(special)) continue;
    const auto rest = revision.substr(special.size());
    const bool whole = !rest.empty() && rest.find('/') == std::string_view::npos &&
                       (special == convert_refs || ascii::is_number(rest));
    if (whole) return std::string{special} + percent_encoded(rest, reserved);
  }
  return percent_encoded(revision, reserved);
}

result<reference> parse_hub(std::string_view text, std::string_view body, repo_kind kind) {
  const auto example = kind == repo_kind::space ? space_example : hf_example;
  reader in{body};
  reference r;
  r.kind = kind;
  HIVE_CHECK(read_kind(text, in, r, example));
  HIVE_CHECK(read_name(text, in, r, example));
  HIVE_CHECK(read_tail(text, in, r, example));
  return r;
}

bool is_hub_host(std::string_view host) noexcept {
  return host == "huggingface.co" || host == "www.huggingface.co" || host == "hf.co";
}

result<reference> parse_hub_page(std::string_view text, std::string_view body) {
  reader in{body};
  reference r;
  HIVE_CHECK(read_kind(text, in, r, page_example));
  if (among(in.rest.substr(0, in.rest.find('/')), reserved_owners))
    return wrong(text, "this page of the Hub is no repository", page_example);
  HIVE_CHECK(read_name(text, in, r, page_example));
  if (!in.rest.starts_with('/')) {
    HIVE_CHECK(read_tail(text, in, r, page_example));
    // What Ollama writes for "whatever you think best".
    if (r.selector == "latest") r.selector.clear();
    return r;
  }
  in.eat("/");
  const auto page = in.until("/");
  if (page.empty() && in.rest.empty()) return r;
  if (!among(page, file_pages) || !in.eat("/"))
    return wrong(text, "this page of the Hub shows no files", page_example);
  HIVE_TRY(r.revision, read_revision(text, in, "/", page_example));
  if (!in.eat("/") || in.rest.empty()) return r;
  auto path = percent_decoded(in.rest);
  if (!path) return wrong(text, "the path has a broken %-escape", page_example);
  HIVE_CHECK(check_selector(text, *path, page_example));
  r.selector = std::move(*path);
  // A tree is a folder, and a folder's pattern ends with a slash.
  if (page == "tree" && !r.selector.ends_with('/')) r.selector += '/';
  return r;
}

} // namespace hive::forms
