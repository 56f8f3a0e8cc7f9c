#include "apps/hive/actor_wish.hpp"
#include "tests/support/catch.hpp"

using namespace hive::cli;

TEST_CASE("a wish becomes the query of the list of actors") {
  actor_wish wish;
  CHECK(path_of(wish) == "/v1/actors?window=2s");
  wish = {"a b", "01HZ", "fetching", "7", "bob", "queue", "", 20};
  CHECK(path_of(wish) ==
        "/v1/actors?name=a%20b&job=01HZ&state=fetching&under=7&node=bob&by=queue&limit=20");
}

TEST_CASE("a filter is words of a name and what has a colon") {
  struct row {
    std::string text;
    std::string name, job, state, under;
  };
  const auto one =
      GENERATE(row{"", "", "", "", ""}, row{"gguf", "gguf", "", "", ""},
               row{"  my  model ", "my model", "", "", ""},
               row{"state:fetching under:7", "", "", "fetching", "7"},
               row{"job:01HZ x", "x", "01HZ", "", ""}, row{"hf:org/a", "hf:org/a", "", "", ""});
  actor_wish wish;
  wish.name = "old";
  read_filter(one.text, wish);
  INFO(one.text);
  CHECK(wish.name == one.name);
  CHECK(wish.job == one.job);
  CHECK(wish.state == one.state);
  CHECK(wish.under == one.under);
}
