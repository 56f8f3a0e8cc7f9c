#include "apps/http/hub_routes.hpp"

#include "apps/http/artifact_routes.hpp"
#include "apps/http/hub_snapshot.hpp"
#include "apps/http/problem.hpp"
#include "core/base/percent.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace hive::http {
namespace {

constexpr std::size_t page_entries = 1000;
constexpr std::size_t max_paths = 10'000;

reply hub_error(int status, std::string code, const std::string& message) {
  json::object body;
  body["error"] = message;
  auto out = json_reply(status, body);
  if (!code.empty()) out.headers.emplace_back("X-Error-Code", std::move(code));
  out.headers.emplace_back("X-Error-Message", message);
  return out;
}

reply hub_failure(const failure& why) {
  return hub_error(info(why.code).http_status, {}, why.detail);
}

reply no_revision(const request& asked) {
  return hub_error(404, "RevisionNotFound", "Invalid rev id: " + asked.part("rev"));
}

reply no_entry(const request& asked, const snapshot& found) {
  auto out = hub_error(404, "EntryNotFound",
                       asked.part("path") + " does not exist on \"" + asked.part("rev") + '"');
  out.headers.emplace_back("X-Repo-Commit", found.commit);
  return out;
}

/// The repository a Hub path names; empty for a kind the Hub does not have.
std::optional<reference> repo_of(const request& asked) {
  reference out;
  const auto kind = asked.part("kind");
  if (kind == "datasets")
    out.kind = repo_kind::dataset;
  else if (kind == "spaces")
    out.kind = repo_kind::space;
  else if (!kind.empty() && kind != "models")
    return std::nullopt;
  if (out.kind == repo_kind::space) out.from = scheme::space;
  out.name = asked.part("org") + '/' + asked.part("repo");
  return out;
}

using held_artifacts = std::vector<store::artifact>;

/// Finds what is here of the repository, then answers with what `make` makes of it.
void with_repo(desk& at, request asked, responder answer,
               std::function<reply(const request&, const held_artifacts&)> make) {
  auto repo = repo_of(asked);
  if (!repo) return answer(hub_unknown(asked));
  at.node.find(std::move(*repo), [asked = std::move(asked), answer = std::move(answer),
                                  make = std::move(make)](result<held_artifacts> held) {
    if (!held && held.why().code != errc::not_found) return answer(hub_failure(held.why()));
    if (!held || held->empty()) return answer(hub_unknown(asked));
    answer(make(asked, *held));
  });
}

void with_snapshot(desk& at, request asked, responder answer,
                   std::function<reply(const request&, const snapshot&)> make) {
  with_repo(at, std::move(asked), std::move(answer),
            [make = std::move(make)](const request& what, const held_artifacts& held) {
              const auto found = snapshot_at(held, what.part("rev"));
              return found ? make(what, *found) : no_revision(what);
            });
}

bool is_true(const request& asked, std::string_view name) {
  const auto text = asked.param(name);
  return text && (*text == "true" || *text == "True" || *text == "1");
}

std::size_t page_size(const request& asked) {
  std::size_t limit = page_entries;
  if (const auto text = asked.param("limit"))
    std::from_chars(text->data(), text->data() + text->size(), limit);
  return std::clamp<std::size_t>(limit, 1, page_entries);
}

std::string next_link(const request& asked, const std::string& after) {
  auto url = "http://" + std::string{asked.header("host").value_or("localhost")};
  url += asked.target.substr(0, asked.target.find('?')) + "?cursor=" + percent_encode(after);
  for (const auto& [name, value] : asked.query)
    if (name != "cursor") url += '&' + percent_encode(name) + '=' + percent_encode(value);
  return '<' + url + ">; rel=\"next\"";
}

reply tree_page(const request& asked, const snapshot& found) {
  const auto folder = asked.part("path");
  const auto entries = list_tree(found, folder, is_true(asked, "recursive"));
  if (entries.empty() && !folder.empty()) return no_entry(asked, found);
  const std::string cursor{asked.param("cursor").value_or("")};
  auto next = std::upper_bound(entries.begin(), entries.end(), cursor,
                               [](const auto& path, const auto& one) { return path < one.path; });
  json::array items;
  for (auto left = page_size(asked); next != entries.end() && left > 0; ++next, --left)
    items.emplace_back(entry_view(found, *next));
  auto out = json_reply(200, items);
  out.headers.emplace_back("X-Repo-Commit", found.commit);
  if (next != entries.end())
    out.headers.emplace_back("Link", next_link(asked, std::prev(next)->path));
  return out;
}

/// The paths of a paths-info body: JSON {"paths":[…]} or a form with repeated `paths`.
result<std::set<std::string>> read_paths(const request& asked) {
  std::set<std::string> out;
  const auto type = asked.header("content-type").value_or("");
  if (type.starts_with("application/json")) {
    HIVE_TRY(const auto parsed, json::parse(asked.body));
    const auto paths = parsed.root()["paths"];
    if (const auto one = paths.string()) out.emplace(*one);
    for (const auto& item : paths.elements())
      if (const auto path = item.string()) out.emplace(*path);
  } else {
    HIVE_TRY(const auto form, read_form(asked.body));
    for (const auto& [name, value] : form)
      if (name == "paths") out.insert(value);
  }
  if (out.size() > max_paths) return fail(errc::bad_request, "more than 10000 paths");
  return out;
}

reply paths_page(const request& asked, const snapshot& found) {
  const auto paths = read_paths(asked);
  if (!paths) return hub_error(400, {}, paths.why().detail);
  json::array items;
  for (const auto& path : *paths) {
    if (const auto* file = file_at(found, path))
      items.emplace_back(entry_view(found, {path, file}));
    else if (!path.empty() && !list_tree(found, path, false).empty())
      items.emplace_back(entry_view(found, {path, nullptr}));
  }
  auto out = json_reply(200, items);
  out.headers.emplace_back("X-Repo-Commit", found.commit);
  return out;
}

std::string disposition(const std::string& path) {
  const auto name = path.substr(path.find_last_of('/') + 1);
  std::string plain;
  for (const char c : name) plain += c < 0x20 || c >= 0x7f || c == '"' || c == '\\' ? '_' : c;
  return "inline; filename*=UTF-8''" + percent_encode(name) + "; filename=\"" + plain + "\";";
}

text_pairs file_headers(const snapshot& found, const store::artifact_file& file) {
  const bool lfs = is_lfs(file);
  text_pairs out{{"Content-Type", lfs ? "application/octet-stream" : "text/plain; charset=utf-8"},
                 {"X-Repo-Commit", found.commit},
                 {"Content-Disposition", disposition(file.path)}};
  if (lfs) {
    out.emplace_back("X-Linked-Size", std::to_string(file.size));
    out.emplace_back("X-Linked-ETag", '"' + file.sha256 + '"');
  }
  return out;
}

/// @huggingface/hub asks for the first byte of every file to learn its size, of empty ones too, and
/// wants a success with a Content-Range.
reply empty_file(text_pairs headers, const std::string& etag) {
  headers.emplace_back("ETag", etag);
  headers.emplace_back("Content-Range", "bytes */0");
  return reply{200, std::move(headers), std::string{}};
}

reply file_reply(const request& asked, const snapshot& found, const store::home& home) {
  const auto* file = file_at(found, asked.part("path"));
  if (file == nullptr) return no_entry(asked, found);
  auto make = [asked, file = *file, blob = home.blob(file->sha256),
               headers = file_headers(found, *file)]() mutable {
    const auto etag = '"' + (is_lfs(file) ? file.sha256 : file.git_sha1) + '"';
    auto out = send_file(asked, blob, etag, headers);
    if (out.status == 404)
      return hub_error(404, "EntryNotFound", "the bytes of " + file.path + " are gone");
    if (out.status == 416 && file.size == 0) return empty_file(std::move(headers), etag);
    return out;
  };
  return reply{200, {}, disk_work{std::move(make)}};
}

} // namespace

void hub_info(desk& at, request asked, responder answer) {
  with_snapshot(at, std::move(asked), std::move(answer),
                [](const request& what, const snapshot& found) {
                  return json_reply(200, repo_view(found, is_true(what, "blobs")));
                });
}

void hub_refs(desk& at, request asked, responder answer) {
  with_repo(
      at, std::move(asked), std::move(answer),
      [](const request&, const held_artifacts& held) { return json_reply(200, refs_view(held)); });
}

void hub_tree(desk& at, request asked, responder answer) {
  with_snapshot(at, std::move(asked), std::move(answer), tree_page);
}

void hub_paths_info(desk& at, request asked, responder answer) {
  with_snapshot(at, std::move(asked), std::move(answer), paths_page);
}

void hub_resolve(desk& at, request asked, responder answer) {
  with_repo(at, std::move(asked), std::move(answer),
            [home = at.node.home(), uses = at.node.uses()](const request& what,
                                                           const held_artifacts& held) {
              const auto found = snapshot_at(held, what.part("rev"));
              if (!found) return no_revision(what);
              for (const auto* a : holders(held, *found, what.part("path")))
                uses->note(a->id, wall_now());
              return file_reply(what, *found, home);
            });
}

void hub_raw(desk& at, request asked, responder answer) {
  with_snapshot(at, std::move(asked), std::move(answer),
                [home = at.node.home()](const request& what, const snapshot& found) {
                  const auto* file = file_at(found, what.part("path"));
                  if (file == nullptr || !is_lfs(*file)) return file_reply(what, found, home);
                  auto out = text_reply(200, "text/plain; charset=utf-8", pointer_text(*file));
                  out.headers.emplace_back("X-Repo-Commit", found.commit);
                  return out;
                });
}

bool is_hub_path(const std::vector<std::string>& path) noexcept {
  if (path.size() < 3) return false;
  const auto& second = path[1];
  if (path[0] == "api") return second == "models" || second == "datasets" || second == "spaces";
  return second == "resolve" || second == "raw";
}

reply hub_unknown(const request& asked) {
  auto name = asked.part("org") + '/' + asked.part("repo");
  if (name == "/") name = asked.target;
  return hub_error(404, "RepoNotFound", "this node does not hold " + name);
}

} // namespace hive::http
