#include "vendors/github_repo.hpp"

#include "core/base/percent.hpp"
#include "vendors/metadata.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace hive::vendors {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds least_wait =
    60s; ///< after a limit that says no time (GitHub's docs)
constexpr std::size_t most_shown = 5;
constexpr auto how_to_sign_in = "give a token: --token, GH_TOKEN or GITHUB_TOKEN";

/// One reply being judged.
struct repo_verdict {
  const github_repo& repo;
  const net::reply& got;
  std::string said;

  failure of(errc code, const std::string& what, std::string hint = {}) const {
    return fail(code, repo.shown + " " + what + answer_of(got, said), std::move(hint));
  }
  failure later(errc code, const std::string& what, std::string hint = {}) const {
    auto why = of(code, what, std::move(hint));
    why.retry_after = net::retry_after(got.head.headers, written_at(got));
    return why;
  }

  bool is_limit() const {
    const auto status = got.head.status;
    if (status == 429) return true;
    return status == 403 &&
           (net::retry_after(got.head.headers, written_at(got)) ||
            header_text(got, "x-ratelimit-remaining") == "0" || mentions(said, "rate limit"));
  }
  failure limited() const {
    const bool anonymous = header_text(got, "x-ratelimit-limit") == "60";
    auto why = later(errc::rate_limited, "cannot be asked for now: too many requests",
                     anonymous ? "a token (GH_TOKEN or GITHUB_TOKEN) raises the limit from 60 to "
                                 "5000 requests an hour"
                               : "");
    if (!why.retry_after) why.retry_after = least_wait;
    return why;
  }
  failure forbidden() const {
    const auto sign_on = header_text(got, "x-github-sso");
    if (const auto url = sign_on.find("url="); url != std::string::npos)
      return of(errc::credentials_rejected, "wants the token to be signed on",
                "open " + quotable(sign_on.substr(url + 4)) + " and authorize the token there");
    if (mentions(said, "access blocked")) return disabled();
    return of(errc::credentials_rejected, "was refused: the token given has no right to it",
              "give one that may read its contents: --token, GH_TOKEN or GITHUB_TOKEN");
  }
  failure disabled() const {
    return of(errc::repo_disabled, "was disabled by GitHub",
              "its page may say why: " + repo.page());
  }
  failure by_status() const {
    const auto status = got.head.status;
    if (status == 401)
      return of(errc::credentials_rejected, "was refused: the token given is wrong or expired",
                "give a valid one (--token, GH_TOKEN or GITHUB_TOKEN), or none: a public "
                "repository needs no token");
    if (status == 403) return forbidden();
    if (status == 404)
      return of(errc::repo_missing, "is not at " + repo.page() + ", or it is private",
                "check the spelling; if it is private, " + std::string{how_to_sign_in} +
                    " that may read its contents");
    if (status == 451) return disabled();
    if (status == 408 || status >= 500)
      return later(errc::vendor_unavailable, "cannot be asked for: GitHub has trouble");
    auto why = net::failure_of_status(got.head, written_at(got));
    why.detail = repo.shown + ": " + why.detail;
    return why;
  }
};

} // namespace

std::string github_repo::release_url(std::string_view tag) const {
  const auto base = api + "/repos/" + name + "/releases/";
  return tag.empty() ? base + "latest" : base + "tags/" + percent_encode(tag);
}

std::string github_repo::newest_releases_url() const {
  return api + "/repos/" + name + "/releases?per_page=20";
}

std::string github_repo::asset_url(std::uint64_t id) const {
  return api + "/repos/" + name + "/releases/assets/" + std::to_string(id);
}

std::string github_repo::page() const {
  const auto host = where.host.starts_with("api.") ? where.host.substr(4) : where.host;
  return net::to_string({where.scheme, host, where.port}) + "/" + name + "/releases";
}

result<github_repo> github_repo_of(const std::string& api, const reference& what) {
  const auto where = net::origin_of(api);
  if (!where)
    return fail(errc::bad_config, "GitHub's API is at no web address: " + api,
                "set github_api to one like https://api.github.com");
  return github_repo{api, *where, what.name, "gh:" + what.name};
}

net::request github_request(std::string url, std::string accept) {
  auto out = metadata_request(std::move(url));
  out.headers = {{"accept", std::move(accept)}, {"x-github-api-version", "2022-11-28"}};
  return out;
}

failure github_refusal(const github_repo& repo, const net::reply& got) {
  const repo_verdict judge{repo, got, said_in_body(got, "message")};
  return judge.is_limit() ? judge.limited() : judge.by_status();
}

failure no_such_release(const github_repo& repo, std::string_view tag, const net::reply& newest) {
  const auto read = read_body("the releases of " + repo.shown, newest);
  if (!read) return read.why();
  std::string known;
  std::string first;
  std::size_t count = 0;
  for (const auto entry : read->root().elements()) {
    const auto name = quotable(entry["tag_name"].string().value_or(""));
    if (name.empty() || ++count > most_shown) continue;
    if (first.empty()) first = name;
    known += (known.empty() ? "" : ", ") + name;
  }
  if (count == 0)
    return fail(errc::revision_missing, repo.shown + " has no releases",
                "what it has is shown at " + repo.page());
  if (count > most_shown) known += ", …";
  if (tag.empty())
    return fail(errc::revision_missing, repo.shown + " has only pre-releases: " + known,
                "name one: " + repo.shown + "@" + first);
  return fail(errc::revision_missing,
              repo.shown + " has no release with the tag '" + quotable(tag) + "'",
              "its newest are: " + known + "; all are shown at " + repo.page());
}

} // namespace hive::vendors
