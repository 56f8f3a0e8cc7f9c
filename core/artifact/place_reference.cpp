#include "core/artifact/reference_parts.hpp"

#include "core/base/address.hpp"
#include "core/base/ascii.hpp"
#include "core/base/percent.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace hive::forms {

namespace {

constexpr std::string_view ollama_example = "ollama:llama3.2:1b";
constexpr std::string_view ollama_pinned_example = "ollama:llama3.2@sha256:<64 hex characters>";
constexpr std::string_view github_example = "gh:owner/repo@v1.0:*.gguf";
constexpr std::string_view url_example = "https://host/path/file.gguf#sha256=<64 hex characters>";
constexpr std::string_view default_registry = "registry.ollama.ai";
constexpr std::string_view default_owner = "library";
constexpr std::string_view default_tag = "latest";
constexpr std::size_t most_mirrors = 16;

/// Letters, digits and `more`, begun by a letter or digit (or '_'), at most `longest` long.
bool is_plain(std::string_view word, std::string_view more, std::size_t longest) noexcept {
  if (word.empty() || word.size() > longest ||
      !(ascii::is_alnum(word.front()) || word.front() == '_'))
    return false;
  return std::all_of(word.begin(), word.end(), [&](char c) {
    return ascii::is_alnum(c) || more.find(c) != std::string_view::npos;
  });
}

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const auto end = std::min(text.find(by, from), text.size());
    parts.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return parts;
}

/// Something to connect to: nobody listens at port 0.
std::optional<host_port> server_in(std::string_view text) noexcept {
  const auto at = split_address(text);
  return at && at->port != 0 ? at : std::nullopt;
}

/// Host and port in lower case, the rest as it is.
struct web_address {
  std::string authority;
  std::string rest;
  bool loopback{false};

  std::string text(bool secure) const {
    return (secure ? "https://" : "http://") + authority + (rest.starts_with('/') ? "" : "/") +
           rest;
  }
};

/// `body` is what follows "//", without a fragment.
result<web_address> read_address(std::string_view text, std::string_view body) {
  const auto authority = body.substr(0, body.find_first_of("/?"));
  web_address out{ascii::lowered(authority), std::string{body.substr(authority.size())}};
  if (authority.find('@') != std::string_view::npos)
    return wrong(text, "a reference must not carry a user or password", url_example);
  const auto at = server_in(out.authority);
  if (!at) return wrong(text, "the host is missing or malformed", url_example);
  out.loopback = is_loopback(at->host);
  if (out.rest.find_first_of(" \\\"<>`{}|^#") != std::string::npos)
    return wrong(text, "the address has characters that must be written as %XX", url_example);
  return out;
}

outcome read_mirror(std::string_view text, std::string_view value, reference& r) {
  const bool secure = value.starts_with("https://");
  if (!secure && !value.starts_with("http://"))
    return wrong(text, "a mirror is an https:// address", url_example);
  HIVE_TRY(const auto where, read_address(text, value.substr(secure ? 8 : 7)));
  if (!secure && !r.expected && !where.loopback)
    return wrong(text, "a mirror at http:// needs a #sha256= digest", url_example);
  if (r.mirrors.size() == most_mirrors)
    return wrong(text, "more than 16 mirrors are not taken", url_example);
  r.mirrors.push_back(where.text(secure));
  return {};
}

/// "sha256=…", "mirror=…", with '&' between. A mirror's own '&' belongs to it.
outcome read_fragment(std::string_view text, std::string_view fragment, reference& r) {
  constexpr std::string_view digest_key = "sha256=";
  constexpr std::string_view mirror_key = "mirror=";
  if (fragment.starts_with(digest_key)) {
    const auto end = std::min(fragment.find('&'), fragment.size());
    const auto hex = fragment.substr(digest_key.size(), end - digest_key.size());
    auto expected = parse_digest("sha256:" + std::string{hex});
    if (!expected) return wrong(text, "the sha256 has to be 64 hex characters", url_example);
    r.expected = std::move(*expected);
    fragment.remove_prefix(std::min(end + 1, fragment.size()));
  }
  while (!fragment.empty()) {
    if (!fragment.starts_with(mirror_key))
      return wrong(text, "behind '#' only sha256=<digest> and then mirror=<address> are understood",
                   url_example);
    const auto end = std::min(fragment.find("&mirror="), fragment.size());
    const auto value = fragment.substr(mirror_key.size(), end - mirror_key.size());
    if (value.find("&sha256=") != std::string_view::npos)
      return wrong(text, "the sha256= has to come before the mirrors", url_example);
    HIVE_CHECK(read_mirror(text, value, r));
    fragment.remove_prefix(std::min(end + 1, fragment.size()));
  }
  return {};
}

/// As docker reads it: of several components the first is a host when there are three or more, or
/// when it looks like one.
bool is_host(const std::vector<std::string_view>& parts) noexcept {
  if (parts.size() != 2) return parts.size() > 2;
  return parts[0].find_first_of(".:") != std::string_view::npos || parts[0] == "localhost";
}

/// The tag or the digest behind the model's name, taken off `model`.
result<std::string> take_version(std::string_view text, std::string_view& model) {
  const auto at = model.find('@');
  const auto pinned = at < model.size() ? model.substr(at + 1) : std::string_view{};
  const auto named = model.substr(0, at);
  const auto colon = named.find(':');
  model = named.substr(0, colon);
  if (at != std::string_view::npos) {
    const auto content = parse_digest(pinned);
    if (!content || content->kind != digest_kind::sha256)
      return wrong(text, "the digest behind '@' is malformed", ollama_pinned_example);
    return to_string(*content);
  }
  const auto tag = colon == std::string_view::npos ? default_tag : named.substr(colon + 1);
  if (!is_plain(tag, "-_.", 128))
    return wrong(text, "the tag is missing or malformed", ollama_example);
  return std::string{tag};
}

} // namespace

result<reference> parse_ollama(std::string_view text, std::string_view body) {
  constexpr std::size_t most_parts = 8;
  // A digest's ':' and a port's stand apart from the tag's: by '@' and by the last '/'.
  auto parts = split(body, '/');
  if (parts.size() > most_parts)
    return wrong(text, "a model is written [host/][owner/]model[:tag]", ollama_example);
  reference r;
  r.from = scheme::ollama;
  r.host = default_registry;
  HIVE_TRY(r.revision, take_version(text, parts.back()));
  if (is_host(parts)) {
    if (!server_in(parts[0])) return wrong(text, "the host is malformed", ollama_example);
    r.host = ascii::lowered(parts[0]);
    parts.erase(parts.begin());
  }
  const bool ownerless = r.host == default_registry || r.host == "docker.io";
  if (parts.size() == 1 && ownerless) parts.insert(parts.begin(), default_owner);
  if (!is_plain(parts.back(), "-_.", 128))
    return wrong(text, "the model's name is missing or malformed", ollama_example);
  for (const auto part : parts) {
    if (!is_plain(part, "-_.", 128)) return wrong(text, "the owner is malformed", ollama_example);
    r.name.append(r.name.empty() ? "" : "/").append(part);
  }
  return r;
}

std::string print_ollama(const reference& r) {
  std::string_view name = r.name;
  const auto host = r.host.empty() ? default_registry : std::string_view{r.host};
  const auto library = std::string{default_owner} + "/";
  std::string text = "ollama:";
  // Without its host a name like "a.b/model" would be read as one on the host a.b.
  if (host != default_registry || is_host(split(name, '/'))) {
    text.append(host).append("/");
  } else if (name.starts_with(library)) {
    name.remove_prefix(library.size());
  }
  text.append(name);
  if (r.revision.starts_with("sha256:")) return text.append("@").append(r.revision);
  if (!r.revision.empty()) text.append(":").append(r.revision);
  return text;
}

result<reference> parse_github(std::string_view text, std::string_view body) {
  reference r;
  r.from = scheme::gh;
  const auto name_end = std::min(body.find_first_of("@:"), body.size());
  const auto name = split(body.substr(0, name_end), '/');
  if (name.size() != 2) return wrong(text, "a repository is written owner/repo", github_example);
  const bool dots = name[1] == "." || name[1] == "..";
  const bool dotted = name[1].starts_with('.') || name[1].starts_with('-');
  if (!is_plain(name[0], "-_", 39)) return wrong(text, "the owner is malformed", github_example);
  if (dots || !is_plain(dotted ? name[1].substr(1) : name[1], "-_.", 99))
    return wrong(text, "the repository's name is malformed", github_example);
  r.name = body.substr(0, name_end);
  body.remove_prefix(name_end);
  if (body.starts_with('@')) {
    const auto end = std::min(body.find(':'), body.size());
    auto tag = percent_decoded(body.substr(1, end - 1));
    if (!tag || !is_revision(*tag))
      return wrong(text, "the tag is missing or malformed", github_example);
    r.revision = std::move(*tag);
    body.remove_prefix(end);
  }
  if (body.starts_with(':')) {
    r.selector = body.substr(1);
    if (r.selector.empty()) return wrong(text, "nothing follows the ':'", github_example);
    if (r.selector.find('/') != std::string::npos)
      return wrong(text, "a release's files have no folders", github_example);
  }
  return r;
}

result<reference> parse_url(std::string_view text, bool secure, std::string_view body) {
  body.remove_prefix(2);
  const auto hash = std::min(body.find('#'), body.size());
  const auto fragment = hash < body.size() ? body.substr(hash + 1) : std::string_view{};
  // A Hub's page is read first: what browsers write into its address need not be escaped.
  const auto low = ascii::lowered(body.substr(0, body.find_first_of("/?#")));
  const auto rest = body.substr(low.size(), hash - low.size());
  if (is_hub_host(low) && !fragment.starts_with("sha256=")) {
    const auto path = rest.substr(0, rest.find('?'));
    return parse_hub_page(text, path.starts_with('/') ? path.substr(1) : path);
  }
  HIVE_TRY(const auto where, read_address(text, body.substr(0, hash)));
  reference r;
  r.from = scheme::url;
  HIVE_CHECK(read_fragment(text, fragment, r));
  if (!secure && !r.expected && !where.loopback)
    return wrong(text, "http:// is taken only for this machine, or with a #sha256= digest",
                 url_example);
  r.name = where.text(secure);
  return r;
}

std::string print_url(const reference& r) {
  std::string text = r.name;
  char between = '#';
  if (r.expected) text.append(1, std::exchange(between, '&')).append("sha256=" + r.expected->hex);
  for (const auto& mirror : r.mirrors)
    text.append(1, std::exchange(between, '&')).append("mirror=" + mirror);
  return text;
}

result<reference> parse_local(std::string_view text, scheme from, std::string_view body) {
  const std::string_view example =
      from == scheme::file ? "file:/data/models/model.gguf" : "build:/home/me/model/recipe.toml";
  reference r;
  r.from = from;
  r.name = body;
  if (body.starts_with("//")) {
    // A file URI: an empty host or localhost, then a percent-encoded path.
    body.remove_prefix(2);
    if (body.starts_with("localhost/")) body.remove_prefix(9);
    if (!body.starts_with('/'))
      return wrong(text, "a path on another host cannot be read", example);
    auto path = percent_decoded(body);
    if (!path) return wrong(text, "the path has a broken %-escape", example);
    r.name = std::move(*path);
  }
  if (!r.name.starts_with('/')) return wrong(text, "the path has to be absolute", example);
  const auto slashes = r.name.find_first_not_of('/');
  if (slashes == std::string::npos)
    return wrong(text, "the whole file system is no artifact", example);
  r.name.erase(0, slashes - 1);
  return r;
}

} // namespace hive::forms

namespace hive {

outcome add_mirror(reference& to, std::string_view address) {
  if (to.from != scheme::url)
    return fail(errc::bad_reference, to_string(to) + " has no mirrors: only a web address has",
                "write it like https://host/file --mirror https://other/file");
  if (ascii::has_control(address) || address.size() > 2048)
    return forms::wrong(address, "a mirror is an https:// address", "https://other/file");
  return forms::read_mirror(address, address, to);
}

} // namespace hive
