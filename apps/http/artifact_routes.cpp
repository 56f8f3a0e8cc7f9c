#include "apps/http/artifact_routes.hpp"

#include "apps/http/content_range.hpp"
#include "apps/http/job_routes.hpp"
#include "apps/http/problem.hpp"
#include "apps/http/views.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace hive::http {
namespace {

std::optional<artifact_id> read_id(const request& asked) {
  auto text = asked.part("id");
  if (!is_hex(text, 16)) return std::nullopt;
  return artifact_id{std::move(text)};
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
  auto id = read_id(asked);
  if (!id) return answer(no_such_artifact(asked));
  at.node.artifact(std::move(*id), [answer = std::move(answer),
                                    home = at.node.home()](result<store::artifact> found) {
    answer(found ? json_reply(200, artifact_view(*found, home, detail::full))
                 : problem(found.why()));
  });
}

void remove_artifact(desk& at, request asked, responder answer) {
  auto id = read_id(asked);
  if (!id) return answer(no_such_artifact(asked));
  at.node.remove(std::move(*id), [answer = std::move(answer)](result<removal> gone) {
    if (!gone) return answer(problem(gone.why()));
    json::object out;
    out["id"] = gone->id.value;
    out["freed"] = gone->freed;
    answer(json_reply(200, out));
  });
}

void verify_artifact(desk& at, request asked, responder answer) {
  auto id = read_id(asked);
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
  auto make = [asked = std::move(asked), file = at.node.home().blob(name->hex),
               tag = "\"sha256:" + name->hex + '"'] {
    return send_file(asked, file, tag,
                     {{"Content-Type", "application/octet-stream"},
                      {"Cache-Control", "public, max-age=31536000, immutable"}});
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
