#include "tests/apps/http/fake_node.hpp"
#include "tests/apps/http/wire.hpp"
#include "tests/support/catch.hpp"

#include <atomic>

using namespace hive;
using namespace hive::http::test;
using namespace std::chrono_literals;

namespace {

wire listen(const std::string& url, const std::string& target, const headers& more = {},
            int receive_buffer = 0) {
  wire line{url, receive_buffer};
  line.request("GET", target, more);
  const auto head = line.receive_head();
  REQUIRE(head.status == 200);
  REQUIRE(head.field("content-type") == "text/event-stream");
  return line;
}

std::string events_of(const job_record& job) {
  return "/v1/jobs/" + job.id.value + "/events";
}

/// The ids of all events but comments and progress until the stream ends or `last` was heard.
std::vector<std::uint64_t> ids_until(wire& line, std::uint64_t last) {
  std::vector<std::uint64_t> out;
  for (auto one = line.next_event(); !one.kind.empty(); one = line.next_event()) {
    if (one.kind == ":" || one.kind == "progress") continue;
    out.push_back(one.id);
    if (one.id >= last) break;
  }
  return out;
}

std::uint64_t figure(const std::string& url, const std::string& name) {
  const auto text = ask(url, "GET", "/metrics").body;
  const auto at = text.find('\n' + name + ' ');
  return at == std::string::npos ? 0 : std::stoull(text.substr(at + name.size() + 2));
}

} // namespace

TEST_CASE("a job's stream is its history, what happens, the end with the job, and then it closes") {
  fake_node node;
  const auto job = node.put_job(job_state::fetching);
  const auto other = node.put_job(job_state::fetching);
  const auto first = node.publish(event_kind::state, job.id, "fetching", job_state::fetching);
  node.publish(event_kind::narration, other.id);
  const auto door = open_door(node);
  auto line = listen(door->url(), events_of(job));
  const auto state = line.next_event();
  CHECK(state.id == first);
  CHECK(state.kind == "state");
  node.publish(event_kind::progress, job.id);
  node.publish(event_kind::narration, other.id);
  const auto progress = line.next_event();
  REQUIRE(progress.kind == "progress");
  const auto data = json::parse(progress.data);
  REQUIRE(data);
  CHECK(data->root()["seq"].natural() == progress.id);
  CHECK(data->root()["job"].string() == std::string_view{job.id.value});
  CHECK(data->root()["actor"].string() == std::string_view{"fake"});
  CHECK(data->root()["action"].string() == std::string_view{"happened"});
  CHECK(data->root()["level"].string() == std::string_view{"info"});
  CHECK(data->root()["lane"].string() == std::string_view{"3"});
  CHECK(data->root()["durable"].natural() == 8u);
  CHECK(data->root()["total"].natural() == 20u);
  CHECK(data->root()["rate"].natural() == 5u);
  CHECK(data->root()["files"].is_array());
  node.set_state(job.id, job_state::succeeded);
  node.publish(event_kind::end, job.id, "done", job_state::succeeded);
  const auto end = line.next_event();
  CHECK(end.kind == "end");
  const auto final_job = json::parse(end.data);
  REQUIRE(final_job);
  CHECK(final_job->root()["id"].string() == std::string_view{job.id.value});
  CHECK(final_job->root()["state"].string() == std::string_view{"succeeded"});
  CHECK(final_job->root()["progress"].is_object());
  CHECK(line.next_event().kind.empty());
  CHECK(line.ended());
}

TEST_CASE("a finished job's stream is its history and the end; who has it all gets 204") {
  fake_node node;
  const auto job = node.put_job(job_state::failed);
  const auto first = node.publish(event_kind::narration, job.id);
  const auto last = node.publish(event_kind::end, job.id, "failed", job_state::failed);
  const auto door = open_door(node);
  auto line = listen(door->url(), events_of(job));
  CHECK(line.next_event().id == first);
  const auto end = line.next_event();
  CHECK(end.id == last);
  CHECK(end.kind == "end");
  CHECK(end.data.find("\"state\":\"failed\"") != std::string::npos);
  CHECK(line.next_event().kind.empty());
  const auto after = [&](std::uint64_t id) {
    return headers{{"Last-Event-ID", std::to_string(id)}};
  };
  CHECK(ask(door->url(), "GET", events_of(job), after(last)).status == 204);
  auto rest = listen(door->url(), events_of(job), after(first));
  CHECK(rest.next_event().id == last);
}

TEST_CASE("a finished job whose history is gone still says its end") {
  fake_node node;
  const auto job = node.put_job(job_state::cancelled);
  const auto door = open_door(node);
  auto line = listen(door->url(), events_of(job));
  const auto end = line.next_event();
  CHECK(end.kind == "end");
  CHECK(end.data.find("\"state\":\"cancelled\"") != std::string::npos);
  CHECK(line.next_event().kind.empty());
}

TEST_CASE("reconnecting again and again while events happen loses none and repeats none") {
  fake_node node;
  const auto job = node.put_job(job_state::fetching);
  const auto other = node.put_job(job_state::fetching);
  const auto door = open_door(node);
  std::vector<std::uint64_t> published;
  std::thread publisher{[&] {
    for (int i = 0; i < 3000; ++i) {
      if (i % 3 == 0) node.publish(event_kind::narration, other.id);
      published.push_back(node.publish(event_kind::narration, job.id));
    }
    node.set_state(job.id, job_state::succeeded);
    published.push_back(node.publish(event_kind::end, job.id, "done", job_state::succeeded));
  }};
  std::vector<std::uint64_t> heard;
  bool ended = false;
  for (std::size_t round = 0; !ended; ++round) {
    const auto after = std::to_string(heard.empty() ? 0 : heard.back());
    wire line{door->url()};
    if (round % 2 == 0)
      line.request("GET", events_of(job), {{"Last-Event-ID", after}});
    else
      line.request("GET", events_of(job) + "?after=" + after);
    if (line.receive_head().status != 200) break;
    for (std::size_t i = 0; i < 7 + round * 13; ++i) {
      const auto one = line.next_event();
      if (one.kind.empty()) break;
      heard.push_back(one.id);
      ended = one.kind == "end";
      if (ended) break;
    }
  }
  publisher.join();
  CHECK(ended);
  CHECK(heard == published);
}

TEST_CASE("what happens while the history is on its way is told once, after it") {
  fake_node node;
  const auto job = node.put_job(job_state::fetching);
  std::vector<std::uint64_t> told{node.publish(event_kind::narration, job.id)};
  const auto door = open_door(node);
  node.hold_replays();
  auto line = listen(door->url(), events_of(job));
  for (int i = 0; i < 3; ++i) told.push_back(node.publish(event_kind::narration, job.id));
  node.let_go();
  for (int i = 0; i < 3; ++i) told.push_back(node.publish(event_kind::narration, job.id));
  CHECK(ids_until(line, told.back()) == told);
}

TEST_CASE("the node's stream begins now, or after a given event") {
  fake_node node;
  const auto job = node.put_job(job_state::fetching);
  const auto first = node.publish(event_kind::narration, job.id);
  const auto second = node.publish(event_kind::narration, job_id{});
  node.settle(); // or the door would hear them as news
  const auto door = open_door(node);
  auto live = listen(door->url(), "/v1/events");
  auto all = listen(door->url(), "/v1/events?after=0");
  auto rest = listen(door->url(), "/v1/events", {{"Last-Event-ID", std::to_string(first)}});
  const auto third = node.publish(event_kind::narration, job.id);
  CHECK(live.next_event().id == third);
  CHECK(ids_until(all, third) == std::vector{first, second, third});
  CHECK(ids_until(rest, third) == std::vector{second, third});
  auto foreign = listen(door->url(), "/v1/events?after=999999999");
  const auto fourth = node.publish(event_kind::narration, job.id);
  CHECK(ids_until(foreign, fourth) == std::vector{first, second, third, fourth});
}

TEST_CASE("an end waits for its job's record and keeps its place in the order") {
  fake_node node;
  const auto job = node.put_job(job_state::fetching);
  const auto other = node.put_job(job_state::fetching);
  const auto door = open_door(node);
  auto line = listen(door->url(), "/v1/events");
  node.set_state(job.id, job_state::succeeded);
  node.hold_jobs();
  const auto end = node.publish(event_kind::end, job.id, "done", job_state::succeeded);
  const auto next = node.publish(event_kind::narration, other.id);
  auto late = listen(door->url(), "/v1/events?after=0");
  node.let_go();
  const auto heard = line.next_event();
  CHECK(heard.id == end);
  CHECK(heard.data.find("\"created_at\"") != std::string::npos);
  CHECK(line.next_event().id == next);
  CHECK(ids_until(late, next) == std::vector{end, next});
}

TEST_CASE("bad resume points, unknown jobs and too many streams are refused") {
  fake_node node;
  const auto job = node.put_job(job_state::fetching);
  http::door_options options;
  options.max_event_streams = 2;
  const auto door = open_door(node, options);
  CHECK(ask(door->url(), "GET", "/v1/events?after=x").problem_code() == "bad_request");
  CHECK(ask(door->url(), "GET", "/v1/events", {{"Last-Event-ID", "-1"}}).status == 400);
  CHECK(ask(door->url(), "GET", "/v1/jobs/" + new_ulid() + "/events").status == 404);
  CHECK(ask(door->url(), "GET", "/v1/jobs/x/events").status == 404);
  wire head{door->url()};
  CHECK(head.ask("HEAD", "/v1/events").field("content-type") == "text/event-stream");
  auto first = listen(door->url(), "/v1/events");
  {
    auto second = listen(door->url(), events_of(job));
    CHECK(ask(door->url(), "GET", "/v1/events").problem_code() == "overloaded");
    CHECK(figure(door->url(), "hive_sse_subscribers") == 2);
  }
  wire third{door->url()};
  for (int tries = 0; tries < 1000; ++tries)
    if (figure(door->url(), "hive_sse_subscribers") == 1) break;
  CHECK(figure(door->url(), "hive_sse_subscribers") == 1);
}

TEST_CASE("a silent stream has comments") {
  fake_node node;
  http::door_options options;
  options.keep_alive = 40ms;
  const auto door = open_door(node, options);
  auto line = listen(door->url(), "/v1/events");
  CHECK(line.next_event().kind == ":");
  CHECK(line.next_event().kind == ":");
}

TEST_CASE("a slow client misses progress and nothing else") {
  fake_node node;
  const auto job = node.put_job(job_state::fetching);
  const auto door = open_door(node);
  auto slow = listen(door->url(), "/v1/events", {}, 4096);
  auto fast = listen(door->url(), "/v1/events");
  std::vector<std::uint64_t> told;
  std::uint64_t last = 0;
  std::vector<std::uint64_t> heard;
  for (int i = 0; i < 60; ++i) {
    for (int k = 0; k < 50; ++k) node.publish(event_kind::progress, job.id, std::string(400, 'p'));
    told.push_back(last = node.publish(event_kind::narration, job.id));
    const auto some = ids_until(fast, last);
    heard.insert(heard.end(), some.begin(), some.end());
  }
  CHECK(heard == told);
  CHECK(figure(door->url(), "hive_events_dropped_total") > 0);
  CHECK(figure(door->url(), "hive_sse_cut_total") == 0);
  CHECK(ids_until(slow, last) == told);
}

TEST_CASE("a client too slow even for what must be told is closed, others go on") {
  fake_node node;
  const auto job = node.put_job(job_state::fetching);
  const auto door = open_door(node);
  auto slow = listen(door->url(), "/v1/events", {}, 4096);
  auto fast = listen(door->url(), "/v1/events");
  std::size_t told = 0;
  std::size_t heard = 0;
  std::uint64_t last = 0;
  for (int i = 0; i < 60; ++i, told += 50) {
    for (int k = 0; k < 50; ++k)
      last = node.publish(event_kind::narration, job.id, std::string(400, 'n'));
    heard += ids_until(fast, last).size();
  }
  CHECK(heard == told);
  CHECK(figure(door->url(), "hive_sse_cut_total") == 1);
  CHECK(figure(door->url(), "hive_sse_subscribers") == 1);
  CHECK(ids_until(slow, last).size() < told);
}

TEST_CASE("a history longer than a client's queue arrives whole") {
  fake_node node;
  const auto job = node.put_job(job_state::succeeded);
  std::vector<std::uint64_t> told;
  for (int i = 0; i < 1500; ++i)
    told.push_back(node.publish(event_kind::narration, job.id, std::string(400, 'h')));
  told.push_back(node.publish(event_kind::end, job.id, "done", job_state::succeeded));
  const auto door = open_door(node);
  auto line = listen(door->url(), events_of(job), {}, 4096);
  CHECK(ids_until(line, told.back()) == told);
}

TEST_CASE("300 streams hear the same events") {
  fake_node node;
  const auto job = node.put_job(job_state::fetching);
  const auto door = open_door(node);
  std::vector<wire> lines;
  for (int i = 0; i < 300; ++i)
    lines.push_back(listen(door->url(), i % 2 == 0 ? "/v1/events" : events_of(job)));
  CHECK(figure(door->url(), "hive_sse_subscribers") == 300);
  std::vector<std::uint64_t> told;
  for (int i = 0; i < 20; ++i) told.push_back(node.publish(event_kind::narration, job.id));
  std::size_t whole = 0;
  for (auto& line : lines) whole += ids_until(line, told.back()) == told ? 1 : 0;
  CHECK(whole == lines.size());
}
