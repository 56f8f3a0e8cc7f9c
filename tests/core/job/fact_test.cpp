#include "core/base/json.hpp"
#include "core/job/fact.hpp"
#include "core/job/log.hpp"
#include "core/job/record.hpp"
#include "tests/support/catch.hpp"

#include <cstdio>
#include <string>
#include <unistd.h>
#include <vector>

using namespace hive;

namespace {

fact will_retry() {
  return {{"01J"},
          "transfer",
          "will-retry",
          level::warning,
          "busy; trying again in 500 ms",
          {{"code", "timed_out"}, {"wait", "500ms"}}};
}

/// What a call writes to stderr.
template <class Call>
std::string written_by(Call call) {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  std::fflush(stderr);
  const int saved = ::dup(2);
  ::dup2(::fileno(file), 2);
  call();
  std::fflush(stderr);
  ::dup2(saved, 2);
  ::close(saved);
  std::rewind(file);
  std::string text(64 * 1024, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

} // namespace

TEST_CASE("a fact is one searchable line") {
  CHECK(log_line(will_retry()) == "job=01J actor=transfer will-retry code=timed_out wait=500ms");
  CHECK(log_line({{}, "door", "listening", level::info, "", {}}) == "actor=door listening");
  CHECK(log_line({{}, "", "started", level::info, "", {}}) == "started");
  auto traced = will_retry();
  traced.correlation = "trace 7";
  CHECK(log_line(traced) == "job=01J actor=transfer will-retry correlation=\"trace 7\" "
                            "code=timed_out wait=500ms");
}

TEST_CASE("values that would break the line are quoted") {
  const std::pair<std::string, std::string> table[] = {{"plain", "k=plain"},
                                                       {"", "k=\"\""},
                                                       {"two words", "k=\"two words\""},
                                                       {"a=b", "k=\"a=b\""},
                                                       {"say \"x\"", "k=\"say \\\"x\\\"\""},
                                                       {"a\\b", "k=\"a\\\\b\""},
                                                       {"a\nb\r\t", "k=\"a\\nb\\r\\t\""},
                                                       {"\x1b[1m", "k=\"\\x1b[1m\""},
                                                       {"\x7f", "k=\"\\x7f\""},
                                                       {"é", "k=é"}};
  for (const auto& [value, text] : table) {
    std::string line;
    append_pair(line, "k", value);
    CHECK(line == text);
  }
}

TEST_CASE("words of the API") {
  CHECK(to_string(level::warning) == "warning");
  CHECK(to_string(event_kind::narration) == "narration");
  CHECK(to_string(event_kind::end) == "end");
  for (const auto kind : {job_kind::pull, job_kind::import})
    CHECK(job_kind_from_name(to_string(kind)) == kind);
  CHECK(job_kind_from_name("push") == std::nullopt);
}

TEST_CASE("the log writes one clean line per fact from its threshold on") {
  auto f = will_retry();
  f.fields.emplace_back("url", "https://host/x?Signature=SECRET");
  f.fields.emplace_back("token", "SECRET");
  f.human += "\nAuthorization: Bearer SECRET\xff";
  const auto human = written_by([&] {
    start_log({level::info, false});
    log(f);
    log(level::debug, "door", "hidden", "");
    log(level::error, "door", "closed", "it failed");
  });
  INFO(human);
  CHECK(std::count(human.begin(), human.end(), '\n') == 2);
  CHECK(human.find(" warning job=01J actor=transfer will-retry code=timed_out wait=500ms ") !=
        std::string::npos);
  CHECK(human.find("error actor=door closed human=\"it failed\"\n") != std::string::npos);
  CHECK(human.find("SECRET") == std::string::npos);
  CHECK(human.find("hidden") == std::string::npos);

  f.correlation = "trace-7";
  const auto lines = written_by([&] {
    start_log({level::warning, true});
    log(f);
    log(level::info, "door", "hidden", "");
  });
  INFO(lines);
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 1);
  CHECK(lines.find("SECRET") == std::string::npos);
  const auto doc = json::parse(lines);
  REQUIRE(doc);
  const auto root = doc->root();
  CHECK(root["level"].string() == "warning");
  CHECK(root["job"].string() == "01J");
  CHECK(root["action"].string() == "will-retry");
  CHECK(root["correlation"].string() == "trace-7");
  CHECK(root["fields"]["wait"].string() == "500ms");
  CHECK(root["fields"]["url"].string() == "https://host/x?[redacted]");
  CHECK(root["fields"]["token"].string() == "[redacted]");
  CHECK(parse_time(root["time"].string().value_or("")));
}
