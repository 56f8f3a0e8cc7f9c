#include "tests/support/catch.hpp"
#include "vendors/vendor.hpp"

#include <algorithm>
#include <set>
#include <string>

using namespace hive;
using namespace hive::vendors;

namespace {

std::string server_of(const std::string& text) {
  const auto what = parse_reference(text);
  REQUIRE(what);
  const auto known = all_vendors({});
  const auto at = std::ranges::find_if(known, [&](const auto& v) { return v->serves(*what); });
  return at == known.end() ? "" : std::string{(*at)->name()};
}

} // namespace

TEST_CASE("every reference finds its vendor, or none") {
  CHECK(server_of("hf:org/repo") == "hf");
  CHECK(server_of("org/repo") == "hf");
  CHECK(server_of("hf:datasets/org/repo") == "hf");
  CHECK(server_of("space:org/app") == "hf");
  CHECK(server_of("ollama:llama3.2") == "ollama");
  CHECK(server_of("file:/models/a.gguf") == "file");
  CHECK(server_of("gh:owner/repo@v1:*.gguf") == "gh");
  CHECK(server_of("https://host/m.gguf") == "url");
  CHECK(server_of("build:/models/recipe") == "build");
}

TEST_CASE("vendors have different names") {
  std::set<std::string_view> names;
  const auto known = all_vendors({});
  for (const auto& v : known) names.insert(v->name());
  CHECK(names.size() == known.size());
}
