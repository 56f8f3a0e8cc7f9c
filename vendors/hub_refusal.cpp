#include "vendors/hub_refusal.hpp"

#include "vendors/metadata.hpp"

#include <optional>
#include <string>

namespace hive::vendors {

namespace {

constexpr std::string_view code_header = "x-error-code";
constexpr auto how_to_give_a_token =
    "give a token: --token, HF_TOKEN, or the Hub's token file (HF_TOKEN_PATH)";

/// The Hub's own words: a header, or the "error" of a small JSON body.
std::string words_of(const net::reply& got) {
  if (auto said = header_text(got, "x-error-message"); !said.empty()) return quotable(said);
  return said_in_body(got, "error");
}

/// One reply being judged.
struct hub_verdict {
  const hub_repo& repo;
  std::string_view revision;
  const net::reply& got;
  std::string said;

  /// Empty where there is no reply, but a rule to be made.
  std::string tail() const { return got.head.status == 0 ? std::string{} : answer_of(got, said); }
  failure of(errc code, const std::string& what, std::string hint = {}) const {
    return fail(code, repo.shown + " " + what + tail(), std::move(hint));
  }

  failure gated() const {
    return of(errc::gated, "is gated: its files need access that was not granted",
              "open " + repo.page() +
                  ", accept its terms there (some authors approve by hand), then " +
                  how_to_give_a_token + " of that account");
  }
  failure missing_repo() const {
    return of(errc::repo_missing, "is not at " + repo.endpoint + ", or it is private",
              "check the spelling; if it is private, " + std::string{how_to_give_a_token});
  }
  failure missing_or_private() const {
    return of(errc::credentials_needed, "is missing or private: the Hub does not tell which",
              "check the spelling; if it is private, " + std::string{how_to_give_a_token});
  }
  failure missing_revision() const {
    const auto asked = revision.empty() ? "main" : quotable(revision);
    return of(errc::revision_missing, "has no branch, tag or commit '" + asked + "'",
              "its branches and tags are shown at " + repo.page() + "/tree/main");
  }
  failure disabled() const {
    return of(errc::repo_disabled, "was disabled by the Hub",
              "its page may say why: " + repo.page());
  }
  failure bad_token() const {
    return of(
        errc::credentials_rejected, "was refused: the token given is wrong or expired",
        "give a valid one (--token, HF_TOKEN, or the token file), or none: a public repository "
        "needs no token");
  }
  failure later(errc code, const std::string& what) const {
    auto why = of(code, what);
    why.retry_after = net::retry_after(got.head.headers, written_at(got));
    return why;
  }

  std::optional<failure> by_code() const {
    const auto code = header_text(got, code_header);
    if (code == "GatedRepo") return gated();
    if (code == "RevisionNotFound") return missing_revision();
    if (code == "EntryNotFound") {
      return of(errc::entry_missing, "has no such file or folder",
                "its files: " + repo.page() + "/tree/main");
    }
    if (code == "RepoNotFound") return missing_repo();
    return std::nullopt;
  }
  std::optional<failure> by_words() const {
    if (mentions(said, "access to this resource is disabled")) return disabled();
    if (got.head.status != 401) return std::nullopt;
    if (mentions(said, "invalid credentials") || mentions(said, "invalid username or password")) {
      return bad_token();
    }
    return std::nullopt;
  }
  failure by_status() const {
    const auto status = got.head.status;
    if (status == 401) return missing_or_private();
    if (status == 403) {
      return of(errc::credentials_rejected,
                "was refused: the token given, or none, has no right to it",
                std::string{how_to_give_a_token} + " that may read it");
    }
    if (status == 404) return missing_repo();
    if (status == 429)
      return later(errc::rate_limited, "cannot be asked for now: too many requests");
    if (status == 408 || status >= 500) {
      return later(errc::vendor_unavailable, "cannot be asked for: the Hub has trouble");
    }
    auto why = net::failure_of_status(got.head, written_at(got));
    why.detail = repo.shown + ": " + why.detail + tail();
    return why;
  }
};

} // namespace

failure hub_refusal(const hub_repo& repo, std::string_view revision, const net::reply& got) {
  const hub_verdict judge{repo, revision, got, words_of(got)};
  if (auto why = judge.by_code()) return *std::move(why);
  if (auto why = judge.by_words()) return *std::move(why);
  return judge.by_status();
}

std::vector<refusal_rule> hub_refusal_rules(const hub_repo& repo, std::string_view revision) {
  std::vector<refusal_rule> out;
  for (const char* const code :
       {"GatedRepo", "RevisionNotFound", "EntryNotFound", "RepoNotFound"}) {
    const net::reply got{{0, {{std::string{code_header}, code}}, {}, {}, 0}, {}, {}};
    const auto why = hub_verdict{repo, revision, got, {}}.by_code();
    if (why) out.push_back({std::string{code_header}, code, why->code, why->detail, why->hint});
  }
  return out;
}

} // namespace hive::vendors
