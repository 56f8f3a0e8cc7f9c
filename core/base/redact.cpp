#include "core/base/redact.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace hive {

namespace {

constexpr std::string_view mark = "[redacted]";

/// Header names whose whole value is secret, up to the end of the line or string.
constexpr std::array<std::string_view, 9> secret_headers{
    "authorization", "proxy-authorization", "cookie",        "set-cookie",
    "x-api-key",     "x-auth-token",        "private-token", "x-amz-security-token",
    "x-hive-token"};
/// Names of single values that are secret in "name=value" and "\"name\": \"value\"".
constexpr std::array<std::string_view, 24> secret_names{
    "token",       "access_token",     "accesstoken",     "refresh_token",
    "id_token",    "api_token",        "hub_token",       "auth_token",
    "hf_token",    "hive_token",       "github_token",    "password",
    "passwd",      "secret",           "client_secret",   "api_key",
    "apikey",      "signature",        "x-amz-signature", "x-amz-credential",
    "key-pair-id", "x-goog-signature", "private_key",     "x-xet-access-token"};
/// Parameters that make a query a signed one.
constexpr std::array<std::string_view, 4> signed_parameters{"policy", "sig", "se",
                                                            "awsaccesskeyid"};
constexpr std::array<std::string_view, 3> signed_prefixes{"x-amz-", "x-xet-", "x-goog-"};
constexpr std::array<std::string_view, 8> token_prefixes{"hf_",  "ghp_", "gho_",        "ghu_",
                                                         "ghs_", "ghr_", "github_pat_", "hvt_"};
constexpr std::size_t longest_name = 24;

bool is_word(char c) noexcept {
  return ascii::is_alnum(c) || c == '_';
}
bool is_name(char c) noexcept {
  return is_word(c) || c == '-';
}
bool is_credential(char c) noexcept {
  return is_name(c) || c == '.' || c == '~' || c == '+' || c == '/' || c == '=';
}
bool is_space(char c) noexcept {
  return static_cast<unsigned char>(c) <= 0x20;
}
bool is_quote(char c) noexcept {
  return c == '"' || c == '\'' || c == '`';
}
/// Where a URL written in running text, JSON or HTML certainly ends.
bool ends_url(char c) noexcept {
  return is_space(c) || is_quote(c) || c == '<' || c == '>' || c == '\\';
}

template <std::size_t N>
bool among(std::string_view name, const std::array<std::string_view, N>& names) noexcept {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Whether a run of characters looks drawn by a machine rather than written by a person.
bool looks_random(std::string_view run) noexcept {
  return std::any_of(run.begin(), run.end(),
                     [](char c) { return ascii::is_digit(c) || ascii::is_upper(c); });
}

bool signs(std::string_view parameter) {
  // A '&' inside HTML or JSON may be written as an entity or an escape.
  for (const std::string_view escape : {"amp;", "u0026"})
    if (parameter.starts_with(escape)) parameter.remove_prefix(escape.size());
  const auto name =
      ascii::lowered(parameter.substr(0, std::min(longest_name, parameter.find('='))));
  return among(name, signed_parameters) || among(name, secret_names) ||
         among(name, secret_headers) ||
         std::any_of(signed_prefixes.begin(), signed_prefixes.end(),
                     [&](std::string_view p) { return name.starts_with(p); });
}

bool looks_signed(std::string_view query) {
  while (!query.empty()) {
    const auto end = query.find_first_of("&;\\");
    if (signs(query.substr(0, end))) return true;
    if (end == std::string_view::npos) break;
    query.remove_prefix(end + 1);
  }
  return false;
}

/// One pass over a text. Every step consumes what it looked at, or looks at a bounded number of
/// characters, so that the whole is linear.
class redaction {
 public:
  explicit redaction(std::string_view text) : in_(text) { out_.reserve(text.size()); }

  std::string run() && {
    while (at_ < in_.size()) step();
    return std::move(out_);
  }

 private:
  void step() {
    const char c = in_[at_];
    if (c == '?' && query()) return;
    if (c == ':' && in_.substr(at_, 3) == "://") return authority();
    // The two digits of an escape are no part of the word behind them.
    if (c == '%' && escape_at(at_)) return keep(3);
    if (is_word(c) && starts_word()) {
      if (known_token() || named_value() || credential()) return;
      return pass_word();
    }
    keep(1);
  }

  char peek(std::size_t at) const noexcept { return at < in_.size() ? in_[at] : '\0'; }
  void keep(std::size_t count) {
    out_.append(in_.substr(at_, count));
    at_ += count;
  }
  void hide_until(std::size_t end) {
    out_.append(mark);
    at_ = end;
  }
  template <class Accept>
  std::size_t run_of(std::size_t from, Accept accept) const {
    while (from < in_.size() && accept(in_[from])) ++from;
    return from;
  }

  bool escape_at(std::size_t at) const noexcept {
    return ascii::hex_value(peek(at + 1)) >= 0 && ascii::hex_value(peek(at + 2)) >= 0;
  }

  bool starts_word() const noexcept {
    if (at_ == 0 || !is_word(in_[at_ - 1])) return true;
    return at_ >= 3 && in_[at_ - 3] == '%' && escape_at(at_ - 3);
  }

  void pass_word() { keep(run_of(at_, is_word) - at_); }

  bool known_token() {
    const auto rest = in_.substr(at_);
    for (const auto prefix : token_prefixes) {
      if (!rest.starts_with(prefix)) continue;
      const auto from = at_ + prefix.size();
      const auto end = run_of(from, is_name);
      const auto run = in_.substr(from, end - from);
      // File names such as hf_quant_config.json are no tokens.
      if (run.size() < 24 && (run.size() < 6 || !looks_random(run))) return false;
      hide_until(end);
      return true;
    }
    // A JSON web token: three base64url parts, the first an object.
    if (rest.starts_with("eyJ")) {
      const auto end = run_of(at_, [](char c) { return is_name(c) || c == '.'; });
      const auto run = in_.substr(at_, end - at_);
      if (run.size() < 24 || std::count(run.begin(), run.end(), '.') < 2) return false;
      hide_until(end);
      return true;
    }
    // hive's own join token: hv1.<fingerprint>.<id>.<secret>.
    if (rest.starts_with("hv1.")) {
      const auto end = run_of(at_, [](char c) { return is_name(c) || c == '.'; });
      if (end - at_ < 24) return false;
      hide_until(end);
      return true;
    }
    return false;
  }

  /// "Authorization: …", "token=…", "\"access_token\": \"…\"".
  bool named_value() {
    if (at_ > 0 && in_[at_ - 1] == '-') return false;
    auto end = at_;
    while (end < in_.size() && end - at_ <= longest_name && is_name(in_[end])) ++end;
    const auto name = ascii::lowered(in_.substr(at_, end - at_));
    const bool header = among(name, secret_headers);
    if (!header && !among(name, secret_names)) return false;
    const auto glue = [](char c) { return c == '"' || c == '\'' || c == '\\'; };
    const auto sign = run_of(end, [&](char c) { return glue(c) || c == ' '; });
    if (peek(sign) != ':' && peek(sign) != '=') return false;
    const bool quoted_name = sign > end && glue(in_[end]);
    auto value = sign + 1;
    // "bad token: it has expired" is prose; "token=x", "token:x" and "\"token\": 1" are not.
    if (!header && !quoted_name && (sign > end || is_space(peek(value)))) return false;
    value = run_of(value, [&](char c) { return glue(c) || c == ' '; });
    keep(value - at_);
    const bool quoted = is_quote(in_[at_ - 1]);
    const auto stop = header ? header_end(quoted) : value_end(quoted);
    if (stop > at_) hide_until(stop);
    return true;
  }

  std::size_t value_end(bool quoted) const {
    if (quoted) return string_end();
    return run_of(at_, [](char c) { return !ends_url(c) && c != '&' && c != ',' && c != ';'; });
  }

  /// The closing quote (with the backslashes before it) of the string we are in.
  std::size_t string_end() const {
    const char quote = in_[at_ - 1];
    const bool escaped = at_ >= 2 && in_[at_ - 2] == '\\';
    for (auto i = at_; i < in_.size(); ++i) {
      if (in_[i] == '\n') return i;
      if (in_[i] == '\\' && !(escaped && peek(i + 1) == quote)) {
        ++i;
      } else if (in_[i] == '\\' || in_[i] == quote) {
        return i;
      }
    }
    return in_.size();
  }

  /// A header's value ends with its line, or with the string that holds it; quotes that open a
  /// parameter ('response="…"') belong to the value.
  std::size_t header_end(bool quoted) const {
    if (quoted) return string_end();
    char open = '\0';
    for (auto i = at_; i < in_.size(); ++i) {
      const char c = in_[i];
      if (c == '\r' || c == '\n') return i;
      if (!is_quote(c)) continue;
      auto before = i;
      while (before > at_ && in_[before - 1] == '\\') --before;
      if (open == c) {
        open = '\0';
      } else if (open == '\0' && before > at_ && in_[before - 1] == '=') {
        open = c;
      } else if (open == '\0') {
        return before;
      }
    }
    return in_.size();
  }

  /// "Bearer …", "Basic …" without a header's name before it.
  bool credential() {
    constexpr std::array<std::string_view, 7> prose{
        "token", "tokens", "realm", "auth", "challenge", "authentication", "authorization"};
    const auto end = run_of(at_, is_word);
    const auto scheme = in_.substr(at_, end - at_);
    if (scheme.size() > 6) return false;
    const auto low = ascii::lowered(scheme);
    if (low != "bearer" && low != "basic") return false;
    const auto from = run_of(end, [](char c) { return c == ' '; });
    const auto stop = run_of(from, is_credential);
    const auto run = in_.substr(from, stop - from);
    if (from == end || run.empty() || among(run, prose) || run.starts_with("realm=")) return false;
    if (scheme != "Bearer" && run.size() < 16 && !looks_random(run) && !run.ends_with('='))
      return false;
    keep(from - at_);
    hide_until(stop);
    return true;
  }

  void authority() {
    keep(3);
    const auto end =
        run_of(at_, [](char c) { return !ends_url(c) && c != '/' && c != '?' && c != '#'; });
    const auto user = in_.substr(at_, end - at_).rfind('@');
    if (user != std::string_view::npos) hide_until(at_ + user);
  }

  bool query() {
    auto end = at_ + 1;
    while (end < in_.size() && in_[end] != '#' && in_[end] != '?') {
      if (in_.substr(end, 6) == "\\u0026") {
        end += 6;
      } else if (!ends_url(in_[end])) {
        ++end;
      } else {
        break;
      }
    }
    if (!looks_signed(in_.substr(at_ + 1, end - at_ - 1))) return false;
    keep(1);
    hide_until(end);
    return true;
  }

  std::string_view in_;
  std::size_t at_{0};
  std::string out_;
};

} // namespace

std::string redact(std::string_view text) {
  return redaction{text}.run();
}

std::string redact_value(std::string_view name, std::string_view value) {
  const auto head = std::string{name} + '=';
  const auto pair = redact(head + std::string{value});
  return pair.starts_with(head) ? pair.substr(head.size()) : redact(value);
}

std::string redact_url(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return redact(url);
  const auto from = scheme + 3;
  const auto authority = url.substr(from, url.find('/', from) - from);
  const auto user = authority.rfind('@');
  if (user == std::string_view::npos) return redact(url);
  return redact(std::string{url.substr(0, from)}.append(url.substr(from + user + 1)));
}

} // namespace hive
