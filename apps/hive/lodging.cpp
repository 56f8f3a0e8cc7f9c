#include "apps/hive/lodging.hpp"

#include "apps/hive/finding.hpp"
#include "apps/hive/sight.hpp"
#include "apps/hive/terminal.hpp"
#include "core/base/units.hpp"
#include "core/job/course.hpp"

#include <algorithm>
#include <utility>

namespace hive::cli {
namespace {

using namespace std::chrono_literals;

bool goes_elsewhere(const std::string& named) {
  const auto where = net::origin_of(named);
  return !named.empty() && where && !net::is_loopback(*where);
}

bool is_moving(const std::string& state) {
  const auto known = job_state_from_name(state);
  return known && !is_terminal(*known) && *known != job_state::paused;
}

} // namespace

result<std::unique_ptr<lodging>> lodging::find(context& at, wanted_node what) {
  const auto& values = at.config_values();
  std::unique_ptr<lodging> out{new lodging{at}};
  auto options = engine_options_of(values);
  // A proxy is for the way out; a node of this machine is asked directly.
  if (!goes_elsewhere(values.node)) options.proxy = "-";
  HIVE_TRY(out->engine_, net::engine::start(std::move(options)));
  node_clues clues;
  clues.named = values.node;
  clues.holder = store::holder_url(store::home{values.home});
  clues.home_given = at.origin_of("home") != setting_origin::built_in;
  clues.may_embed = what == wanted_node::any;
  for (const auto patience = std::chrono::steady_clock::now() + 5s;;) {
    HIVE_TRY(const bool found, out->step(choose_node(clues), clues));
    if (found) return out;
    if (!clues.locked) continue;
    // Someone holds the home and has not said yet where it answers.
    if (std::chrono::steady_clock::now() > patience) return *clues.locked;
    if (at.loop.wait([] { return false; }, std::chrono::steady_clock::now() + 50ms) ==
        woken::interrupted)
      return fail(errc::cancelled, "interrupted", "run the command again");
    clues.holder = store::holder_url(store::home{values.home});
    clues.locked.reset();
  }
}

/// True when there is a node to talk to; false when `clues` know more than before.
result<bool> lodging::step(node_choice choice, node_clues& clues) {
  const auto& values = at_.config_values();
  const store::home home{values.home};
  const auto use = [&](std::string url, std::string token) {
    client_ = std::make_unique<client>(at_.loop, *engine_, std::move(url), token);
    return true;
  };
  switch (choice) {
  case node_choice::named: return use(clues.named, values.api_token);
  case node_choice::holder: {
    auto token = values.api_token;
    if (const auto own = home_token(home, false); token.empty() && own) token = *own;
    return use(clues.holder, token);
  }
  case node_choice::ask_default: {
    client maybe{at_.loop, *engine_, local_url(values.listen), values.api_token};
    const auto got = maybe.call("GET", "/v1/node", {}, 1s);
    if (!got && got.why().code == errc::cancelled) return got.why();
    clues.default_answers = got ? got->body.root()["version"].string().has_value()
                                : got.why().code == errc::unauthorized;
    return false;
  }
  case node_choice::default_place: return use(local_url(values.listen), values.api_token);
  case node_choice::embed: {
    since_ = format_time(wall_now());
    auto opened = house::open(node_options_of(at_.settings), "127.0.0.1:0", {});
    if (opened) own_ = std::move(*opened);
    if (opened) return use(own_->url(), {});
    if (opened.why().code != errc::home_locked) return std::move(opened).why();
    clues.locked = std::move(opened).why();
    return false;
  }
  case node_choice::none: break;
  }
  return fail(errc::no_node, "no node is running for " + values.home.string());
}

bool lodging::moved() {
  const auto& values = at_.config_values();
  const store::home home{values.home};
  const auto url = store::holder_url(home);
  if (!values.node.empty() || url.empty() || url == client_->url()) return false;
  auto token = values.api_token;
  if (const auto own = home_token(home, false); token.empty() && own) token = *own;
  client_ = std::make_unique<client>(at_.loop, *engine_, url, token);
  return true;
}

/// A job that somebody else gave the own node and that is still moving; empty when there is none.
std::string lodging::guest() {
  std::string found;
  const auto listed = client_->each("/v1/jobs", "jobs", [&](json::node job) {
    if (job["created_at"].text() < since_) return false;
    const auto id = job["id"].text();
    if (std::ranges::find(mine_, id) == mine_.end() && is_moving(job["state"].text())) found = id;
    return found.empty();
  });
  return listed ? found : std::string{};
}

bool lodging::see_guests_off() {
  if (!own_) return true;
  for (bool told = false;;) {
    const auto who = guest();
    // Its command still asks where the files are.
    if (who.empty())
      return !told || at_.loop.wait([] { return false; }, std::chrono::steady_clock::now() + 1s) !=
                          woken::interrupted;
    if (!std::exchange(told, true))
      complain("hive: staying until the job " + who +
               " of another command has ended; Ctrl-C stops it, and what has arrived is kept");
    if (at_.loop.wait([] { return false; }, std::chrono::steady_clock::now() + 300ms) ==
        woken::interrupted)
      return false;
  }
}

} // namespace hive::cli
