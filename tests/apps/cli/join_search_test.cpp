#include "apps/hive/join_search.hpp"
#include "tests/support/catch.hpp"

#include <deque>
#include <map>
#include <vector>

using namespace hive;
using namespace hive::cli;

namespace {

discovery::sighting heard(std::string node, std::vector<std::string> addresses) {
  discovery::sighting out;
  out.who.node.value = std::move(node);
  out.addresses = std::move(addresses);
  return out;
}

trust::join_grant granted_by(std::string name) {
  return {std::move(name), {}, {}};
}

struct answer {
  errc no;
  bool authority_shown;
};

/// The name of who granted, or the code of the refusal; in `asked`, whom it asked.
std::string outcome_of(std::deque<discovery::sighting> around,
                       const std::map<std::string, answer>& answers,
                       std::vector<std::string>& asked) {
  const auto next = [&]() -> std::optional<discovery::sighting> {
    if (around.empty()) return std::nullopt;
    auto out = around.front();
    around.pop_front();
    return out;
  };
  const auto got = ask_around(next, [&](const std::string& at) -> node_answer {
    asked.push_back(at);
    const auto known = answers.find(at);
    if (known == answers.end()) return {granted_by(at), true};
    return {fail(known->second.no, at), known->second.authority_shown};
  });
  if (!got) return "nobody";
  return *got ? (*got)->certificate : (*got).why().detail;
}

} // namespace

TEST_CASE("a join asks on until somebody speaks for the hive") {
  struct row {
    std::deque<discovery::sighting> around;
    std::map<std::string, answer> answers;
    std::string outcome;
    std::vector<std::string> asked;
  };
  const auto [around, answers, outcome, asked] = GENERATE(values<row>({
      {{}, {}, "nobody", {}},
      {{heard("a", {"a:1"})}, {}, "a:1", {"a:1"}},
      // Strangers cannot end it, whatever they answer.
      {{heard("a", {"a:1"}), heard("b", {"b:1"})},
       {{"a:1", {errc::node_revoked, false}}},
       "b:1",
       {"a:1", "b:1"}},
      {{heard("a", {"a:1"}), heard("b", {"b:1"})},
       {{"a:1", {errc::certificate_refused, false}}, {"b:1", {errc::unreachable, false}}},
       "a:1",
       {"a:1", "b:1"}},
      // The hive can.
      {{heard("a", {"a:1"}), heard("b", {"b:1"})},
       {{"a:1", {errc::node_revoked, true}}},
       "a:1",
       {"a:1"}},
      {{heard("a", {"a:1"}), heard("b", {"b:1"})},
       {{"a:1", {errc::connection_cut, true}}},
       "b:1",
       {"a:1", "b:1"}},
      // Who lets nobody in is asked no more than others, and remembered before them.
      {{heard("a", {"a:1"}), heard("b", {"b:1"}), heard("c", {"c:1"})},
       {{"a:1", {errc::unreachable, false}},
        {"b:1", {errc::not_issuer, true}},
        {"c:1", {errc::tls_failed, false}}},
       "b:1",
       {"a:1", "b:1", "c:1"}},
      // One that is heard again with other addresses, or whose name another has taken.
      {{heard("a", {"dead:1"}), heard("a", {"dead:1", "a:1"})},
       {{"dead:1", {errc::timed_out, false}}},
       "a:1",
       {"dead:1", "a:1"}},
  }));
  std::vector<std::string> was;
  CHECK(outcome_of(around, answers, was) == outcome);
  CHECK(was == asked);
}

TEST_CASE("a join asks no more than so many addresses") {
  std::deque<discovery::sighting> around;
  std::map<std::string, answer> answers;
  for (int i = 0; i < 1000; ++i) {
    const auto at = std::to_string(i) + ":1";
    around.push_back(heard(at, {at}));
    answers.emplace(at, answer{errc::unreachable, false});
  }
  std::vector<std::string> asked;
  CHECK(outcome_of(around, answers, asked) == "0:1");
  CHECK(asked.size() == most_asked);
}
