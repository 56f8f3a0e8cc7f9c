#include "actors/shelf.hpp"

#include "actors/catalog.hpp"
#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "actors/swarm.hpp"
#include "actors/transfer.hpp"
#include "core/net/local_url.hpp"
#include "core/store/partial.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace hive::actors {
namespace {

enum class stage : std::uint8_t {
  looking,  ///< the catalog is asked whether it stands already
  fetching, ///< a transfer is at it
  closing,  ///< the transfer was told to stop, or has just ended
  purging,  ///< the partial is being removed
};

struct reader {
  caf::actor_addr who;
  download_actor at;
  job_id job;
  std::string path;
};

struct content {
  plan_file file;
  std::vector<refusal_rule> refusals;
  std::shared_ptr<const net::keyring> keys;
  stage now{stage::looking};
  std::vector<reader> readers;
  transfer_actor worker;
  std::optional<transfer::update> last;
  bool purge{false}; ///< the partial goes once the transfer is closed
};

/// Somebody waits until these contents are closed, and is then told what of them is kept.
struct release {
  std::vector<std::string> keys;
  std::set<std::string> open;
  caf::typed_response_promise<contents_released> done;
};

class shelf_state {
 public:
  using handle = shelf_actor;
  static constexpr const char* name = "shelf";

  shelf_state(shelf_actor::pointer self, shelf_deps deps) : self_(self), deps_(std::move(deps)) {}

  shelf_actor::behavior_type make_behavior() {
    on_exit_signal(self_,
                   [this](const caf::actor_addr& who, const caf::error& why) { ended(who, why); });
    on_down_signal(self_,
                   [this](const caf::actor_addr& who, const caf::error& why) { left(who, why); });
    if (deps_.swarm) tell(self_, deps_.swarm, watch_sharing{shelf_actor{self_}});
    return {
        [this](fetch_file& m) { seat(std::move(m)); },
        [this](const transfer_progressed& m) { progress(m); },
        [this](const transfer_noted& m) { note(m); },
        [this](const transfer_ended& m) { arrive(m); },
        [this](const release_contents& m) { return let_go(m); },
        [this](contents_measured& m) { answer(std::move(m)); },
        [this](const partial_purged& m) { purged(m.key); },
        [this](const sharing_changed& m) { sharing_ = m.possible; },
    };
  }

  description describe() const {
    constexpr std::size_t most_described = 100;
    std::vector<description> all;
    for (const auto& [key, c] : contents_) {
      if (all.size() == most_described) break;
      description one;
      one.add("content", key);
      one.add("stage", word(c.now));
      one.add("readers", c.readers.size());
      one.add("transfer", c.worker ? c.worker.id() : 0);
      all.push_back(std::move(one));
    }
    description d;
    d.add("contents", contents_.size());
    d.add("listed", all);
    return d;
  }

 private:
  static const char* word(stage now) {
    switch (now) {
    case stage::looking: return "looking";
    case stage::fetching: return "fetching";
    case stage::closing: return "closing";
    case stage::purging: return "purging";
    }
    return "";
  }

  // A reader comes.

  void seat(fetch_file m) {
    if (leaving_) return;
    const auto key = content_key(m.file);
    const auto who = m.reader.address();
    if (watched_.insert(who).second) watch(self_, m.reader);
    const auto [at, fresh] = contents_.try_emplace(key);
    auto& c = at->second;
    if (c.readers.empty()) {
      c.file = m.file;
      c.refusals = std::move(m.refusals);
      c.keys = std::move(m.keys);
    }
    c.readers.push_back({who, m.reader, m.job, m.file.path});
    if (fresh) look(key, c);
    if (c.now != stage::fetching) return;
    charge(c);
    if (c.last) tell(self_, m.reader, file_progressed{m.file.path, *c.last});
  }

  void look(const std::string& key, content& c) {
    c.now = stage::looking;
    ask(self_, deps_.catalog, look_limit, find_blob{c.file})
        .then([this, key](const blob_found& found) { looked(key, found); },
              [this, key](const caf::error& why) {
                not_looked(key, unanswered<find_blob>(why, "the catalog", look_limit));
              });
  }

  void looked(const std::string& key, const blob_found& found) {
    const auto at = contents_.find(key);
    if (at == contents_.end() || at->second.now != stage::looking) return;
    auto& c = at->second;
    if (found.blob) {
      for (const auto& r : c.readers) tell(self_, r.at, file_fetched{r.path, *found.blob});
      c.readers.clear();
    }
    if (c.readers.empty() || leaving_) return vacate(key, c);
    c.now = stage::fetching;
    c.last.reset();
    transfer::order order{c.file, c.keys, buckets(c), c.refusals, is_shared(c.file)};
    c.worker = spawn_transfer(
        self_, {deps_.service, shelf_actor{self_}, deps_.swarm, key, std::move(order)});
  }

  /// Whether other nodes may help, and be helped: they know it by its digest, and it does not lie
  /// on this machine.
  bool is_shared(const plan_file& file) const {
    const auto far = [](const file_source& s) { return !s.url.starts_with(net::local_prefix); };
    return sharing_ && file.expected && file.size.value_or(0) >= smallest_shared &&
           std::ranges::all_of(file.sources, far);
  }

  void not_looked(const std::string& key, const failure& why) {
    const auto at = contents_.find(key);
    if (at == contents_.end() || at->second.now != stage::looking) return;
    fail_readers(at->second, why);
    vacate(key, at->second);
  }

  // A transfer tells.

  void progress(const transfer_progressed& m) {
    const auto at = contents_.find(m.key);
    if (at == contents_.end() || at->second.now != stage::fetching) return;
    at->second.last = m.now;
    for (const auto& r : at->second.readers) tell(self_, r.at, file_progressed{r.path, m.now});
  }

  void note(const transfer_noted& m) {
    const auto at = contents_.find(m.key);
    if (at == contents_.end()) return;
    for (const auto& r : at->second.readers) {
      fact f{r.job,         "transfer",
             m.what.action, m.what.warning ? level::warning : level::info,
             m.what.human,  m.what.fields};
      if (at->second.worker) f.actor_id = at->second.worker.id();
      f.fields.emplace_back("path", r.path);
      tell(self_, deps_.narrator, narrate{std::move(f), event_kind::narration, {}, {}});
    }
  }

  void arrive(const transfer_ended& m) {
    const auto at = contents_.find(m.key);
    if (at == contents_.end()) return;
    auto& c = at->second;
    const auto& how = *m.how;
    if (how) {
      for (const auto& r : c.readers) tell(self_, r.at, file_fetched{r.path, *how});
      c.readers.clear();
    } else if (c.now == stage::fetching) {
      fail_readers(c, how.why());
    }
    c.now = stage::closing;
  }

  /// A transfer is down, or the shelf is told to stop.
  void ended(const caf::actor_addr& who, const caf::error& why) {
    const auto at = std::ranges::find_if(
        contents_, [&](const auto& entry) { return is(who, entry.second.worker); });
    if (at == contents_.end()) return close_all(why);
    auto& [key, c] = *at;
    c.worker = nullptr;
    if (why && !is_stop(why)) fail_readers(c, crashed(why));
    if (c.purge) return begin_purge(key, c);
    reopen(key, c);
  }

  static failure crashed(const caf::error& why) {
    return fail(errc::actor_failed, as_failure(why, "the transfer").detail);
  }

  /// Whoever came while it was closing gets a transfer of their own.
  void reopen(const std::string& key, content& c) {
    if (c.readers.empty() || leaving_) return vacate(key, c);
    look(key, c);
  }

  // Readers leave.

  void left(const caf::actor_addr& who, const caf::error& why) {
    watched_.erase(who);
    drop([&](const reader& r) { return r.who == who; }, wants_purge(why));
  }

  template <class Leaves>
  void drop(Leaves leaves, bool purge) {
    for (auto& [key, c] : contents_) {
      if (std::erase_if(c.readers, leaves) == 0 || c.now != stage::fetching) continue;
      if (c.readers.empty())
        close(c, purge);
      else
        charge(c);
    }
  }

  void close(content& c, bool purge) {
    c.now = stage::closing;
    c.purge = c.purge || purge;
    order_stop(c.worker, purge ? stop_reason::cancel_purge : stop_reason::cancel_keep);
  }

  caf::result<contents_released> let_go(const release_contents& m) {
    drop([&](const reader& r) { return r.job == m.job; }, m.purge);
    const auto id = ++last_release_;
    auto promise = self_->make_response_promise<contents_released>();
    auto& waits = releases_.emplace(id, release{m.keys, {}, promise}).first->second;
    for (const auto& key : m.keys) {
      auto at = contents_.find(key);
      if (at == contents_.end() && m.purge) at = contents_.try_emplace(key).first;
      if (at == contents_.end() || !at->second.readers.empty()) continue;
      auto& c = at->second;
      waits.open.insert(key);
      c.purge = c.purge || m.purge;
      if (m.purge && c.now == stage::looking) begin_purge(key, c);
    }
    if (waits.open.empty()) measure(id, waits);
    return promise;
  }

  void measure(std::uint64_t id, const release& closed) {
    deps_.service->on_disk_thread(
        "measuring partials", [home = deps_.home, keys = closed.keys, id, me = shelf_actor{self_}] {
          contents_measured m{id, {}};
          for (const auto& key : keys)
            m.what.kept.push_back({key, store::resumable_bytes(home, key)});
          post(me, std::move(m));
        });
  }

  void answer(contents_measured m) {
    const auto at = releases_.find(m.release);
    if (at == releases_.end()) return;
    at->second.done.deliver(std::move(m.what));
    releases_.erase(at);
  }

  void begin_purge(const std::string& key, content& c) {
    c.now = stage::purging;
    c.purge = false;
    deps_.service->on_disk_thread("removing a partial",
                                  [home = deps_.home, key, me = shelf_actor{self_}] {
                                    store::purge_partial(home, key);
                                    post(me, partial_purged{key});
                                  });
  }

  void purged(const std::string& key) {
    const auto at = contents_.find(key);
    if (at != contents_.end()) reopen(key, at->second);
  }

  /// Nothing of this content is open any more.
  void vacate(std::string key, content& c) {
    if (c.purge) return begin_purge(key, c);
    contents_.erase(key);
    for (auto& [id, waiting] : releases_)
      if (waiting.open.erase(key) > 0 && waiting.open.empty()) measure(id, waiting);
    if (leaving_) leave_when_empty();
  }

  // The shelf stops.

  void close_all(const caf::error& why) {
    if (leaving_) return;
    leaving_ = why;
    for (auto& [key, c] : contents_) {
      c.readers.clear();
      if (c.now == stage::fetching) close(c, false);
    }
    leave_when_empty();
  }

  void leave_when_empty() {
    const bool open = std::ranges::any_of(
        contents_, [](const auto& entry) { return entry.second.now != stage::looking; });
    if (!open) self_->quit(*leaving_);
  }

  void fail_readers(content& c, const failure& why) {
    for (const auto& r : c.readers) tell(self_, r.at, file_failed{r.path, why});
    c.readers.clear();
  }

  static std::vector<std::string> buckets(const content& c) {
    std::set<std::string> jobs;
    for (const auto& r : c.readers) jobs.insert(r.job.value);
    return {jobs.begin(), jobs.end()};
  }

  void charge(const content& c) { tell(self_, c.worker, charge_transfer{buckets(c)}); }

  shelf_actor::pointer self_;
  shelf_deps deps_;
  std::map<std::string, content> contents_; ///< by content key
  std::set<caf::actor_addr> watched_;       ///< readers
  std::map<std::uint64_t, release> releases_;
  std::uint64_t last_release_{0};
  bool sharing_{false}; ///< the hive has other members
  std::optional<caf::error> leaving_;
};

} // namespace

shelf_actor spawn_shelf(caf::local_actor* parent, shelf_deps deps) {
  return spawn_child<shelf_state>(parent, std::move(deps));
}

} // namespace hive::actors
