#include "core/artifact/reference.hpp"

#include "core/artifact/reference_parts.hpp"
#include "core/base/ascii.hpp"
#include "core/base/redact.hpp"
#include "core/base/spelling.hpp"
#include "core/base/utf8.hpp"

#include <algorithm>
#include <array>

namespace hive {

namespace {

constexpr std::size_t longest_reference = 4096;
constexpr std::string_view general_example = "hf:org/repo:Q4_K_M";

struct known_scheme {
  std::string_view word;
  scheme from;
};
constexpr std::array<known_scheme, 8> known_schemes{{{"hf", scheme::hf},
                                                     {"space", scheme::space},
                                                     {"ollama", scheme::ollama},
                                                     {"gh", scheme::gh},
                                                     {"https", scheme::url},
                                                     {"http", scheme::url},
                                                     {"file", scheme::file},
                                                     {"build", scheme::build}}};

/// What people write for a scheme of ours.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> other_words{
    {{"huggingface", "hf"},
     {"hub", "hf"},
     {"model", "hf"},
     {"dataset", "hf"},
     {"datasets", "hf"},
     {"github", "gh"},
     {"git", "gh"},
     {"spaces", "space"}}};

std::size_t distance_to(std::string_view word, std::string_view known) {
  for (const auto& [other, ours] : other_words)
    if (other == word && ours == known) return 0;
  return edit_distance(word, known);
}

failure unknown_scheme(std::string_view text, const std::string& word) {
  std::vector<std::string_view> known;
  for (const auto& s : known_schemes) known.push_back(s.word);
  const auto short_word = word.substr(0, 32);
  std::stable_sort(known.begin(), known.end(), [&](std::string_view a, std::string_view b) {
    return distance_to(short_word, a) < distance_to(short_word, b);
  });
  std::string why = "the scheme is unknown; known are ";
  for (std::size_t i = 0; i < known.size(); ++i)
    why.append(i == 0 ? "" : ", ").append(known[i]).append(":");
  if (word == "ftp" || word == "ftps" || word == "sftp" || word == "s3" || word == "gs")
    return forms::wrong(text, "hive does not speak " + word, "https://host/path/file.gguf");
  return forms::wrong(text, why, general_example);
}

bool is_scheme_word(std::string_view word) noexcept {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return ascii::is_alnum(c) || c == '+' || c == '-' || c == '.';
  });
}

result<reference> parse_after_scheme(std::string_view text, const known_scheme& s,
                                     std::string_view body) {
  const bool slashes = body.starts_with("//");
  switch (s.from) {
  case scheme::hf: return forms::parse_hub(text, slashes ? body.substr(2) : body, repo_kind::model);
  case scheme::url:
    if (!slashes) return forms::wrong(text, "\"//\" and a host are missing", "https://host/file");
    return forms::parse_url(text, s.word == "https", body);
  case scheme::file:
  case scheme::build: return forms::parse_local(text, s.from, body);
  default: break;
  }
  if (slashes)
    return forms::wrong(text, "no slashes follow this scheme",
                        std::string{s.word}.append(":owner/name"));
  if (s.from == scheme::space) return forms::parse_hub(text, body, repo_kind::space);
  if (s.from == scheme::ollama) return forms::parse_ollama(text, body);
  return forms::parse_github(text, body);
}

result<reference> parse_bare(std::string_view text) {
  const auto first = ascii::lowered(text.substr(0, text.find('/')));
  if (forms::is_hub_host(first) && first.size() < text.size())
    return forms::parse_hub_page(text, text.substr(first.size() + 1));
  if (text.front() == '/' || text.front() == '.' || text.front() == '~')
    return forms::wrong(text, "a local file is written with its scheme and an absolute path",
                        "file:/data/models/model.gguf");
  if (text.find('/') == std::string_view::npos)
    return forms::wrong(text, "it names neither a scheme nor an owner",
                        "hf:org/" + std::string{text.substr(0, 64)});
  return forms::parse_hub(text, text, repo_kind::model);
}

outcome check_text(std::string_view text) {
  if (text.empty()) return forms::wrong(text, "the reference is empty", general_example);
  if (text.size() > longest_reference)
    return forms::wrong(text, "it is longer than 4096 bytes", general_example);
  if (ascii::has_control(text) || !is_utf8(text))
    return forms::wrong(text, "it has control characters or is not UTF-8", general_example);
  return {};
}

} // namespace

namespace forms {

failure wrong(std::string_view text, std::string_view why, std::string_view example) {
  constexpr std::size_t enough = 100;
  std::string shown = to_utf8(text.substr(0, enough));
  std::replace_if(shown.begin(), shown.end(), ascii::is_control, '?');
  if (text.size() > enough) shown += "…";
  return fail(errc::bad_reference, redact("\"" + shown + "\": ").append(why),
              "write it like " + std::string{example});
}

std::string percent_encoded(std::string_view text, std::string_view reserved) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (c != '%' && reserved.find(c) == std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded.append(1, '%').append(1, digits[byte >> 4]).append(1, digits[byte & 15u]);
  }
  return encoded;
}

} // namespace forms

std::string_view to_string(scheme s) noexcept {
  constexpr std::array<std::string_view, 7> names{"hf",  "space", "ollama", "gh",
                                                  "url", "file",  "build"};
  const auto at = static_cast<std::size_t>(s);
  return at < names.size() ? names[at] : "unknown";
}

bool is_of_this_machine(const reference& r) noexcept {
  return r.from == scheme::file || r.from == scheme::build;
}

result<reference> parse_reference(std::string_view text) {
  text = ascii::trimmed(text);
  HIVE_CHECK(check_text(text));
  const auto colon = text.find(':');
  const auto word = ascii::lowered(text.substr(0, colon));
  if (colon == std::string_view::npos || !is_scheme_word(word)) return parse_bare(text);
  for (const auto& s : known_schemes)
    if (s.word == word) return parse_after_scheme(text, s, text.substr(colon + 1));
  return unknown_scheme(text, word);
}

reference pinned(reference r, const std::string& revision) {
  const bool hub = r.from == scheme::hf || r.from == scheme::space;
  if (hub && is_hex(revision, 40)) r.revision = revision;
  if (r.from == scheme::ollama && is_hex(revision, 64)) r.revision = "sha256:" + revision;
  // What a release was shows in its files' digests; it is asked for by its tag.
  if (r.from == scheme::gh) r.revision = revision.substr(0, revision.find('~'));
  return r;
}

std::string to_string(const reference& r) {
  if (r.from == scheme::ollama) return forms::print_ollama(r);
  if (r.from == scheme::url) return forms::print_url(r);
  std::string text{to_string(r.from)};
  text += ':';
  if (r.from == scheme::hf && r.kind == repo_kind::dataset) text += "datasets/";
  text += r.name;
  if (r.from == scheme::file || r.from == scheme::build) return text;
  if (!r.revision.empty()) text.append("@").append(forms::print_revision(r.revision));
  if (!r.selector.empty()) text.append(":").append(r.selector);
  return text;
}

} // namespace hive
