#include "apps/http/artifact_routes.hpp"

#include "apps/http/content_range.hpp"
#include "apps/http/job_routes.hpp"
#include "apps/http/json_body.hpp"
#include "apps/http/model_view.hpp"
#include "apps/http/problem.hpp"
#include "apps/http/views.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace hive::http {
namespace {

std::optional<artifact_id> read_artifact_id(const request& asked) {
  auto text = asked.part("id");
  if (!is_hex(text, 16)) return std::nullopt;
  return artifact_id{std::move(text)};
}

checked read_change(std::string_view name, json::node value, artifact_change& into) {
  const auto yes = value.boolean();
  if (name == "pinned") {
    if (!yes) return wrong_member(name, "must be true or false");
    into.pinned = *yes;
  } else if (name == "used") {
    if (!yes || !*yes) return wrong_member(name, "must be true");
    into.used = true;
  } else if (name == "remove_views") {
    if (!value.is_array()) return wrong_member(name, "must be a list of views");
    for (const auto one : value.elements()) {
      auto wish = parse_view(one.string().value_or(""));
      if (!wish) return wrong_member(name, wish.why().detail);
      into.views_to_remove.push_back(std::move(*wish));
    }
  } else {
    return wrong_member(name, "no such field");
  }
  return {};
}

struct gc_wish {
  bool dry_run{false};
  bool force{false};
  std::optional<std::uint64_t> budget;
};

checked read_gc(std::string_view name, json::node value, gc_wish& into) {
  if (name == "dry_run" || name == "force") {
    const auto yes = value.boolean();
    if (!yes) return wrong_member(name, "must be true or false");
    (name == "force" ? into.force : into.dry_run) = *yes;
  } else if (name == "budget") {
    into.budget = value.natural();
    if (!into.budget && !value.is_null())
      return wrong_member(name, "must be bytes, a whole number, or null for the node's setting");
  } else {
    return wrong_member(name, "no such field");
  }
  return {};
}

reply no_such_artifact(const request& asked) {
  return problem(fail(errc::not_found, "there is no artifact " + asked.part("id")), 404);
}

} // namespace

void list_artifacts(desk& at, request asked, responder answer) {
  auto page = read_paging(asked);
  if (!page) return answer(problem(page.why(), 400));
  at.node.artifacts(page->limit, std::move(page->cursor),
                    [answer = std::move(answer),
                     home = at.node.home()](result<store::page<store::artifact>> found) {
                      if (!found) return answer(problem(found.why()));
                      json::array items;
                      for (const auto& item : found->items)
                        items.emplace_back(artifact_view(item, home, detail::brief));
                      answer(
                          json_reply(200, list_view("artifacts", std::move(items), found->next)));
                    });
}

void show_artifact(desk& at, request asked, responder answer) {
  auto id = read_artifact_id(asked);
  if (!id) return answer(no_such_artifact(asked));
  at.node.artifact(std::move(*id), [&node = at.node, answer = std::move(answer)](
                                       result<store::artifact> found) mutable {
    if (!found) return answer(problem(found.why()));
    auto out = artifact_view(*found, node.home(), detail::full);
    node.status([answer = std::move(answer), out = std::move(out),
                 model = std::move(found->model)](const result<node_status>& status) mutable {
      out["memory"] = memory_view(model, status ? &*status : nullptr);
      answer(json_reply(200, std::move(out)));
    });
  });
}

void change_artifact(desk& at, request asked, responder answer) {
  auto id = read_artifact_id(asked);
  if (!id) return answer(no_such_artifact(asked));
  if (!says_json(asked)) return answer(wants_json());
  artifact_change wanted;
  const auto read = read_members(asked.body, [&](std::string_view name, json::node value) {
    return read_change(name, value, wanted);
  });
  if (!read) return answer(problem(read.error().why, read.error().status, read.error().field));
  at.node.change(
      std::move(*id), wanted,
      [answer = std::move(answer), home = at.node.home()](result<store::artifact> changed) {
        answer(changed ? json_reply(200, artifact_view(*changed, home, detail::full))
                       : problem(changed.why()));
      });
}

void collect_garbage(desk& at, request asked, responder answer) {
  gc_wish wanted;
  if (!asked.body.empty()) {
    if (!says_json(asked)) return answer(wants_json());
    const auto read = read_members(asked.body, [&](std::string_view name, json::node value) {
      return read_gc(name, value, wanted);
    });
    if (!read) return answer(problem(read.error().why, read.error().status, read.error().field));
  }
  at.node.collect_garbage(
      wanted.dry_run, wanted.budget, wanted.force,
      [answer = std::move(answer), dry = wanted.dry_run](result<store::gc_report> done) {
        answer(done ? json_reply(200, gc_view(*done, dry)) : problem(done.why()));
      });
}

void remove_artifact(desk& at, request asked, responder answer) {
  auto id = read_artifact_id(asked);
  if (!id) return answer(no_such_artifact(asked));
  const auto force = asked.param("force").value_or("false");
  if (force != "true" && force != "false")
    return answer(problem(fail(errc::bad_request, "force: must be true or false"), 400, "force"));
  at.node.remove(std::move(*id), force == "true",
                 [answer = std::move(answer)](result<removal> gone) {
                   if (!gone) return answer(problem(gone.why()));
                   json::object out;
                   out["id"] = gone->id.value;
                   out["freed"] = gone->freed;
                   answer(json_reply(200, out));
                 });
}

void check_artifact(desk& at, request asked, responder answer) {
  auto id = read_artifact_id(asked);
  if (!id) return answer(no_such_artifact(asked));
  at.node.check(std::move(*id), [answer = std::move(answer)](result<update_check> found) {
    answer(found ? json_reply(200, check_view(*found)) : problem(found.why()));
  });
}

void verify_artifact(desk& at, request asked, responder answer) {
  auto id = read_artifact_id(asked);
  if (!id) return answer(no_such_artifact(asked));
  at.node.artifact(std::move(*id), [&node = at.node, answer = std::move(answer),
                                    correlation = std::move(asked.correlation)](
                                       result<store::artifact> found) mutable {
    if (!found) return answer(problem(found.why()));
    job_request wanted;
    wanted.kind = job_kind::verify;
    wanted.what = found->what;
    wanted.subject = found->id;
    wanted.correlation = std::move(correlation);
    node.submit(std::move(wanted), {}, answer_accepted(std::move(answer)));
  });
}

void send_blob(desk& at, request asked, responder answer) {
  const auto name = parse_digest(asked.part("digest"));
  if (!name || name->kind != digest_kind::sha256)
    return answer(problem(fail(errc::bad_request, "a blob is named sha256:<64 hex digits>"), 400));
  auto make = [asked = std::move(asked), file = at.node.home().blob(name->hex), name = *name,
               uses = at.node.uses()] {
    auto out = send_file(asked, file, "\"" + to_string(name) + '"',
                         {{"Content-Type", "application/octet-stream"},
                          {"Cache-Control", "public, max-age=31536000, immutable"}});
    if (out.status < 400) uses->note_content(name.hex, wall_now());
    return out;
  };
  answer(reply{200, {}, disk_work{std::move(make)}});
}

reply send_file(const request& asked, const std::filesystem::path& file, const std::string& etag,
                text_pairs headers) {
  auto held = std::make_shared<open_file>(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat facts {};
  if (held->fd() < 0 || ::fstat(held->fd(), &facts) != 0 || !S_ISREG(facts.st_mode))
    return problem(fail(errc::not_found, "this node does not hold " + file.filename().string()),
                   404);
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  headers.emplace_back("ETag", etag);
  if (const auto known = asked.header("if-none-match"); known && names_tag(*known, etag))
    return reply{304, std::move(headers), std::string{}};
  headers.emplace_back("Accept-Ranges", "bytes");
  const auto part = read_range(asked, size, etag);
  if (part.what == wanted_part::kind::whole)
    return reply{200, std::move(headers), file_slice{std::move(held), 0, size}};
  if (part.what == wanted_part::kind::nothing_there) {
    auto out = problem(fail(errc::bad_request, "the range begins behind the last byte"), 416);
    out.headers.emplace_back("Content-Range", "bytes */" + std::to_string(size));
    return out;
  }
  const auto [begin, end] = part.range;
  headers.emplace_back("Content-Range", "bytes " + std::to_string(begin) + '-' +
                                            std::to_string(end - 1) + '/' + std::to_string(size));
  return reply{206, std::move(headers), file_slice{std::move(held), begin, end - begin}};
}

} // namespace hive::http
