#include "apps/hive/context.hpp"
#include "apps/hive/full_screen.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/sight.hpp"
#include "apps/hive/terminal.hpp"
#include "apps/hive/top_view.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace hive::cli {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto round_length = 1s;
constexpr auto answer_limit = 10s;

/// What two answers of /v1/node tell together.
class node_reader {
 public:
  top_node read(json::node from, clock::time_point now) {
    top_node out;
    const auto count = [&](const char* name) { return from[name].natural().value_or(0); };
    out.name = from["name"].text();
    out.version = from["version"].text();
    out.health =
        from["health_reason"].is_null() ? from["health"].text() : from["health_reason"].text();
    out.uptime = count("uptime_s");
    out.transfers = count("transfers");
    out.lanes = count("lanes");
    for (const auto& [state, jobs] : from["jobs"].members())
      out.jobs[std::string{state}] = jobs.natural().value_or(0);
    const sample is{count("messages_handled"), count("bytes_received"), now};
    if (last_ && last_->messages <= is.messages && last_->when < now) {
      const std::chrono::duration<double> time = now - last_->when;
      out.message_rate = static_cast<double>(is.messages - last_->messages) / time.count();
      out.byte_rate =
          static_cast<double>(is.bytes - std::min(last_->bytes, is.bytes)) / time.count();
    }
    last_ = is;
    return out;
  }

 private:
  struct sample {
    std::uint64_t messages;
    std::uint64_t bytes;
    clock::time_point when;
  };
  std::optional<sample> last_;
};

/// Asks once a second, draws what came, and does what keys say. Main thread.
class top {
 public:
  explicit top(lodging& place) : place_{place}, loop_{place.node().loop()} {}

  int run() {
    auto opened = full_screen::open(
        loop_, [this](top_press what) { hear(what); }, [this] { draw(); });
    if (!opened) return complain(opened.why());
    screen_ = std::move(*opened);
    draw();
    for (auto next = clock::now();;) {
      const auto how = loop_.wait([this] { return quits_; }, next);
      if (how == woken::interrupted) return info(errc::cancelled).exit_code;
      if (how == woken::done) return 0;
      next = clock::now() + round_length;
      // One round at a time: a node that is slow is not asked again meanwhile.
      if (!open_) ask();
    }
  }

 private:
  void ask() {
    if (!data_.trouble.empty() && place_.moved()) order_ = {};
    open_ = true;
    question_ =
        place_.node().begin("GET", "/v1/node", {}, answer_limit, [this](result<answer> got) {
          if (!got) return lose(got.why());
          data_.node = reader_.read(got->body.root(), clock::now());
          ask_actors();
        });
  }

  void ask_actors() {
    const auto whom = view_.looked_at;
    auto wish = wish_of(view_);
    // The first answer would wait until so much has been watched.
    if (!std::exchange(watched_, true)) wish.window.clear();
    const auto path = whom == 0 ? path_of(wish) : "/v1/actors/" + std::to_string(whom);
    next_ = place_.node().begin("GET", path, {}, answer_limit, [this, whom](result<answer> got) {
      if (!got && whom != 0 && got.why().code == errc::not_found) return look_away(whom);
      if (!got) return lose(got.why());
      take(whom, got->body.root());
    });
  }

  void take(std::uint64_t whom, json::node root) {
    open_ = false;
    data_.trouble.clear();
    lost_since_.reset();
    if (whom != 0 && whom == view_.looked_at) data_.detail = actor_lines(root);
    if (whom == 0) {
      data_.alive = root["alive"].natural().value_or(0);
      data_.actors.clear();
      for (const auto& one : root["actors"].elements()) data_.actors.push_back(read_actor(one));
    }
    draw();
  }

  /// The actor that was looked at has gone.
  void look_away(std::uint64_t whom) {
    open_ = false;
    if (view_.looked_at == whom) {
      press(view_, {top_key::escape}, data_, screen_->size());
      view_.note = "actor " + std::to_string(whom) + " has gone";
    }
    draw();
  }

  void lose(const failure& why) {
    open_ = false;
    watched_ = false;
    if (!lost_since_) lost_since_ = clock::now();
    const auto since = std::chrono::round<std::chrono::seconds>(clock::now() - *lost_since_);
    data_.trouble = why.detail + " (for " + std::to_string(since.count()) + " s); asking again";
    draw();
  }

  void hear(top_press what) {
    const auto looked_at = view_.looked_at;
    const auto order = press(view_, what, data_, screen_->size());
    if (view_.looked_at != looked_at) data_.detail.clear();
    quits_ = quits_ || order.quit;
    if (!order.action.empty()) act(order);
    draw();
  }

  void act(const top_order& order) {
    view_.note = order.action + " of actor " + std::to_string(order.actor) + " is asked for";
    order_ = place_.node().begin(
        "POST", "/v1/actors/" + std::to_string(order.actor) + "/" + order.action, {}, answer_limit,
        [this](result<answer> got) {
          view_.note = got ? got->body.root()["human"].text() : sentence(got.why());
          draw();
        });
  }

  void draw() {
    if (screen_) screen_->draw(paint(data_, view_, screen_->size()));
  }

  lodging& place_;
  main_loop& loop_;
  top_data data_;
  top_view view_;
  node_reader reader_;
  std::optional<clock::time_point> lost_since_;
  bool open_{false}; ///< a round
  bool watched_{false};
  bool quits_{false};
  std::unique_ptr<full_screen> screen_;
  client::pending question_;
  client::pending next_;
  client::pending order_;
};

struct snapshot_wish {
  std::string filter;
  std::string by{"time"};
  std::size_t limit{100};
};

int snapshot(client& node, const snapshot_wish& wish) {
  actor_wish asked;
  read_filter(wish.filter, asked);
  asked.by = wish.by;
  asked.limit = wish.limit;
  const auto got = node.get(path_of(asked));
  if (!got) return complain(got.why());
  say(got->text);
  return 0;
}

} // namespace

void add_top(CLI::App& app, context& at) {
  auto* command = app.add_subcommand("top", "watch the actors of the node on the whole terminal");
  auto wish = std::make_shared<snapshot_wish>();
  command->add_option("--by", wish->by, "with --json: id, queue, age, rate, time or growth (time)");
  command->add_option("--limit", wish->limit, "with --json: so many at most (100)")
      ->check(CLI::Range(1, 1000));
  command->add_option("--filter", wish->filter,
                      "with --json: part of a name, state:WORD, job:ID, under:ID");
  command->callback([&at, wish] {
    at.run = [wish](context& with) {
      auto place = lodging::find(with, wanted_node::running);
      if (!place) return complain(place.why());
      return with.json ? snapshot((*place)->node(), *wish) : top{**place}.run();
    };
  });
}

} // namespace hive::cli
