#include "actors/node.hpp"

#include "actors/elsewhere.hpp"
#include "actors/gateway.hpp"
#include "actors/inspect.hpp"
#include "actors/links.hpp"
#include "actors/newest.hpp"
#include "actors/peer_bytes.hpp"
#include "actors/preview.hpp"
#include "actors/promised_reply.hpp"
#include "actors/spelling.hpp"
#include "actors/supervisor.hpp"
#include "actors/ticker.hpp"
#include "actors/watchdog.hpp"
#include "core/base/version.hpp"
#include "core/build/workplace.hpp"
#include "core/job/log.hpp"
#include "core/link/client_call.hpp"
#include "core/link/member_file.hpp"
#include "core/link/wish_file.hpp"
#include "core/machine/sensors.hpp"
#include "core/trust/hive_folder.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>

namespace hive::actors {
namespace {

constexpr std::chrono::seconds answer_limit{10};
constexpr std::chrono::seconds held_up_limit{5}; ///< for one thing a shared thread does
constexpr std::chrono::seconds count_limit{2};   ///< then what was counted last is shown
constexpr std::chrono::seconds check_limit{20};
constexpr std::chrono::minutes removal_limit{5}; ///< large views take a while
constexpr std::chrono::minutes clearing_limit{60};
constexpr std::chrono::seconds stop_limit{5};

template <class Handle>
constexpr const char* called() {
  if constexpr (std::is_same_v<Handle, queue_actor>)
    return "the queue";
  else if constexpr (std::is_same_v<Handle, catalog_actor>)
    return "the catalog";
  else if constexpr (std::is_same_v<Handle, narrator_actor>)
    return "the narrator";
  else if constexpr (std::is_same_v<Handle, inspector_actor>)
    return "the inspector";
  else if constexpr (std::is_same_v<Handle, cluster_actor>)
    return "the cluster";
  else {
    static_assert(std::is_same_v<Handle, limits_actor>);
    return "the actor of limits";
  }
}

/// What `status` last heard, of the gateway's thread alone.
struct last_counts {
  job_counts jobs;
  catalog_counts catalog;
  pulse_taken pulse;
  member_counts members;
};

} // namespace

struct node::impl {
  node_options options;
  store::recovery_report recovered;
  std::vector<view_wish> usual_views;
  node_id id;
  wall_time started{wall_now()};
  std::chrono::steady_clock::time_point began{std::chrono::steady_clock::now()};
  std::optional<store::home_lock> lock;
  std::uint64_t boot{0}; ///< how often the home was taken
  std::shared_ptr<std::atomic<std::uint64_t>> last_seq{
      std::make_shared<std::atomic<std::uint64_t>>(0)};
  std::shared_ptr<limit_board> limits{std::make_shared<limit_board>()};
  std::shared_ptr<hive::limits::divided_rate> uploads{
      std::make_shared<hive::limits::divided_rate>([board = limits] {
        return (*board)[static_cast<std::size_t>(hive::limits::limit::upload_rate)].load();
      })};
  std::shared_ptr<store::use_board> uses{std::make_shared<store::use_board>()};
  std::shared_ptr<std::atomic<std::uint64_t>> restarts{
      std::make_shared<std::atomic<std::uint64_t>>(0)};

  // Destroyed from below: actors are gone before the service, the service before the engine.
  std::unique_ptr<net::engine> engine;
  std::unique_ptr<transfer::service> service;
  std::shared_ptr<peer_bytes> pieces; ///< null: the home belongs to no hive
  std::shared_ptr<std::atomic<std::uint64_t>> bad_pieces{
      std::make_shared<std::atomic<std::uint64_t>>(0)};
  system_config config;
  std::optional<ticker> clock; ///< of the population
  std::optional<caf::actor_system> system;
  std::shared_ptr<real_links> links; ///< null: in no hive
  std::mutex asking; ///< guards `gateway` against those who ask while the node stops
  gateway_actor gateway;
  supervisor_actor supervisor;
  std::once_flag stopped;
  std::shared_ptr<last_counts> counted{std::make_shared<last_counts>()};

  outcome take_home();
  outcome enter_hive();
  cluster_deps cluster_parts() const;
  outcome join_swarm();
  void start_actors();
  void stop();
  supervisor_deps parts();

  template <class Message>
  void to_gateway(Message m) {
    const std::lock_guard hold{asking};
    if (gateway) post(gateway, std::move(m));
  }

  template <class T, class Handle, class Message>
  void put(Handle house::*whom, Message m, reply_to<T> call,
           std::chrono::milliseconds limit = answer_limit) {
    auto reply = promise(std::move(call));
    to_gateway(question{
        [whom, limit, m = std::move(m), reply](gateway_actor::pointer self, const house& now) {
          ask(self, now.*whom, limit, m)
              .then([reply](T& got) { reply->give(std::move(got)); },
                    [reply, limit](const caf::error& why) {
                      reply->give(unanswered<Message>(why, called<Handle>(), limit));
                    });
        }});
  }

  /// Like `put`, for an answer that is wrapped in a message of its own.
  template <class T, class Reply, class Handle, class Message>
  void put_for(T Reply::*part, Handle house::*whom, Message m, reply_to<T> call) {
    put<Reply>(whom, std::move(m), [part, call = std::move(call)](result<Reply> got) {
      if (got)
        call(std::move((*got).*part));
      else
        call(std::move(got).why());
    });
  }

  /// To the catalog, once enough of the hive is in reach.
  template <class T, class Message>
  void put_destructive(Message m, bool force, reply_to<T> call, std::chrono::milliseconds limit) {
    auto put = [m = std::move(m), force, limit,
                reply = promise(std::move(call))](gateway_actor::pointer self, const house& now) {
      const auto go = [self, m, limit, reply, catalog = now.catalog] {
        ask(self, catalog, limit, m)
            .then([reply](T& got) { reply->give(std::move(got)); },
                  [reply, limit](const caf::error& why) {
                    reply->give(unanswered<Message>(why, "the catalog", limit));
                  });
      };
      if (force) return go();
      ask(self, now.cluster, answer_limit, confirm_majority{})
          .then(go,
                [reply](const caf::error& why) { reply->give(as_failure(why, "the cluster")); });
    };
    to_gateway(question{std::move(put)});
  }

  /// About a job of this node, or of another in reach.
  template <class Message>
  void put_anywhere(Message what, reply_to<job_record> call) {
    auto put = [what = std::move(what),
                reply = promise(std::move(call))](gateway_actor::pointer self, const house& now) {
      ask_about_job(self, now, what, reply);
    };
    to_gateway(question{std::move(put)});
  }

  node_status status_of() const;
};

outcome node::impl::take_home() {
  const auto& where = options.home;
  HIVE_CHECK(store::prepare(where));
  HIVE_TRY(lock, store::home_lock::acquire(where));
  build::sweep(where);
  HIVE_TRY(const auto db, store::database::open(where.database()));
  HIVE_TRY(recovered, store::recover(where, *db));
  HIVE_TRY(id, store::identity(where));
  HIVE_TRY(boot, db->next_boot());
  last_seq->store(boot << 32U);
  return {};
}

outcome node::impl::enter_hive() {
  if (!trust::hive_folder::is_there(options.home)) return {};
  HIVE_TRY(links, real_links::open(options.home, id));
  return {};
}

cluster_deps node::impl::cluster_parts() const {
  cluster_deps out;
  out.self = id;
  out.name = options.name;
  out.labels = options.labels;
  out.seeds = options.peers;
  out.seed = mixed(boot ^ static_cast<std::uint64_t>(started.time_since_epoch().count()));
  // Greater than in any life before, however often that one had to contradict.
  out.incarnation->store(boot << 16U);
  if (!links) return out;
  out.links_of = links;
  out.known = link::last_members(options.home);
  *out.wishes = link::last_wishes(options.home);
  const auto hive = trust::hive_folder::open(options.home);
  out.founds = hive && hive->issues();
  if (!hive) return out;
  for (const auto& address : hive->members())
    if (std::ranges::find(out.seeds, address) == out.seeds.end()) out.seeds.push_back(address);
  return out;
}

supervisor_deps node::impl::parts() {
  const auto& home = options.home;
  supervisor_deps made;
  made.gateway = gateway;
  made.ledger.database = home.database();
  made.ledger.finished_for = options.history;
  made.narrator.last_seq = last_seq;
  made.catalog = {home, options.transfer.disk_reserve, options.store_budget, uses, options.tools};
  made.desk = {{}, engine.get(), service.get(), options.vendors.adopt, options.vendors.builds};
  for (auto& vendor : vendors::all_vendors(options.vendors))
    made.desk.vendors.push_back(std::move(vendor));
  made.shelf.home = home;
  made.shelf.service = service.get();
  made.swarm.home = home;
  made.swarm.bad_pieces = bad_pieces;
  if (pieces) pieces->equip(made.swarm);
  made.limits.settings = options.limits;
  made.limits.board = limits;
  made.limits.hold_download = [to = service.get()](const std::string& bucket, std::uint64_t rate) {
    to->limit(bucket, rate);
  };
  made.limits.hold_lanes = [to = service.get()](std::size_t most) { to->limit_lanes(most); };
  made.queue.home = home;
  made.queue.disk_reserve = options.transfer.disk_reserve;
  made.queue.held_up = [to = service.get()] { return to->held_up(held_up_limit); };
  made.queue.retry = options.job_retry;
  made.pulse.disk_reserve = options.transfer.disk_reserve;
  made.pulse.restarts = restarts;
  made.pulse.held_up = made.queue.held_up;
  made.pulse.read = [root = home.root] { return machine::take_reading(root); };
  made.pulse.survey = [round = std::make_shared<machine::device_survey>()] {
    return round->step();
  };
  made.sentry.how = options.with_actors;
  made.cluster = cluster_parts();
  made.restarts = restarts;
  made.on_give_up = options.on_give_up;
  return made;
}

outcome node::impl::join_swarm() {
  if (!trust::hive_folder::is_there(options.home)) return {};
  HIVE_TRY(pieces, peer_bytes::open(options.home, uploads));
  return {};
}

void node::impl::start_actors() {
  know_types();
  config.set("caf.scheduler.policy", "sharing");
  config.set("caf.scheduler.max-threads", 4);
  config.faults = options.fault_injection;
  clock.emplace(tick_length, [people = config.people] { people->advance_tick(); });
  if (links) prepare_wires(config);
  system.emplace(config);
  if (links) links->attach(*system);
  gateway = spawn_gateway(*system, {});
  supervisor = spawn_supervisor(*system, parts());
}

/// Actors first, then what they use; handles go before the system, or it would wait for ever.
void node::impl::stop() {
  watchdog guard{stop_limit, [people = config.people] {
                   std::string who;
                   for (const auto& one : people->list())
                     who += " " + one.name + "#" + std::to_string(one.id);
                   return "the node did not stop in time; still alive:" + who;
                 }};
  if (system) {
    const auto down = std::make_shared<std::promise<void>>();
    supervisor->attach_functor([down] { down->set_value(); });
    order_stop(supervisor, stop_reason::node_stopping);
    down->get_future().wait();
    supervisor = nullptr;
    {
      const std::lock_guard hold{asking};
      gateway = nullptr;
    }
    system->await_all_actors_done();
    if (links) links->close(); // who had been told of a link still gave it to CAF
  }
  pieces.reset();
  service.reset();
  engine.reset();
  system.reset();
  lock.reset();
}

node_status node::impl::status_of() const {
  const auto& [jobs, catalog, pulse, members] = *counted;
  node_status now;
  now.id = id;
  now.name = options.name;
  now.version = version();
  now.started = started;
  now.uptime =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began);
  now.home = options.home.root.string();
  now.machine = pulse.now;
  now.devices = pulse.devices;
  now.ailments = pulse.ailments;
  // The pulse may be among them.
  using machine::ailment;
  std::erase_if(now.ailments, [](const auto& one) { return one.what == ailment::actor_silent; });
  for (auto& silent : config.people->silent(std::chrono::steady_clock::now()))
    now.ailments.push_back({ailment::actor_silent, std::move(silent)});
  now.disk_promised = catalog.disk_promised;
  now.jobs_by_state = jobs.by_state;
  now.artifacts = catalog.artifacts;
  now.artifact_bytes = catalog.bytes;
  now.engine = engine->counts();
  now.transfer = service->counts();
  now.peer_bytes_out = pieces ? pieces->counts().bytes : 0;
  now.bad_pieces = *bad_pieces;
  for (std::size_t i = 0; i < now.limits.size(); ++i) now.limits[i] = (*limits)[i];
  now.events = last_seq->load();
  now.actors = config.people->size();
  now.restarts = restarts->load();
  now.crashes = config.people->crash_counts();
  now.classes = config.people->totals();
  now.members = members;
  return now;
}

node::node() : impl_(std::make_unique<impl>()) {}

result<std::unique_ptr<node>> node::start(node_options options) {
  std::unique_ptr<node> made{new node};
  auto& in = *made->impl_;
  in.options = std::move(options);
  auto views = parse_views(in.options.views);
  if (!views) return fail(errc::bad_config, "views: " + views.why().detail, views.why().hint);
  in.usual_views = std::move(*views);
  HIVE_CHECK(in.take_home());
  HIVE_CHECK(in.enter_hive());
  HIVE_TRY(in.engine, net::engine::start(in.options.engine));
  in.service =
      std::make_unique<transfer::service>(*in.engine, in.options.home, in.options.transfer);
  HIVE_CHECK(in.join_swarm());
  in.start_actors();
  return made;
}

node::~node() {
  stop();
}

void node::stop() {
  std::call_once(impl_->stopped, [this] { impl_->stop(); });
}

const store::home& node::home() const noexcept {
  return impl_->options.home;
}
const store::recovery_report& node::recovered() const noexcept {
  return impl_->recovered;
}

outcome node::announce(const std::string& url) {
  if (!impl_->lock) return fail(errc::shutting_down, "the node has stopped");
  return impl_->lock->announce(url);
}

void node::submit(job_request asked, std::string token, reply_to<job_record> reply) {
  if (!asked.views && asked.kind != job_kind::verify) asked.views = impl_->usual_views;
  impl_->put<job_record>(&house::queue, submit_job{std::move(asked), std::move(token)},
                         std::move(reply));
}

void node::submit_on(std::string on, job_request asked, std::string token,
                     reply_to<placed_jobs> call) {
  submit_job what{std::move(asked), std::move(token)};
  auto put = [what = std::move(what), on = std::move(on), own = impl_->id,
              reply = promise(std::move(call))](gateway_actor::pointer self, const house& now) {
    actors::submit_on(self, now, what, on, own, reply);
  };
  impl_->to_gateway(question{std::move(put)});
}

void node::cancel(job_id id, bool purge, reply_to<job_record> reply) {
  impl_->put_anywhere(cancel_job{std::move(id), purge}, std::move(reply));
}

void node::cancel_all(bool purge, reply_to<std::uint64_t> reply) {
  impl_->put_for(&jobs_cancelled::count, &house::queue, cancel_jobs{purge}, std::move(reply));
}

void node::steer(job_id id, job_order what, reply_to<job_record> reply) {
  impl_->put_anywhere(steer_job{std::move(id), what}, std::move(reply));
}

void node::job(job_id id, reply_to<job_record> reply) {
  impl_->put_anywhere(query_job{std::move(id)}, std::move(reply));
}

void node::jobs(std::size_t limit, std::string cursor, reply_to<store::page<job_record>> reply) {
  impl_->put<job_page>(&house::queue, query_jobs{limit, std::move(cursor)}, std::move(reply));
}

void node::all_jobs(std::size_t limit, std::string cursor, reply_to<hive_jobs> call) {
  auto put = [what = query_jobs{limit, std::move(cursor)}, own = impl_->id,
              name = impl_->options.name,
              reply = promise(std::move(call))](gateway_actor::pointer self, const house& now) {
    list_everywhere(self, now, what, own, name, reply);
  };
  impl_->to_gateway(question{std::move(put)});
}

void node::change(job_id id, job_change what, reply_to<job_record> reply) {
  impl_->put_anywhere(change_job{std::move(id), what}, std::move(reply));
}

void node::limits(reply_to<limits::in_force> reply) {
  impl_->put<limits::in_force>(&house::limits, query_limits{}, std::move(reply));
}

void node::change_limits(std::vector<limits::change> changes, reply_to<limits::in_force> reply) {
  impl_->put<limits::in_force>(&house::limits, actors::change_limits{std::move(changes)},
                               std::move(reply));
}

limits::divided_rate& node::uploads() const noexcept {
  return *impl_->uploads;
}

void node::subscribe(std::function<void(event_ptr)> hear,
                     std::function<void(event_ptr)> hear_afar) {
  using call = const std::function<void(event_ptr)>;
  impl_->to_gateway(
      hear_events{std::make_shared<call>(std::move(hear)),
                  hear_afar ? std::make_shared<call>(std::move(hear_afar)) : nullptr});
}

void node::replay(job_id id, std::uint64_t after, reply_to<std::vector<event_ptr>> call) {
  reply_to<event_list> unwrap = [call = std::move(call)](result<event_list> got) {
    if (got)
      call(std::move(got->events));
    else
      call(std::move(got).why());
  };
  auto put = [what = replay_events{std::move(id), after},
              reply = promise(std::move(unwrap))](gateway_actor::pointer self, const house& now) {
    replay_anywhere(self, now, what, reply);
  };
  impl_->to_gateway(question{std::move(put)});
}

void node::artifacts(std::size_t limit, std::string cursor,
                     reply_to<store::page<store::artifact>> reply) {
  impl_->put<artifact_page>(&house::catalog, query_artifacts{limit, std::move(cursor)},
                            std::move(reply));
}

void node::artifact(artifact_id id, reply_to<store::artifact> reply) {
  impl_->put<store::artifact>(&house::catalog, query_artifact{std::move(id)}, std::move(reply));
}

void node::find(reference what, reply_to<std::vector<store::artifact>> reply) {
  impl_->put_for(&artifact_list::artifacts, &house::catalog, match_reference{std::move(what)},
                 std::move(reply));
}

void node::remove(artifact_id id, bool force, reply_to<removal> reply) {
  impl_->put_destructive<removal>(remove_artifact{std::move(id)}, force, std::move(reply),
                                  removal_limit);
}

void node::change(artifact_id id, artifact_change what, reply_to<store::artifact> reply) {
  impl_->put<store::artifact>(&house::catalog, change_artifact{std::move(id), what},
                              std::move(reply));
}

void node::check(artifact_id id, reply_to<update_check> call) {
  auto asked = [id = std::move(id), reply = promise(std::move(call))](gateway_actor::pointer self,
                                                                      const house& now) {
    ask_newest(self, now, id, reply);
  };
  impl_->to_gateway(question{std::move(asked)});
}

void node::plan(job_request asked, std::string token, reply_to<preview> call) {
  auto put = [asked = std::move(asked), token = std::move(token),
              reply = promise(std::move(call))](gateway_actor::pointer self, const house& now) {
    ask_preview(self, now, {{}, asked.what, {{}, asked.include, asked.exclude}, token}, reply);
  };
  impl_->to_gateway(question{std::move(put)});
}

void node::collect_garbage(bool dry_run, std::optional<std::uint64_t> budget, bool force,
                           reply_to<store::gc_report> reply) {
  impl_->put_destructive<store::gc_report>(actors::collect_garbage{dry_run, budget},
                                           dry_run || force, std::move(reply), clearing_limit);
}

trust::takers node::takers() {
  trust::takers out;
  if (!impl_->links) return out;
  out.emplace(trust::peer_protocol, [to = std::weak_ptr{impl_->links}](trust::established who) {
    if (const auto still = to.lock()) still->take(std::move(who));
  });
  out.emplace(link::client_protocol, [to = std::weak_ptr{impl_->links}](trust::established who) {
    if (const auto still = to.lock()) still->take_client(std::move(who));
  });
  out.emplace(trust::bytes_protocol, [to = std::weak_ptr{impl_->pieces}](trust::established who) {
    if (const auto still = to.lock()) still->take(std::move(who));
  });
  return out;
}

std::shared_ptr<store::use_board> node::uses() const noexcept {
  return impl_->uses;
}

/// Whoever does not answer is named by the health, and what it said last is shown.
void node::status(reply_to<node_status> call) {
  auto reply = promise(std::move(call));
  auto all = [in = impl_.get(), reply](gateway_actor::pointer self, const house& now) {
    const auto count = in->counted;
    const auto heard = [in, reply, open = std::make_shared<int>(4)] {
      if (--*open == 0) reply->give(in->status_of());
    };
    const auto unheard = [heard](const caf::error&) { heard(); };
    const auto keep = [heard](auto& kept, const auto& said) {
      kept = said;
      heard();
    };
    ask(self, now.queue, count_limit, count_jobs{})
        .then([count, keep](const job_counts& m) { keep(count->jobs, m); }, unheard);
    ask(self, now.catalog, count_limit, count_artifacts{})
        .then([count, keep](const catalog_counts& m) { keep(count->catalog, m); }, unheard);
    ask(self, now.pulse, count_limit, take_pulse{})
        .then([count, keep](const pulse_taken& m) { keep(count->pulse, m); }, unheard);
    ask(self, now.cluster, count_limit, count_members{})
        .then([count, keep](const member_counts& m) { keep(count->members, m); }, unheard);
  };
  impl_->to_gateway(question{std::move(all)});
}

void node::advertise(std::vector<std::string> addresses) {
  impl_->to_gateway(
      question{[addresses = std::move(addresses)](gateway_actor::pointer self, const house& now) {
        tell(self, now.cluster, actors::advertise{addresses});
      }});
}

void node::heard(discovery::sighting what) {
  impl_->to_gateway(
      question{[what = node_heard{std::move(what)}](gateway_actor::pointer self, const house& now) {
        tell(self, now.cluster, what);
      }});
}

void node::members(reply_to<members_shown> reply) {
  impl_->put<members_shown>(&house::cluster, query_members{}, std::move(reply));
}

void node::check_members(reply_to<members_checked> reply) {
  impl_->put<members_checked>(&house::cluster, actors::check_members{}, std::move(reply),
                              check_limit);
}

void node::wishes(std::size_t limit, std::string cursor, reply_to<wishes_shown> reply) {
  impl_->put<wishes_shown>(&house::cluster, list_wishes{limit, std::move(cursor)},
                           std::move(reply));
}

void node::withdraw(std::string wish, reply_to<wish_shown> reply) {
  impl_->put<wish_shown>(&house::cluster, withdraw_wish{std::move(wish)}, std::move(reply));
}

void node::drain(node_id who, bool drains, reply_to<members_shown> reply) {
  impl_->put<members_shown>(&house::cluster, drain_member{std::move(who), drains},
                            std::move(reply));
}

void node::forget(node_id who, bool force, reply_to<members_shown> reply) {
  impl_->put<members_shown>(&house::cluster, forget_member{std::move(who), force},
                            std::move(reply));
}

void node::actors(actor_query asked, std::string at, reply_to<actor_page> call) {
  asked.window = std::clamp<std::chrono::milliseconds>(asked.window, {}, longest_window);
  const auto limit = answer_limit + asked.window;
  if (at.empty())
    return impl_->put<actor_page>(&house::inspector, std::move(asked), std::move(call), limit);
  auto put = [asked = std::move(asked), at = std::move(at),
              reply = promise(std::move(call))](gateway_actor::pointer self, const house& now) {
    list_actors_at(self, now, asked, at, reply);
  };
  impl_->to_gateway(question{std::move(put)});
}

void node::actor(std::uint64_t id, std::string at, reply_to<actor_detail> call) {
  if (at.empty())
    return impl_->put<actor_detail>(&house::inspector, show_actor{id}, std::move(call));
  auto put = [id, at = std::move(at), reply = promise(std::move(call))](gateway_actor::pointer self,
                                                                        const house& now) {
    show_actor_at(self, now, show_actor{id}, at, reply);
  };
  impl_->to_gateway(question{std::move(put)});
}

void node::act(std::uint64_t id, actor_action what, std::string who,
               std::chrono::milliseconds lasting, reply_to<std::string> reply) {
  impl_->put_for(&actor_acted::human, &house::inspector,
                 act_on_actor{id, what, lasting, std::move(who)}, std::move(reply));
}

void node::trace(std::uint64_t under, reply_to<trace_part> reply) {
  impl_->put<trace_part>(&house::inspector, take_trace{under}, std::move(reply));
}

} // namespace hive::actors
