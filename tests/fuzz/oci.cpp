/// A registry that answers noise, and a token server that does. The input is a reference in its
/// first line, then replies as in replies.hpp; a 401 is met as whoever drives a conversation meets
/// it.

#include "vendors/oci.hpp"
#include "core/artifact/safe_path.hpp"
#include "core/base/digest.hpp"
#include "tests/fuzz/claim.hpp"
#include "tests/fuzz/replies.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace hive;
using fuzz::between_replies;
using fuzz::claim;
using fuzz::reply_of;
using fuzz::take;

const net::origin& registry() {
  static const auto where = net::origin_of("https://registry.example.org").value();
  return where;
}

result<net::reply> answer(std::string_view& input, const net::request& wanted) {
  if (input.empty()) return fail(errc::unreachable, "nobody is there");
  auto reply = reply_of(take(input, between_replies));
  reply.head.url = wanted.url;
  return reply;
}

void check_plan(const download_plan& plan) {
  claim(is_hex(plan.revision, 64), "a plan is pinned to a manifest");
  std::vector<std::string> paths;
  for (const auto& file : plan.files) {
    claim(check_relative_path(file.path).has_value(), "a plan's paths are safe");
    claim(file.size.has_value() && file.expected.has_value(), "size and digest are known");
    claim(!file.sources.empty(), "a file has a source");
    for (const auto& source : file.sources) {
      const auto where = net::origin_of(source.url);
      claim(where && *where == registry(), "files come from the registry");
    }
    paths.push_back(file.path);
  }
  claim(check_no_collisions(paths).has_value(), "a plan's paths can exist side by side");
}

/// What a refusal leads to: at most one question, whose secrets stay where they belong.
void unlock(const vendors::vendor& vendor, const reference& what, const net::reply& refused,
            std::string_view& input) {
  auto talk = vendor.unlock(what, "", {refused.head, {}, std::string(16, 'n')});
  std::size_t asked = 0;
  while (const auto* wanted = talk.wants()) {
    claim(++asked <= 1, "one token costs one question");
    const auto where = net::origin_of(wanted->url);
    claim(where && where->scheme == "https", "a token server is asked over TLS");
    const auto key = wanted->keys ? wanted->keys->authorization_for(wanted->url) : std::nullopt;
    if (key) {
      const bool above = where->host == "example.org" && where->port == 443;
      claim(*where == registry() || above, "a login goes where it belongs");
    }
    talk.answer(answer(input, *wanted));
  }
  const auto got = std::move(talk).value();
  if (got) claim(got->what.where == registry(), "a token is for the registry");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input{reinterpret_cast<const char*>(data), size};
  auto what = parse_reference(take(input, "\n"));
  if (!what || what->from != scheme::ollama) what = parse_reference("ollama:x/y/z");
  what->host = "registry.example.org";
  vendors::vendor_settings settings;
  settings.registry_logins =
      R"({"auths":{"registry.example.org":{"username":"u","password":"p"}}})";
  const auto vendor = vendors::make_oci(settings);
  auto talk = vendor->resolve(*what, {});
  std::size_t asked = 0;
  while (const auto* wanted = talk.wants()) {
    claim(++asked <= 20, "a conversation ends");
    const auto where = net::origin_of(wanted->url);
    claim(where && *where == registry(), "only the registry is asked");
    claim(wanted->keys == nullptr, "a conversation holds no secret");
    auto reply = answer(input, *wanted);
    if (reply && reply->head.status == 401) unlock(*vendor, *what, *reply, input);
    talk.answer(std::move(reply));
  }
  const auto got = std::move(talk).value();
  if (got) {
    check_plan(*got);
  } else {
    claim(!got.why().detail.empty(), "a failure says what happened");
  }
  return 0;
}
