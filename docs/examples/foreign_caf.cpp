// A program of its own with actors of its own: gives a node of a hive a job, by the messages the
// node's own actors use, and follows it to its end. docs/clients.md says how it gets in.
//
//   foreign_caf HOME HOST:PORT REFERENCE
//
// HOME: a folder that `HIVE_HOME=HOME hive join TOKEN HOST:PORT` has made a member of the hive.
// HOST:PORT: the node's --peer-listen address. REFERENCE: as `hive pull` takes it.
#include "actors/client.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>

using namespace std::chrono_literals;
using namespace hive::actors;

namespace {

constexpr auto answer_limit = 10s;
constexpr auto look_every = 250ms;

/// Submits one job and prints what is told of it. `succeeded` is set before it ends.
class submitter {
 public:
  static constexpr const char* name = "submitter";

  submitter(caf::event_based_actor* self, open_rooms node, hive::job_request asked,
            std::shared_ptr<bool> succeeded)
    : self_(self), node_(std::move(node)), asked_(std::move(asked)),
      succeeded_(std::move(succeeded)) {}

  caf::behavior make_behavior() {
    // A link ends with the node, or with the network: then nobody answers any more.
    self_->monitor(node_.queue);
    self_->set_down_handler(
        [this](const caf::down_msg&) { give_up("the link with the node is over"); });
    self_->request(node_.queue, answer_limit, submit_job{asked_, {}})
        .then([this](const hive::job_record& job) { follow(job.id); },
              [this](const caf::error& why) { give_up(sentence(as_failure(why, "the queue"))); });
    return {[this](caf::tick_atom) { look(); }};
  }

 private:
  void follow(const hive::job_id& job) {
    job_ = job;
    look();
  }

  void look() {
    self_->request(node_.narrator, answer_limit, replay_events{job_, seen_})
        .then(
            [this](const event_list& news) { hear(news); },
            [this](const caf::error& why) { give_up(sentence(as_failure(why, "the narrator"))); });
  }

  void hear(const event_list& news) {
    for (const auto& event : news.events) {
      seen_ = event->seq;
      std::cout << log_line(event->what) << std::endl;
      if (event->kind != hive::event_kind::end) continue;
      *succeeded_ = event->state == hive::job_state::succeeded;
      return self_->quit();
    }
    self_->delayed_send(self_, look_every, caf::tick_atom_v);
  }

  void give_up(const std::string& why) {
    std::cerr << "foreign_caf: " << why << std::endl;
    self_->quit();
  }

  caf::event_based_actor* self_;
  open_rooms node_;
  hive::job_request asked_;
  std::shared_ptr<bool> succeeded_;
  hive::job_id job_;
  std::uint64_t seen_{0};
};

int run(const hive::store::home& home, const std::string& address, const std::string& reference) {
  hive::job_request asked;
  auto what = hive::parse_reference(reference);
  if (!what) {
    std::cerr << "foreign_caf: " << sentence(what.why()) << std::endl;
    return 2;
  }
  asked.what = std::move(*what);

  caf::actor_system_config config;
  prepare_client(config);
  caf::actor_system system{config};
  auto node = enter_node(system, home, address);
  if (!node) {
    std::cerr << "foreign_caf: " << sentence(node.why()) << std::endl;
    return 1;
  }
  const auto succeeded = std::make_shared<bool>(false);
  system.spawn<caf::stateful_actor<submitter>>(std::move(*node), std::move(asked), succeeded);
  system.await_all_actors_done();
  return *succeeded ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: foreign_caf HOME HOST:PORT REFERENCE\n";
    return 2;
  }
  return run(hive::store::home{argv[1]}, argv[2], argv[3]);
}
