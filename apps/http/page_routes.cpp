#include "apps/http/page_routes.hpp"

#include "apps/http/problem.hpp"
#include "core/base/ascii.hpp"

#include <algorithm>

namespace hive::http {
namespace {

/// Nothing inline, nothing from elsewhere, in nobody's frame.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

constexpr std::string_view without_page =
    "This is a hive node. It was built without its page, which needs npm: install Node.js 18 or "
    "later\n"
    "with npm, and build again. The API is whole: /v1/openapi.json lists what there is.\n";

bool takes_gzip(const request& asked) {
  const auto given = asked.header("accept-encoding");
  if (!given) return false;
  const auto names = ascii::lowered(*given);
  const auto at = names.find("gzip");
  if (at == std::string::npos) return false;
  const auto rest = std::string_view{names}.substr(at + 4);
  return !rest.starts_with(";q=0") || rest.starts_with(";q=0.");
}

bool has_it(const request& asked, std::string_view tag) {
  const auto known = asked.header("if-none-match");
  return known && (*known == "*" || known->find(tag) != std::string_view::npos);
}

void harden(reply& out) {
  out.headers.emplace_back("Content-Security-Policy", policy);
  out.headers.emplace_back("X-Content-Type-Options", "nosniff");
  out.headers.emplace_back("Referrer-Policy", "no-referrer");
  out.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
}

/// `lasting`: its name changes with what is in it.
reply asset_reply(const request& asked, const web::asset& what, bool lasting) {
  const bool zipped = takes_gzip(asked);
  reply out;
  if (has_it(asked, what.tag))
    out.status = 304;
  else
    out = text_reply(200, std::string{what.type}, std::string{zipped ? what.gzip : what.plain});
  if (zipped && out.status == 200) out.headers.emplace_back("Content-Encoding", "gzip");
  out.headers.emplace_back("ETag", what.tag);
  out.headers.emplace_back("Vary", "Accept-Encoding");
  out.headers.emplace_back("Cache-Control",
                           lasting ? "public, max-age=31536000, immutable" : "no-cache");
  harden(out);
  return out;
}

} // namespace

void front_page(desk& at, request asked, responder answer) {
  const auto index = std::ranges::find(at.page, "index.html", &web::asset::name);
  if (index != at.page.end()) return answer(asset_reply(asked, *index, false));
  auto out = text_reply(200, "text/plain; charset=utf-8", std::string{without_page});
  harden(out);
  answer(std::move(out));
}

void page_asset(desk& at, request asked, responder answer) {
  const auto name = asked.part("name");
  const auto found = std::ranges::find(at.page, std::string_view{name}, &web::asset::name);
  if (found == at.page.end()) return answer(no_such_route(asked));
  answer(asset_reply(asked, *found, true));
}

bool is_page(const request& asked) noexcept {
  if (asked.method != "GET" && asked.method != "HEAD") return false;
  return asked.path.empty() || (asked.path.size() == 2 && asked.path.front() == "assets");
}

} // namespace hive::http
