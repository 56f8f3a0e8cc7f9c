#include "apps/hive/artifacts.hpp"
#include "apps/hive/context.hpp"
#include "apps/hive/house.hpp"
#include "apps/hive/sample.hpp"
#include "apps/hive/terminal.hpp"
#include "apps/hive/watch.hpp"
#include "core/base/units.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <filesystem>
#include <memory>
#include <numeric>

#include <stdlib.h>

namespace hive::cli {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr const char* model = "hf:demo/tiny-llm";
constexpr std::uint64_t pace_of_demo = 40'000'000; ///< bytes a second: slow enough to be seen
constexpr auto patience = 60s;                     ///< for one step

/// A folder that goes with its owner.
class temporary {
 public:
  static result<temporary> make() {
    std::error_code error;
    auto name = (fs::temp_directory_path(error) / "hive-demo-XXXXXX").string();
    if (error || ::mkdtemp(name.data()) == nullptr)
      return fail(errc::home_unwritable, "cannot make a folder " + name,
                  "set TMPDIR to a folder with 1 GB of room");
    return temporary{name};
  }
  temporary(temporary&& other) noexcept : root_{std::exchange(other.root_, {})} {}
  temporary& operator=(temporary&&) = delete;
  ~temporary() {
    std::error_code error;
    if (!root_.empty()) fs::remove_all(root_, error);
  }
  const fs::path& root() const noexcept { return root_; }

 private:
  explicit temporary(fs::path root) : root_{std::move(root)} {}
  fs::path root_;
};

/// A step that did not come true.
failure broken(const std::string& claim) {
  return fail(errc::actor_failed, "the demo's claim does not hold: " + claim, "please report this");
}

result<std::unique_ptr<house>> open_house(const fs::path& home, const std::string& name,
                                          const std::string& hub) {
  loaded_config settings;
  auto& values = settings.values;
  values.home = home;
  values.name = name;
  values.proxy = "-";
  if (!hub.empty()) values.hub_endpoint = hub;
  HIVE_CHECK(store::prepare(store::home{home}));
  return house::open(node_options_of(settings), "127.0.0.1:0", {});
}

/// Everything the demo owns while it plays.
class stage {
 public:
  stage(context& at, const fs::path& root) : at_{at}, root_{root} {}

  outcome play() {
    HIVE_CHECK(set_up());
    HIVE_CHECK(import());
    HIVE_CHECK(pull_and_cancel());
    HIVE_CHECK(resume());
    return verify();
  }

  outcome stay() {
    say("\nBoth nodes stay until Ctrl-C:");
    say("  the node with the model  " + machine_->url());
    say("  the node it came from    " + vendor_->url());
    say("  try: hive --node " + machine_->url() + " ls");
    at_.loop.wait([] { return false; });
    return {};
  }

 private:
  outcome set_up() {
    say("1. A sample model is made, and a node that serves it the way Hugging Face's Hub would.");
    HIVE_TRY(files_, write_sample(root_ / "sample"));
    total_ = std::accumulate(files_.begin(), files_.end(), std::uint64_t{0},
                             [](std::uint64_t sum, const auto& f) { return sum + f.size; });
    net::engine_options direct;
    direct.proxy = "-";
    HIVE_TRY(engine_, net::engine::start(std::move(direct)));
    HIVE_TRY(vendor_, open_house(root_ / "vendor", "demo-vendor", {}));
    HIVE_TRY(machine_, open_house(root_ / "machine", "demo-machine", vendor_->url()));
    vendor_client_ = std::make_unique<client>(at_.loop, *engine_, vendor_->url(), std::string{});
    machine_client_ = std::make_unique<client>(at_.loop, *engine_, machine_->url(), std::string{});
    return {};
  }

  result<answer> submit(client& node, const std::string& kind, const std::string& ref) {
    json::object body;
    body["kind"] = kind;
    body["ref"] = ref;
    if (kind == "import") body["as"] = std::string{model} + "@main";
    if (kind == "pull") body["max_rate"] = pace_of_demo;
    return node.call("POST", "/v1/jobs", json::text(body));
  }

  outcome wait_for(watch& jobs, const std::function<bool()>& enough) {
    const auto how = jobs.run(enough, std::chrono::steady_clock::now() + patience);
    jobs.clear();
    if (how == woken::interrupted)
      return fail(errc::cancelled, "interrupted", "the demo leaves nothing behind");
    if (how == woken::too_late) return broken("every step ends within a minute");
    const auto& job = jobs.jobs().front();
    if (job.state == "failed") return job.error.value_or(broken("the job succeeds"));
    return {};
  }

  show_as manner() const { return on_terminal() ? show_as::bars : show_as::lines; }

  outcome import() {
    HIVE_TRY(const auto job,
             submit(*vendor_client_, "import", "file:" + (root_ / "sample").string()));
    watch jobs{*vendor_client_, show_as::nothing};
    jobs.add(job.body.root());
    HIVE_CHECK(wait_for(jobs, [&] { return jobs.all_ended(); }));
    std::error_code error;
    fs::remove_all(root_ / "sample", error);
    say("   " + std::string{model} + ", " + std::to_string(files_.size()) + " files, " +
        format_bytes(total_) + ", at " + vendor_->url());
    return {};
  }

  outcome pull_and_cancel() {
    say("2. Another node pulls it over HTTP (held at " + format_bytes(pace_of_demo) +
        "/s, so that it can be watched); a third of the way it is cancelled.");
    HIVE_TRY(const auto job, submit(*machine_client_, "pull", model));
    watch jobs{*machine_client_, manner()};
    jobs.add(job.body.root());
    const auto third = [&] { return jobs.jobs().front().bytes.received >= total_ / 3; };
    HIVE_CHECK(wait_for(jobs, [&] { return third() || jobs.all_ended(); }));
    HIVE_CHECK(jobs.cancel_all(false));
    HIVE_CHECK(wait_for(jobs, [&] { return jobs.all_ended(); }));
    if (jobs.jobs().front().state != "cancelled")
      return broken("the job is cancelled in the middle");
    HIVE_TRY(fetched_first_, bytes_fetched());
    say("   cancelled; " + format_bytes(fetched_first_) + " of " + format_bytes(total_) +
        " had come");
    return {};
  }

  outcome resume() {
    say("3. The same pull again goes on from there.");
    HIVE_TRY(const auto job, submit(*machine_client_, "pull", model));
    watch jobs{*machine_client_, manner()};
    jobs.add(job.body.root());
    HIVE_CHECK(wait_for(jobs, [&] { return jobs.all_ended(); }));
    artifact_ = jobs.jobs().front().artifact;
    HIVE_TRY(const auto all, bytes_fetched());
    const auto rest = all - fetched_first_;
    const auto kept = jobs.jobs().front().here;
    say("   " + format_bytes(kept) + " were kept, " + format_bytes(rest) + " were fetched now");
    // A hundredth for what the network may ask for twice.
    if (kept == 0 || rest > total_ - kept + total_ / 100)
      return broken("only what was missing is fetched");
    return {};
  }

  outcome verify() {
    say("4. Every file is read back and compared with what was made.");
    HIVE_TRY(const auto a, artifact_by_id(*machine_client_, artifact_));
    for (const auto& file : files_) {
      HIVE_TRY(const auto where, path_of_file(a, file.path));
      HIVE_TRY(const auto sum, sha256_of_file(where));
      if (sum != file.sha256) return broken(file.path + " is what was made");
      say("   ok  sha256 " + sum.substr(0, 16) + "…  " + file.path);
    }
    say("   the files are in " + a.path);
    return {};
  }

  /// What the node has received for files since its start.
  result<std::uint64_t> bytes_fetched() {
    constexpr std::string_view name = "\nhive_bytes_received_total ";
    HIVE_TRY(const auto got, machine_client_->get("/metrics"));
    const auto at = got.text.find(name);
    std::uint64_t value = 0;
    if (at != std::string::npos) {
      const auto* begin = got.text.data() + at + name.size();
      std::from_chars(begin, got.text.data() + got.text.size(), value);
    }
    return value;
  }

  context& at_;
  fs::path root_;
  std::vector<sample_file> files_;
  std::uint64_t total_{0};
  std::uint64_t fetched_first_{0}; ///< until the cancel
  std::string artifact_;
  std::unique_ptr<net::engine> engine_;
  std::unique_ptr<house> vendor_;
  std::unique_ptr<house> machine_;
  std::unique_ptr<client> vendor_client_;
  std::unique_ptr<client> machine_client_;
};

int demo(context& at, bool stay) {
  auto room = temporary::make();
  if (!room) return complain(room.why());
  const auto began = std::chrono::steady_clock::now();
  stage on{at, room->root()};
  if (const auto played = on.play(); !played) {
    const int code = complain(played.why());
    return code == info(errc::cancelled).exit_code ? code : 1;
  }
  const auto took =
      std::chrono::round<std::chrono::seconds>(std::chrono::steady_clock::now() - began);
  say("Done in " + format_duration(took) +
      (stay
           ? "."
           : "; the nodes stop and their folders are removed ('hive demo --stay' keeps them up)."));
  if (stay) {
    const auto ended = on.stay();
    if (!ended) return complain(ended.why());
  }
  return 0;
}

} // namespace

void add_demo(CLI::App& app, context& at) {
  auto* command =
      app.add_subcommand("demo", "see it work: pull, cancel, resume and verify a sample model");
  auto stay = std::make_shared<bool>(false);
  command->add_flag("--stay", *stay, "keep the two nodes up until Ctrl-C");
  command->callback([&at, stay] { at.run = [stay](context& with) { return demo(with, *stay); }; });
}

} // namespace hive::cli
