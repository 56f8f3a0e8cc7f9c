#pragma once
/// A real node on a fresh home with an origin as its Hub; waits for events, never for time.

#include "actors/node.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/origin.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace hive::actors {

using namespace std::chrono_literals;

struct scratch_home {
  scratch_home() {
    std::string name = (std::filesystem::temp_directory_path() / "hive-actors-XXXXXX").string();
    if (::mkdtemp(name.data())) path = name;
  }
  ~scratch_home() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  scratch_home(const scratch_home&) = delete;
  scratch_home& operator=(const scratch_home&) = delete;
  std::filesystem::path path;
};

inline const std::string commit_of_tests(40, 'a');

/// A Hub with one repository per name, served by a real origin.
class tiny_hub {
 public:
  struct file {
    std::string path;
    std::uint64_t seed;
    std::uint64_t size;
  };

  testing::origin at;

  void add(const std::string& repo, const std::vector<file>& files) {
    std::string tree;
    for (const auto& f : files) {
      const auto sha256 = testing::pattern_sha256(f.seed, f.size);
      tree += (tree.empty() ? "" : ",") + std::string{R"({"type":"file","oid":")"} +
              std::string(40, '2') + R"(","size":)" + std::to_string(f.size) +
              R"(,"lfs":{"oid":")" + sha256 + R"(","size":)" + std::to_string(f.size) +
              R"(,"pointerSize":135},"path":")" + f.path + R"("})";
      at.serve(path_of(repo, f.path), testing::generated(f.seed, f.size));
    }
    json("/api/models/" + repo + "/revision/main",
         R"({"id":")" + repo + R"(","sha":")" + commit_of_tests + R"(","private":false})");
    json("/api/models/" + repo + "/tree/" + commit_of_tests, "[" + tree + "]");
  }

  void json(const std::string& path, std::string body, testing::manners how = {}) {
    how.headers.emplace_back("Content-Type", "application/json");
    at.serve(path, testing::text(std::move(body)), std::move(how));
  }

  static std::string path_of(const std::string& repo, const std::string& file) {
    return "/" + repo + "/resolve/" + commit_of_tests + "/" + file;
  }
};

/// Events of a node as they come.
class listener {
 public:
  void hear(event_ptr e) {
    const std::lock_guard hold{mutex_};
    events_.push_back(std::move(e));
    changed_.notify_all();
  }
  bool wait_for(const std::function<bool(const event&)>& wanted, std::chrono::seconds limit = 60s) {
    std::unique_lock hold{mutex_};
    return changed_.wait_for(hold, limit, [&] {
      for (const auto& e : events_)
        if (wanted(*e)) return true;
      return false;
    });
  }
  bool wait_for(const job_id& id, const std::string& action, std::chrono::seconds limit = 60s) {
    return wait_for([&](const event& e) { return e.what.job == id && e.what.action == action; },
                    limit);
  }
  std::vector<event_ptr> all() const {
    const std::lock_guard hold{mutex_};
    return events_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<event_ptr> events_;
};

/// What a question to the node comes to.
template <class T, class Question>
result<T> answer_of(Question question) {
  auto promise = std::make_shared<std::promise<result<T>>>();
  auto future = promise->get_future();
  question([promise](result<T> got) { promise->set_value(std::move(got)); });
  if (future.wait_for(60s) != std::future_status::ready)
    return fail(errc::no_answer, "the test waited a minute");
  return future.get();
}

class living_node {
 public:
  explicit living_node(const tiny_hub& hub, std::function<void(node_options&)> change = {}) {
    options_.home.root = home_->path;
    options_.name = "test";
    options_.engine.proxy = "-";
    options_.vendors.hub_endpoint = hub.at.url();
    options_.transfer.disk_reserve = 1 << 20;
    options_.transfer.retry = {.first = 10ms, .ceiling = 20ms, .tries = 2};
    options_.job_retry = {.first = 10ms, .ceiling = 20ms, .tries = 2};
    if (change) change(options_);
    start();
  }

  void start() {
    auto started = node::start(options_);
    if (!started) FAIL(sentence(started.why()));
    node_ = std::move(*started);
    node_->subscribe([ears = ears_](event_ptr e) { ears->hear(std::move(e)); });
  }
  void stop() { node_.reset(); }

  node& operator*() { return *node_; }
  node* operator->() { return node_.get(); }
  listener& heard() { return *ears_; }
  const std::filesystem::path& root() const { return home_->path; }

  static job_request pull(const std::string& ref) {
    job_request asked;
    asked.what = parse_reference(ref).value();
    return asked;
  }
  result<job_record> submit(job_request asked, std::string token = {}) {
    return answer_of<job_record>(
        [&](auto reply) { node_->submit(std::move(asked), std::move(token), std::move(reply)); });
  }
  result<job_record> submit(const std::string& ref) { return submit(pull(ref)); }
  result<job_record> cancel(const job_id& id, bool purge = false) {
    return answer_of<job_record>([&](auto reply) { node_->cancel(id, purge, std::move(reply)); });
  }
  result<job_record> job(const job_id& id) {
    return answer_of<job_record>([&](auto reply) { node_->job(id, std::move(reply)); });
  }
  result<node_status> status() {
    return answer_of<node_status>([&](auto reply) { node_->status(std::move(reply)); });
  }
  result<actor_page> actors(actor_query asked = {}) {
    return answer_of<actor_page>(
        [&](auto reply) { node_->actors(std::move(asked), {}, std::move(reply)); });
  }
  result<actor_detail> actor(std::uint64_t id) {
    return answer_of<actor_detail>([&](auto reply) { node_->actor(id, {}, std::move(reply)); });
  }
  /// The first of its class.
  std::uint64_t only(const std::string& name) {
    const auto all = actors({.limit = 1000});
    if (!all) FAIL(sentence(all.why()));
    for (const auto& one : all->actors)
      if (one.name == name) return one.id;
    FAIL("no " + name + " lives");
    return 0;
  }
  result<std::string> act(std::uint64_t id, actor_action what,
                          std::chrono::milliseconds lasting = {}) {
    return answer_of<std::string>(
        [&](auto reply) { node_->act(id, what, "a test", lasting, std::move(reply)); });
  }
  /// The record once the job has ended; empty when it did not in time.
  std::optional<job_record> ended(const job_id& id) {
    const bool over = ears_->wait_for(
        [&](const event& e) { return e.what.job == id && e.kind == event_kind::end; });
    if (!over) return std::nullopt;
    auto record = job(id);
    if (!record) return std::nullopt;
    return *record;
  }
  /// Names of what lies in partial/.
  std::vector<std::string> partials() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{options_.home.partials()})
      names.push_back(entry.path().filename().string());
    return names;
  }

 private:
  std::shared_ptr<scratch_home> home_{std::make_shared<scratch_home>()};
  std::shared_ptr<listener> ears_{std::make_shared<listener>()};
  node_options options_;
  std::unique_ptr<node> node_;
};

} // namespace hive::actors
