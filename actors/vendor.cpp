#include "actors/vendor.hpp"

#include "actors/errand.hpp"
#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "core/build/recipe_file.hpp"
#include "core/net/local_url.hpp"
#include "core/store/listing.hpp"
#include "vendors/foreign_stores.hpp"

#include <deque>
#include <map>
#include <set>
#include <unordered_map>

namespace hive::actors {
namespace {

constexpr std::size_t most_metadata = 32u << 20; ///< bytes of one reply
constexpr std::size_t most_waiting = 10'000;

struct asked {
  resolve_reference what;
  caf::strong_actor_ptr asker;
  caf::typed_response_promise<plan_resolved> answer;
};

/// A conversation under way. Destroying it drops its open request.
struct talk {
  resolve_reference about;
  vendors::conversation<download_plan> words;
  caf::actor_addr asker;
  caf::typed_response_promise<plan_resolved> answer;
  /// By reference: its own, and those of a recipe's sources.
  std::map<std::string, std::shared_ptr<const net::keyring>> keys{};
  std::shared_ptr<const net::keyring> shown_keys{}; ///< the question was asked with these
  net::fetch fetch{};
  std::uint64_t shown{0}; ///< which token of the pass the question was asked with
  bool refused{false};    ///< it was answered 401 already
};

net::reply as_http(const std::string& url, store::listing found) {
  net::reply made;
  made.head.status = found.status;
  made.head.url = url;
  made.head.headers.emplace_back("content-type", "application/json");
  made.body = std::move(found.body);
  return made;
}

result<net::reply> as_http(const std::string& url, result<store::listing> found) {
  if (!found) return found.why();
  return as_http(url, std::move(*found));
}

result<net::reply> as_http(const std::string& url, result<std::string> text) {
  if (!text) return text.why();
  return as_http(url, store::listing{200, std::move(*text)});
}

class vendor_state {
 public:
  using handle = vendor_actor;
  static constexpr const char* name = "vendor";

  vendor_state(vendor_actor::pointer self, vendor_deps deps)
    : self_(self), deps_(std::move(deps)) {}

  vendor_actor::behavior_type make_behavior() {
    on_down_signal(self_, [this](const caf::actor_addr& who, const caf::error&) { hang_up(who); });
    return {
        [this](resolve_reference& m) { return take(std::move(m)); },
        [this](const reply_arrived& m) { answer(m); },
        [this](const pass_renewed& m) { ask_again(m); },
    };
  }

 private:
  caf::result<plan_resolved> take(resolve_reference m) {
    if (waiting_.size() >= most_waiting)
      return as_error(fail(errc::overloaded, "too many references wait to be resolved"));
    const auto who = asker(self_); // before the promise, which takes the sender along
    auto promise = self_->make_response_promise<plan_resolved>();
    if (who && watched_.insert(who->address()).second) watch(self_, who);
    waiting_.push_back({std::move(m), who, promise});
    begin_next();
    return promise;
  }

  void begin_next() {
    while (talks_.size() < deps_.at_once && !waiting_.empty()) {
      auto next = std::move(waiting_.front());
      waiting_.pop_front();
      const auto id = ++last_;
      auto words = deps_.who->resolve(next.what.what, next.what.wish);
      talks_.emplace(id, talk{std::move(next.what), std::move(words),
                              next.asker ? next.asker->address() : caf::actor_addr{}, next.answer});
      go_on(id);
    }
  }

  /// One for all that is asked and fetched of `what`, so that a new token serves all of it.
  std::shared_ptr<const net::keyring> keys_of(talk& now, const reference& what) {
    auto& known = now.keys[to_string(what)];
    if (known) return known;
    auto out = deps_.who->keys(what, now.about.token);
    if (deps_.who->unlocks(what))
      out.add(make_pass(*deps_.engine, deps_.who, what, now.about.token));
    return known = std::make_shared<const net::keyring>(std::move(out));
  }

  keyrings keys_for(talk& now, const download_plan& plan) {
    keyrings all{keys_of(now, now.about.what)};
    for (const auto& input : plan.inputs) all.push_back(keys_of(now, input));
    return all;
  }

  /// Asks its next question, or delivers what it came to.
  void go_on(std::uint64_t id) {
    auto& now = talks_.at(id);
    if (const auto* wanted = now.words.wants()) {
      now.refused = false;
      put(id, now, *wanted);
      return;
    }
    auto plan = std::move(now.words).value();
    if (plan) vendors::name_copies(*plan, deps_.adopt);
    if (plan) {
      auto keys = keys_for(now, *plan);
      now.answer.deliver(plan_resolved{std::move(*plan), std::move(keys)});
    } else {
      now.answer.deliver(as_error(plan.why()));
    }
    talks_.erase(id);
  }

  void put(std::uint64_t id, talk& now, net::request wanted) {
    const auto from = net::origin_of(wanted.url);
    if (const auto job = caf::actor_cast<caf::actor>(now.asker))
      post(job, host_asked{from ? from->host : "the disk"});
    auto heard = [me = vendor_actor{self_}, id](result<net::reply> got) {
      post(me, reply_arrived{id, std::make_shared<result<net::reply>>(std::move(got))});
    };
    if (wanted.method == "LIST") {
      deps_.service->on_disk_thread("a list of files", [url = wanted.url, heard] {
        heard(as_http(url, store::list_files(net::local_path(url))));
      });
      return;
    }
    if (wanted.method == "READ") {
      deps_.service->on_disk_thread("a description", [url = wanted.url, heard] {
        heard(as_http(url, store::read_file(net::local_path(url))));
      });
      return;
    }
    if (wanted.method == "RECIPE") {
      deps_.service->on_disk_thread("a recipe", [url = wanted.url, may = deps_.builds, heard] {
        heard(as_http(url, build::read_recipe(net::local_path(url), may)));
      });
      return;
    }
    now.shown_keys = keys_of(now, now.words.whose().value_or(now.about.what));
    if (!wanted.keys) wanted.keys = now.shown_keys;
    if (const auto& pass = now.shown_keys->renewable()) now.shown = pass->number();
    now.fetch = deps_.engine->get(std::move(wanted), most_metadata, std::move(heard));
  }

  void answer(const reply_arrived& m) {
    const auto at = talks_.find(m.conversation);
    if (at == talks_.end()) return; // hung up meanwhile
    auto& now = at->second;
    if (locked(m) && now.shown_keys && now.shown_keys->renewable() &&
        !std::exchange(now.refused, true))
      return unlock(m.conversation, now, (*m.reply)->head);
    now.words.answer(std::move(*m.reply));
    go_on(m.conversation);
    begin_next();
  }

  /// A server that does not say what it wants cannot be given it.
  static bool locked(const reply_arrived& m) {
    if (!*m.reply || (*m.reply)->head.status != 401) return false;
    return net::find_header((*m.reply)->head.headers, "www-authenticate").has_value();
  }

  /// A question that is refused is put once more, with a token.
  void unlock(std::uint64_t id, talk& now, const net::reply_head& refused) {
    const auto told = [me = vendor_actor{self_}, id](outcome how) {
      post(me, pass_renewed{id, std::make_shared<outcome>(std::move(how))});
    };
    now.shown_keys->renewable()->renew(now.shown, &refused, told);
  }

  void ask_again(const pass_renewed& m) {
    const auto at = talks_.find(m.conversation);
    if (at == talks_.end()) return;
    auto& now = at->second;
    if (*m.how) return put(m.conversation, now, *now.words.wants());
    now.words.answer(m.how->why());
    go_on(m.conversation);
    begin_next();
  }

  void hang_up(const caf::actor_addr& who) {
    watched_.erase(who);
    std::erase_if(waiting_, [&](const asked& a) { return a.asker && a.asker->address() == who; });
    std::erase_if(talks_, [&](const auto& entry) { return entry.second.asker == who; });
    begin_next();
  }

  vendor_actor::pointer self_;
  vendor_deps deps_;
  std::set<caf::actor_addr> watched_; ///< who ever asked and still lives
  std::deque<asked> waiting_;
  std::unordered_map<std::uint64_t, talk> talks_;
  std::uint64_t last_{0};
};

} // namespace

vendor_actor spawn_vendor(caf::local_actor* parent, vendor_deps deps) {
  return spawn_child<vendor_state>(parent, std::move(deps));
}

} // namespace hive::actors
