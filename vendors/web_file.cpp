#include "vendors/web_file.hpp"

#include "core/base/digest.hpp"
#include "core/base/redact.hpp"
#include "vendors/metadata.hpp"
#include "vendors/metalink_plan.hpp"
#include "vendors/wanted.hpp"
#include "vendors/web_reply.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace hive::vendors {

namespace {

constexpr std::size_t revision_digits = 40;
constexpr std::string_view latest = "latest";

/// An address that answered, and what it said.
struct answered {
  std::string url;
  web_file_facts facts;
};

/// Those of several that answered as they should; why others did not.
struct answers {
  std::vector<answered> good;
  std::vector<remark> remarks;
};

conversation<web_file_facts> look(std::string url) {
  HIVE_CO_TRY(const auto got, co_await ask(first_byte_of(url)));
  co_return read_web_reply(url, got);
}

remark left_out(const std::string& url, const std::string& why) {
  return {"mirror-left-out", "leaving out " + redact_url(url) + ": " + why, true};
}

/// The first of `addresses` that has it, alone; those before it go, with a remark.
conversation<answers> first_of(std::vector<std::string> addresses) {
  answers out;
  std::optional<failure> why;
  for (const auto& url : addresses) {
    auto facts = co_await look(url);
    if (facts) {
      out.good.push_back({url, *std::move(facts)});
      co_return std::move(out);
    }
    out.remarks.push_back(left_out(url, facts.why().detail));
    if (!why) why = std::move(facts).why();
  }
  co_return *std::move(why);
}

/// Without a digest only the size tells whether a mirror has the same file.
conversation<answers> same_size(std::vector<std::string> mirrors,
                                std::optional<std::uint64_t> size) {
  answers out;
  for (const auto& url : mirrors) {
    auto facts = co_await look(url);
    if (!facts) {
      out.remarks.push_back(left_out(url, facts.why().detail));
    } else if (!size || facts->size != size) {
      out.remarks.push_back(left_out(url, "its size is another one or unknown, and no digest tells "
                                          "whether it has the same file"));
    } else {
      out.good.push_back({url, *std::move(facts)});
    }
  }
  co_return std::move(out);
}

file_source source_of(const std::string& url, const std::optional<header_check>& version) {
  file_source source;
  source.url = url;
  if (version) source.checks.push_back(*version);
  return source;
}

/// What this address leads to at this moment.
std::string revision_of(const answered& main, const std::optional<digest>& expected) {
  if (expected) return expected->hex;
  const auto& [size, version] = std::pair{main.facts.size, main.facts.version};
  const auto text = main.url + '\n' + (version ? version->name + ' ' + version->value : "") + '\n' +
                    (size ? std::to_string(*size) : "");
  return sha256_hex(text).substr(0, revision_digits);
}

conversation<download_plan> pull_file(reference what, file_wish wish, answers first,
                                      std::vector<std::string> mirrors) {
  const auto& main = first.good.front();
  download_plan plan;
  plan.remarks = std::move(first.remarks);
  const auto expected = what.expected ? what.expected : main.facts.announced;
  HIVE_CO_CHECK(wanted_files(what, std::move(wish), std::vector{main.facts.name}));
  plan_file file{main.facts.name, main.facts.size, expected, {}};
  file.sources.push_back(source_of(main.url, main.facts.version));
  if (expected) {
    mirrors.insert(mirrors.end(), main.facts.duplicates.begin(), main.facts.duplicates.end());
    for (const auto& url : mirrors)
      if (url != main.url) file.sources.push_back(source_of(url, std::nullopt));
  } else {
    HIVE_CO_TRY(const auto same, co_await same_size(std::move(mirrors), main.facts.size));
    for (const auto& one : same.good) file.sources.push_back(source_of(one.url, one.facts.version));
    plan.remarks.insert(plan.remarks.end(), same.remarks.begin(), same.remarks.end());
  }
  plan.revision = revision_of(main, expected);
  if (!what.expected) plan.requested = latest;
  plan.files.push_back(std::move(file));
  plan.what = std::move(what);
  co_return std::move(plan);
}

conversation<download_plan> pull_metalink(reference what, file_wish wish, std::string url) {
  auto whole = metadata_request(url);
  whole.headers = {{"accept", "application/metalink4+xml, */*;q=0.1"}};
  HIVE_CO_TRY(const auto got, co_await ask(std::move(whole)));
  if (got.head.status != 200) co_return web_refusal(url, got);
  HIVE_CO_CHECK(net::check_coding(got.head));
  const bool moves = !what.expected;
  HIVE_CO_TRY(auto plan, metalink_plan(std::move(what), std::move(wish), got.body));
  if (moves) plan.requested = latest;
  co_return std::move(plan);
}

conversation<download_plan> pull(reference what, file_wish wish) {
  std::vector<std::string> addresses{what.name};
  addresses.insert(addresses.end(), what.mirrors.begin(), what.mirrors.end());
  HIVE_CO_TRY(auto first, co_await first_of(addresses));
  const auto url = first.good.front().url;
  if (first.good.front().facts.is_metalink)
    co_return co_await pull_metalink(std::move(what), std::move(wish), url);
  addresses.erase(addresses.begin(), std::ranges::find(addresses, url) + 1);
  co_return co_await pull_file(std::move(what), std::move(wish), std::move(first),
                               std::move(addresses));
}

class web_file final : public vendor {
 public:
  std::string_view name() const noexcept override { return to_string(scheme::url); }
  bool serves(const reference& what) const noexcept override { return what.from == scheme::url; }
  conversation<download_plan> resolve(reference what, file_wish wish) const override {
    return pull(std::move(what), std::move(wish));
  }
  net::keyring keys(const reference& what, std::string_view token) const override {
    net::keyring out;
    const auto where = net::origin_of(what.name);
    if (where && !token.empty() && fits_a_header(token))
      out.add({*where, "Bearer " + std::string{token}});
    return out;
  }
};

} // namespace

std::unique_ptr<const vendor> make_web_file() {
  return std::make_unique<web_file>();
}

} // namespace hive::vendors
