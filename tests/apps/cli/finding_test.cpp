#include "apps/hive/finding.hpp"

#include "tests/support/catch.hpp"

using namespace hive::cli;

TEST_CASE("a named node comes before every other") {
  node_clues clues;
  clues.named = "http://there:1";
  clues.holder = "http://127.0.0.1:2";
  clues.default_answers = true;
  CHECK(choose_node(clues) == node_choice::named);
}

TEST_CASE("who holds this home is asked before the default address") {
  node_clues clues;
  clues.holder = "http://127.0.0.1:2";
  clues.default_answers = true;
  CHECK(choose_node(clues) == node_choice::holder);
}

TEST_CASE("the default address is asked, and taken only when a hive answers there") {
  node_clues clues;
  clues.may_embed = true;
  CHECK(choose_node(clues) == node_choice::ask_default);
  clues.default_answers = true;
  CHECK(choose_node(clues) == node_choice::default_place);
  clues.default_answers = false;
  CHECK(choose_node(clues) == node_choice::embed);
}

TEST_CASE("with a home of its own a command never talks to another home's node") {
  node_clues clues;
  clues.home_given = true;
  clues.default_answers = true;
  clues.may_embed = true;
  CHECK(choose_node(clues) == node_choice::embed);
  clues.may_embed = false;
  CHECK(choose_node(clues) == node_choice::none);
}

TEST_CASE("the local address of a listen setting") {
  CHECK(local_url("127.0.0.1:7835") == "http://127.0.0.1:7835");
  CHECK(local_url("0.0.0.0:80") == "http://127.0.0.1:80");
  CHECK(local_url("[::]:7835") == "http://[::1]:7835");
  CHECK(local_url("hive.lan:7835") == "http://hive.lan:7835");
}

TEST_CASE("only addresses of this machine are loopback, with any port") {
  CHECK(listens_on_loopback("127.0.0.1:7835"));
  CHECK(listens_on_loopback("127.0.0.1:0"));
  CHECK(listens_on_loopback("localhost:0"));
  CHECK(listens_on_loopback("[::1]:7835"));
  CHECK_FALSE(listens_on_loopback("0.0.0.0:7835"));
  CHECK_FALSE(listens_on_loopback("[::]:0"));
  CHECK_FALSE(listens_on_loopback("10.0.0.5:7835"));
  CHECK_FALSE(listens_on_loopback("127.0.0.1.example.org:80"));
}
