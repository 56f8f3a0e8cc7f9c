#include "tests/apps/http/fake_node.hpp"

#include "actors/actor_words.hpp"

#include <algorithm>
#include <fstream>
#include <future>
#include <stdexcept>
#include <stdlib.h>

namespace hive::http::test {

temporary_folder::temporary_folder() {
  auto name = (std::filesystem::temp_directory_path() / "hive-http-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

fake_node::fake_node() : thread_{[this] { work(); }} {}

fake_node::~fake_node() {
  {
    const std::lock_guard hold{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void fake_node::work() {
  std::unique_lock hold{mutex_};
  while (true) {
    changed_.wait(hold, [this] { return stopping_ || !calls_.empty(); });
    if (stopping_) return;
    const auto call = std::move(calls_.front());
    calls_.pop_front();
    hold.unlock();
    call();
    hold.lock();
  }
}

void fake_node::later(std::function<void()> call) {
  {
    const std::lock_guard hold{mutex_};
    calls_.push_back(std::move(call));
  }
  changed_.notify_all();
}

template <class T>
void fake_node::answer(const reply_to<T>& reply, std::type_identity_t<result<T>> what) {
  bool silent = false;
  {
    const std::lock_guard hold{mutex_};
    silent = silent_;
  }
  if (silent) what = fail(errc::no_answer, "nobody answered");
  reply(std::move(what));
}

job_record fake_node::put_job(job_state state, std::string ref) {
  job_record job;
  job.id.value = new_ulid();
  job.asked.what = parse_reference(ref).value();
  job.state = state;
  job.created = wall_now();
  const std::lock_guard hold{mutex_};
  jobs_[job.id.value] = job;
  return job;
}

void fake_node::set_state(const job_id& id, job_state state) {
  const std::lock_guard hold{mutex_};
  jobs_.at(id.value).state = state;
}

std::uint64_t fake_node::publish(event_kind kind, job_id job, std::string human,
                                 std::optional<job_state> state) {
  event made;
  made.time = wall_now();
  made.kind = kind;
  made.what = {std::move(job), "fake", "happened", level::info, std::move(human), {{"lane", "3"}}};
  made.state = state;
  if (kind == event_kind::progress) made.progress = job_progress{{10, 8, 4, 1}, 20, 5, {}, {}};
  std::uint64_t seq = 0;
  {
    const std::lock_guard hold{mutex_};
    made.seq = seq = ++last_seq_;
    const auto shared = std::make_shared<const event>(std::move(made));
    calls_.push_back([this, shared] {
      std::function<void(event_ptr)> hear;
      {
        const std::lock_guard inner{mutex_};
        events_.push_back(shared);
        hear = hear_;
      }
      if (hear) hear(shared);
    });
  }
  changed_.notify_all();
  return seq;
}

void fake_node::settle() {
  std::promise<void> done;
  {
    const std::lock_guard hold{mutex_};
    calls_.push_back([&done] { done.set_value(); });
  }
  changed_.notify_all();
  done.get_future().wait();
}

store::artifact_file fake_node::put_file(std::string path, std::string_view bytes, bool plain_git) {
  store::artifact_file file;
  file.path = std::move(path);
  file.size = bytes.size();
  file.sha256 = sha256_hex(bytes);
  if (plain_git) {
    hasher hash{digest_kind::git_sha1, bytes.size()};
    hash.update(bytes);
    file.git_sha1 = hash.finish().hex;
  }
  const auto blob = home_.blob(file.sha256);
  std::filesystem::create_directories(blob.parent_path());
  std::ofstream{blob, std::ios::binary} << bytes;
  return file;
}

void fake_node::put_artifact(store::artifact one) {
  const std::lock_guard hold{mutex_};
  artifacts_.insert(artifacts_.begin(), std::move(one));
}

void fake_node::fall_silent() {
  const std::lock_guard hold{mutex_};
  silent_ = true;
}

void fake_node::hold_jobs() {
  const std::lock_guard hold{mutex_};
  holding_ = true;
}

void fake_node::hold_replays() {
  const std::lock_guard hold{mutex_};
  holding_replays_ = true;
}

void fake_node::let_go() {
  {
    const std::lock_guard hold{mutex_};
    holding_ = holding_replays_ = false;
    for (auto& call : held_) calls_.push_back(std::move(call));
    held_.clear();
  }
  changed_.notify_all();
}

std::size_t fake_node::job_count() {
  const std::lock_guard hold{mutex_};
  return jobs_.size();
}

job_request fake_node::last_request() {
  const std::lock_guard hold{mutex_};
  return last_request_;
}

std::string fake_node::last_token() {
  const std::lock_guard hold{mutex_};
  return last_token_;
}

bool fake_node::last_purge() {
  const std::lock_guard hold{mutex_};
  return last_purge_;
}

result<job_record> fake_node::known_job(const job_id& id) {
  const std::lock_guard hold{mutex_};
  const auto found = jobs_.find(id.value);
  if (found == jobs_.end()) return fail(errc::not_found, "there is no job " + id.value);
  return found->second;
}

void fake_node::submit(job_request asked, std::string token, reply_to<job_record> reply) {
  auto job = put_job(job_state::queued);
  {
    const std::lock_guard hold{mutex_};
    for (const auto& [id, known] : jobs_)
      if (!asked.idempotency_key.empty() && known.asked.idempotency_key == asked.idempotency_key) {
        jobs_.erase(job.id.value);
        job = known;
        break;
      }
    job.asked = asked;
    jobs_[job.id.value] = job;
    last_request_ = std::move(asked);
    last_token_ = std::move(token);
  }
  later([this, job, reply] { answer(reply, job); });
}

void fake_node::cancel_all(bool purge, reply_to<std::uint64_t> reply) {
  later([this, purge, reply] {
    std::uint64_t count = 0;
    {
      const std::lock_guard hold{mutex_};
      last_purge_ = purge;
      for (const auto& [id, job] : jobs_) count += is_terminal(job.state) ? 0 : 1;
    }
    answer(reply, count);
  });
}

void fake_node::steer(job_id id, job_order what, reply_to<job_record> reply) {
  later([this, id, what, reply] {
    auto job = known_job(id);
    constexpr job_step steps[] = {job_step::pause, job_step::resume, job_step::retry};
    if (job) {
      if (const auto state = after(job->state, steps[static_cast<std::size_t>(what)])) {
        set_state(id, *state);
        job->state = *state;
      } else {
        job = fail(errc::conflict, "job " + id.value + " is " + std::string{to_string(job->state)});
      }
    }
    answer(reply, std::move(job));
  });
}

void fake_node::plan(job_request asked, std::string token, reply_to<preview> reply) {
  auto call = [this, asked = std::move(asked), token = std::move(token), reply] {
    preview seen;
    seen.plan.what = asked.what;
    seen.plan.revision = std::string(40, 'c');
    seen.plan.requested = "main";
    const auto known = parse_digest("sha256:" + std::string(64, 'a'));
    seen.plan.files.push_back({"config.json", 17, *known, {{"https://hub/config.json", {}, {}}}});
    seen.plan.files.push_back(
        {"m-Q4_K_M.gguf", std::nullopt, std::nullopt, {{"https://hub/m", {}, {}}}});
    seen.choices.push_back({"Q4_K_M", {"m-Q4_K_M.gguf"}});
    seen.to_come = 17;
    if (asked.what.name == "org/here") seen.here = artifact_id{"00112233aabbccdd"};
    if (asked.what.name == "org/large") seen.lacks = {5, "disk needs 5 B more on /"};
    {
      const std::lock_guard hold{mutex_};
      last_request_ = asked;
      last_token_ = token;
    }
    answer(reply, std::move(seen));
  };
  {
    const std::lock_guard hold{mutex_};
    (holding_ ? held_.emplace_back(std::move(call)) : calls_.emplace_back(std::move(call)));
  }
  changed_.notify_all();
}

bool fake_node::wait_for_held(std::size_t count) {
  std::unique_lock hold{mutex_};
  return changed_.wait_for(hold, std::chrono::seconds{10}, [&] { return held_.size() >= count; });
}

void fake_node::cancel(job_id id, bool purge, reply_to<job_record> reply) {
  later([this, id, purge, reply] {
    auto job = known_job(id);
    if (job && is_terminal(job->state) && job->state != job_state::cancelled)
      job = fail(errc::conflict, "job " + id.value + " has ended");
    if (job) {
      set_state(id, job_state::cancelled);
      job->state = job_state::cancelled;
      const std::lock_guard hold{mutex_};
      last_purge_ = purge;
    }
    answer(reply, std::move(job));
  });
}

void fake_node::change(job_id id, job_change what, reply_to<job_record> reply) {
  later([this, id, what, reply] {
    auto job = known_job(id);
    if (job && is_terminal(job->state))
      job = fail(errc::conflict, "job " + id.value + " has ended");
    if (job) {
      job->asked.max_rate = what.max_rate.value_or(job->asked.max_rate);
      job->asked.priority = what.priority.value_or(job->asked.priority);
      const std::lock_guard hold{mutex_};
      jobs_[id.value] = *job;
    }
    answer(reply, std::move(job));
  });
}

void fake_node::limits(reply_to<hive::limits::in_force> reply) {
  later([this, reply] { answer(reply, hive::limits::decide(settings_, wishes_, {0, 600})); });
}

void fake_node::change_limits(std::vector<hive::limits::change> changes,
                              reply_to<hive::limits::in_force> reply) {
  later([this, changes, reply] {
    for (const auto& [what, value] : changes) wishes_[static_cast<std::size_t>(what)] = value;
    settings_.hours.resize(1);
    settings_.hours[0] = {480, 1080, {true}, 10'000'000, std::nullopt};
    answer(reply, hive::limits::decide(settings_, wishes_, {0, 600}));
  });
}

void fake_node::job(job_id id, reply_to<job_record> reply) {
  auto call = [this, id, reply] { answer(reply, known_job(id)); };
  {
    const std::lock_guard hold{mutex_};
    (holding_ ? held_.emplace_back(call) : calls_.emplace_back(call));
  }
  changed_.notify_all();
}

void fake_node::jobs(std::size_t limit, std::string cursor,
                     reply_to<store::page<job_record>> reply) {
  later([this, limit, cursor, reply] {
    store::page<job_record> page;
    {
      const std::lock_guard hold{mutex_};
      for (auto at = jobs_.rbegin(); at != jobs_.rend(); ++at) {
        if (!cursor.empty() && at->first >= cursor) continue;
        if (page.items.size() == limit) {
          page.next = page.items.back().id.value;
          break;
        }
        page.items.push_back(at->second);
      }
    }
    answer(reply, std::move(page));
  });
}

void fake_node::subscribe(std::function<void(event_ptr)> hear, std::function<void(event_ptr)>) {
  const std::lock_guard hold{mutex_};
  hear_ = std::move(hear);
}

void fake_node::replay(job_id id, std::uint64_t after, reply_to<std::vector<event_ptr>> reply) {
  auto call = [this, id, after, reply] {
    std::vector<event_ptr> known;
    {
      const std::lock_guard hold{mutex_};
      for (const auto& one : events_)
        if (one->seq > after && (id.empty() || one->what.job == id)) known.push_back(one);
    }
    answer(reply, std::move(known));
  };
  {
    const std::lock_guard hold{mutex_};
    (holding_replays_ ? held_.emplace_back(call) : calls_.emplace_back(call));
  }
  changed_.notify_all();
}

void fake_node::artifacts(std::size_t limit, std::string,
                          reply_to<store::page<store::artifact>> reply) {
  later([this, limit, reply] {
    store::page<store::artifact> page;
    {
      const std::lock_guard hold{mutex_};
      page.items = artifacts_;
    }
    if (page.items.size() > limit) page.items.resize(limit);
    answer(reply, std::move(page));
  });
}

void fake_node::artifact(artifact_id id, reply_to<store::artifact> reply) {
  later([this, id, reply] {
    result<store::artifact> found = fail(errc::not_found, "there is no artifact " + id.value);
    {
      const std::lock_guard hold{mutex_};
      for (const auto& one : artifacts_)
        if (one.id == id) found = one;
    }
    answer(reply, std::move(found));
  });
}

void fake_node::find(reference what, reply_to<std::vector<store::artifact>> reply) {
  later([this, what, reply] {
    std::vector<store::artifact> found;
    {
      const std::lock_guard hold{mutex_};
      for (const auto& one : artifacts_)
        if (one.what.from == what.from && one.what.kind == what.kind && one.what.name == what.name)
          found.push_back(one);
    }
    answer(reply, std::move(found));
  });
}

void fake_node::check(artifact_id id, reply_to<update_check> reply) {
  artifact(std::move(id), [reply](result<store::artifact> found) {
    if (found)
      reply(update_check{std::move(*found), std::string(40, 'f')});
    else
      reply(found.why());
  });
}

void fake_node::remove(artifact_id id, bool force, reply_to<removal> reply) {
  later([this, id, force, reply] {
    if (!force && !has_majority_)
      return answer(reply, fail(errc::no_majority, "only 1 of 2 are in reach"));
    result<removal> gone = fail(errc::not_found, "there is no artifact " + id.value);
    {
      const std::lock_guard hold{mutex_};
      const auto is = [&](const auto& one) { return one.id == id; };
      const auto found = std::find_if(artifacts_.begin(), artifacts_.end(), is);
      if (found != artifacts_.end()) {
        gone = removal{id, 4096};
        artifacts_.erase(found);
      }
    }
    answer(reply, std::move(gone));
  });
}

void fake_node::change(artifact_id id, artifact_change what, reply_to<store::artifact> reply) {
  later([this, id, what, reply] {
    result<store::artifact> changed = fail(errc::not_found, "there is no artifact " + id.value);
    {
      const std::lock_guard hold{mutex_};
      for (auto& one : artifacts_) {
        if (one.id != id) continue;
        one.pinned = what.pinned.value_or(one.pinned);
        if (what.used) one.used = wall_now();
        for (const auto& wish : what.views_to_remove)
          std::erase_if(one.views, [&](const auto& v) { return v.view == to_string(wish); });
        changed = one;
      }
    }
    answer(reply, std::move(changed));
  });
}

void fake_node::collect_garbage(bool dry_run, std::optional<std::uint64_t> budget, bool force,
                                reply_to<store::gc_report> reply) {
  later([this, budget, forced = dry_run || force, reply] {
    if (!forced && !has_majority_)
      return answer(reply, fail(errc::no_majority, "only 1 of 2 are in reach"));
    store::gc_report report;
    {
      const std::lock_guard hold{mutex_};
      last_budget_ = budget;
      report.budget = budget.value_or(0);
      for (const auto& one : artifacts_) {
        auto& list = one.pinned ? report.kept : report.removed;
        const auto why = one.pinned ? store::gc_reason::pinned : store::gc_reason::over_budget;
        list.push_back(
            {store::gc_kind::artifact, one.id.value, to_string(one.what), one.revision, why, 4096});
      }
    }
    report.left = 5000;
    report.before = 9096;
    report.freed = 4096;
    answer(reply, std::move(report));
  });
}

std::optional<std::uint64_t> fake_node::last_budget() {
  const std::lock_guard hold{mutex_};
  return last_budget_;
}

void fake_node::put_actor(actor_detail one) {
  const std::lock_guard hold{mutex_};
  people_.push_back(std::move(one));
}

actor_query fake_node::last_query() {
  const std::lock_guard hold{mutex_};
  return last_query_;
}

std::string fake_node::last_act() {
  const std::lock_guard hold{mutex_};
  return last_act_;
}

void fake_node::submit_on(std::string on, job_request, std::string, reply_to<placed_jobs> reply) {
  later([this, on, reply] { answer(reply, fail(errc::not_found, "no member is called " + on)); });
}

void fake_node::all_jobs(std::size_t, std::string, reply_to<hive_jobs> reply) {
  later([this, reply] { answer(reply, hive_jobs{}); });
}

void fake_node::members(reply_to<members_shown> reply) {
  later([this, reply] { answer(reply, members_shown{}); });
}

void fake_node::drain(node_id, bool, reply_to<members_shown> reply) {
  members(std::move(reply));
}

void fake_node::forget(node_id who, bool, reply_to<members_shown> reply) {
  later([this, who, reply] { answer(reply, fail(errc::not_found, who.value)); });
}

void fake_node::check_members(reply_to<members_checked> reply) {
  later([this, reply] { answer(reply, members_checked{}); });
}

namespace {

wish_shown only_wish(bool withdrawn) {
  wish_shown one;
  one.record.id = "01HX0000000000000000000000";
  one.record.what = "hf:org/repo";
  one.record.where = {cluster::placement_kind::copies, {}, 3};
  one.record.asked_by = "n1";
  one.record.removed = withdrawn;
  one.on = "k=3";
  one.asked_by = "ada";
  one.holders = {"ada", "bob"};
  one.job = job_id{"01HX0000000000000000000001"};
  one.state = job_state::failed;
  one.failures = 2;
  one.next_try = wall_time{std::chrono::hours{500'000}};
  return one;
}

} // namespace

void fake_node::wishes(std::size_t, std::string, reply_to<wishes_shown> reply) {
  later([this, reply] {
    wishes_shown all;
    if (!wish_withdrawn_) all.items.push_back(only_wish(false));
    answer(reply, std::move(all));
  });
}

void fake_node::withdraw(std::string wish, reply_to<wish_shown> reply) {
  later([this, wish, reply] {
    if (wish != only_wish(true).record.id)
      return answer(reply, fail(errc::not_found, "there is no wish " + wish));
    wish_withdrawn_ = true;
    answer(reply, only_wish(true));
  });
}

void fake_node::actors(actor_query asked, std::string, reply_to<actor_page> reply) {
  later([this, asked, reply] {
    actor_page page;
    {
      const std::lock_guard hold{mutex_};
      last_query_ = asked;
      page.alive = people_.size();
      page.window = asked.window;
      for (const auto& one : people_) {
        if (one.facts.id <= asked.after) continue;
        if (page.actors.size() == asked.limit) {
          page.next = page.actors.back().id;
          break;
        }
        page.actors.push_back(one.facts);
      }
    }
    answer(reply, std::move(page));
  });
}

void fake_node::actor(std::uint64_t id, std::string, reply_to<actor_detail> reply) {
  later([this, id, reply] {
    result<actor_detail> found = fail(errc::not_found, "no actor " + std::to_string(id));
    {
      const std::lock_guard hold{mutex_};
      for (const auto& one : people_)
        if (one.facts.id == id) found = one;
    }
    answer(reply, std::move(found));
  });
}

void fake_node::act(std::uint64_t id, actor_action what, std::string who,
                    std::chrono::milliseconds lasting, reply_to<std::string> reply) {
  actor(id, {}, [this, id, what, who, lasting, reply](const result<actor_detail>& found) {
    if (!found) return reply(found.why());
    if (what == actor_action::pause)
      return reply(fail(errc::conflict, "the " + found->facts.name + " works for no job"));
    const std::lock_guard hold{mutex_};
    last_act_ = std::string{to_string(what)} + ' ' + std::to_string(id) + " by " + who +
                " lasting " + std::to_string(lasting.count());
    reply(std::string{"done"});
  });
}

void fake_node::trace(std::uint64_t under, reply_to<trace_part> reply) {
  later([this, under, reply] {
    result<trace_part> part = trace_part{};
    {
      const std::lock_guard hold{mutex_};
      const auto begin = std::chrono::microseconds{1000} * ++parts_traced_;
      if (under != 0 && people_.front().facts.id != under)
        part = fail(errc::not_found, "no actor " + std::to_string(under));
      for (int i = 0; part && i < 2; ++i)
        part->messages.push_back({people_.front().facts.id, people_.front().facts.name,
                                  "hive::actors::tick", 4, begin, std::chrono::microseconds{250},
                                  std::chrono::milliseconds{2}});
    }
    answer(reply, std::move(part));
  });
}

void fake_node::status(reply_to<node_status> reply) {
  later([this, reply] {
    node_status out;
    out.id.value = "01HZX0000000000000000000AA";
    out.name = "fake";
    out.version = "0.1.0";
    out.started = wall_now();
    out.home = home_.root.string();
    out.machine.disk = machine::extent{2000, 1000};
    out.machine.load = machine::load_average{0.5, 0.25, 1};
    out.devices = {{"0000:01:00.0", "nvidia", "Tiny \"X\"", "nvidia 535.1", 100, std::nullopt}};
    out.transfer.bytes_received = 77;
    out.jobs_by_state[2] = 3;
    out.classes = {{"job", 3, 5, 120, 2, 1}, {"queue", 1, 0, 80, 0, 0}};
    out.members.by_state = {{"up", 2}, {"down", 0}};
    out.members.reconnects = {{cluster::cause::reset, 3}};
    answer(reply, std::move(out));
  });
}

std::unique_ptr<door> open_door(backend& node, door_options options) {
  if (options.listen == door_options{}.listen) options.listen = "127.0.0.1:0";
  options.version = "0.1.0";
  auto opened = door::open(std::move(options), node);
  if (!opened) throw std::runtime_error(sentence(opened.why()));
  return std::move(*opened);
}

} // namespace hive::http::test
