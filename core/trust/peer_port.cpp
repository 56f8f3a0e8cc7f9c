#include "core/trust/peer_port.hpp"

#include "core/base/address.hpp"
#include "core/job/log.hpp"
#include "core/trust/made_of_folder.hpp"
#include "core/trust/openssl.hpp"
#include "core/trust/port_visit.hpp"
#include "core/trust/sockets.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <list>
#include <mutex>
#include <thread>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace hive::trust {

namespace {

using clock = std::chrono::steady_clock;

/// Without descriptors there is nothing to do but wait for some.
constexpr std::chrono::milliseconds accept_pause{100};
/// A line of the log for refusals at most this often.
constexpr std::chrono::seconds log_pause{1};

using taker_map = std::map<std::string, taker, std::less<>>;

/// Picks the first protocol there is somebody for, or ends the handshake with an alert. Only who
/// joins may come without a certificate.
int choose_protocol(SSL* connection, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned count, void* takers) noexcept {
  const auto& known = *static_cast<const taker_map*>(takers);
  std::string_view rest{reinterpret_cast<const char*>(offered), count};
  while (!rest.empty()) {
    const auto length = static_cast<unsigned char>(rest.front());
    const auto name = rest.substr(1, length);
    if (name == join_protocol || known.contains(name)) {
      *chosen = offered + (rest.data() + 1 - reinterpret_cast<const char*>(offered));
      *size = length;
      if (name != join_protocol)
        SSL_set_verify(connection, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
      return SSL_TLSEXT_ERR_OK;
    }
    rest.remove_prefix(std::min<std::size_t>(rest.size(), 1u + length));
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// Without a protocol there is nobody to hand a connection to.
int demand_protocol(SSL* connection, int* alert, void*) noexcept {
  const unsigned char* list = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(connection, TLSEXT_TYPE_application_layer_protocol_negotiation,
                                &list, &size) == 1)
    return SSL_CLIENT_HELLO_SUCCESS;
  *alert = SSL_AD_NO_APPLICATION_PROTOCOL;
  return SSL_CLIENT_HELLO_ERROR;
}

/// `takers` outlives every handshake.
result<std::shared_ptr<SSL_CTX>> make_context(const hive_folder& hive, const taker_map& takers) {
  HIVE_TRY(auto trust, hive.trust());
  std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()),
                                   [](SSL_CTX* c) { SSL_CTX_free(c); }};
  if (!context) return openssl::refused_to("prepare TLS");
  HIVE_CHECK(use(context.get(), hive.tls(), std::move(trust), certificate_rule::welcome));
  SSL_CTX_set_client_hello_cb(context.get(), &demand_protocol, nullptr);
  SSL_CTX_set_alpn_select_cb(context.get(), &choose_protocol, const_cast<taker_map*>(&takers));
  return context;
}

} // namespace

/// All but `counts` belongs to the thread once it runs.
struct peer_port::parts {
  explicit parts(peer_port_options with)
    : options(std::move(with)), context(options.home, [this](const hive_folder& hive) {
        return make_context(hive, options.takers);
      }) {}

  peer_port_options options;
  std::string address;
  store::descriptor door;
  store::descriptor wake;
  std::atomic<bool> closing{false};
  std::thread thread;

  mutable std::mutex mutex;
  port_counts counts;

  made_of_folder<std::shared_ptr<SSL_CTX>> context;
  attempts failures;
  std::list<port_visit> visits; ///< oldest first
  clock::time_point deaf_until{};
  clock::time_point full_until{}; ///< or until somebody leaves
  clock::time_point quiet_until{};
  std::uint64_t unsaid{0}; ///< refusals since the last line of the log

  void count(std::uint64_t port_counts::*what) {
    const std::lock_guard hold{mutex};
    ++(counts.*what);
  }
  void run();
  bool wait(std::vector<pollfd>& waiting) const;
  void welcome(clock::time_point now);
  void admit(store::descriptor socket, std::string from, clock::time_point now);
  std::list<port_visit>::iterator victim();
  bool has_room(clock::time_point now);
  void serve(clock::time_point now, const std::vector<pollfd>& heard);
  void tell(const port_visit& about, clock::time_point now);
  void hand_on(port_visit& over);
  result<join_grant> decide(const std::string& from, const join_request& asked,
                            const std::optional<peer_identity>& caller);
};

/// False when it is time to end.
bool peer_port::parts::wait(std::vector<pollfd>& waiting) const {
  const auto now = clock::now();
  auto until = now + std::chrono::hours{1};
  waiting.assign(1, {wake.get(), POLLIN, 0});
  const bool deaf = now < deaf_until;
  const bool full = visits.size() >= options.most_open && now < full_until;
  waiting.push_back({deaf || full ? -1 : door.get(), POLLIN, 0});
  if (deaf) until = std::min(until, deaf_until);
  if (full) until = std::min(until, full_until);
  for (const auto& one : visits) {
    waiting.push_back({one.socket(), one.wants(), 0});
    until = std::min(until, one.until());
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now).count();
  ::poll(waiting.data(), waiting.size(), static_cast<int>(std::max<std::int64_t>(0, left)));
  return !closing;
}

void peer_port::parts::run() {
  std::vector<pollfd> waiting;
  while (wait(waiting)) {
    const auto now = clock::now();
    serve(now, waiting);
    if ((waiting[1].revents & POLLIN) != 0) welcome(now);
  }
  visits.clear();
}

void peer_port::parts::welcome(clock::time_point now) {
  for (std::size_t i = 0; i < options.most_open && has_room(now); ++i) {
    auto came = accept_one(door.get());
    if (came) {
      admit(std::move(came->socket), std::move(came->from), now);
      continue;
    }
    if (came.error() == EMFILE || came.error() == ENFILE || came.error() == ENOBUFS)
      deaf_until = now + accept_pause;
    if (came.error() != ECONNABORTED) return;
  }
}

/// Who is sent away for the next one when all places are taken.
std::list<port_visit>::iterator peer_port::parts::victim() {
  const auto one = [&](auto good) { return std::find_if(visits.begin(), visits.end(), good); };
  auto out = one([](const port_visit& v) { return v.is_silent(); });
  if (out == visits.end()) out = one([](const port_visit& v) { return !v.is_answered(); });
  return out == visits.end() ? visits.begin() : out;
}

/// Nobody is sent away before there was time to speak: whoever comes waits in the system's line.
bool peer_port::parts::has_room(clock::time_point now) {
  if (visits.size() < options.most_open) return true;
  full_until = victim()->until() - options.deadline + options.grace;
  return now >= full_until;
}

void peer_port::parts::admit(store::descriptor socket, std::string from, clock::time_point now) {
  count(&port_counts::accepted);
  const auto ready = context.get();
  if (!ready) {
    log(level::error, "trust", "not-ready", sentence(ready.why()));
    return;
  }
  if (visits.size() >= options.most_open) {
    count(&port_counts::displaced);
    visits.erase(victim());
  }
  auto stream = std::make_unique<tls_stream>(ready->get(), true, std::move(socket), from,
                                             options.longest_input);
  visits.emplace_back(
      std::move(stream),
      [this, from](const join_request& asked, const std::optional<peer_identity>& caller) {
        return decide(from, asked, caller);
      },
      now + options.deadline);
  const std::lock_guard hold{mutex};
  counts.open = visits.size();
}

void peer_port::parts::serve(clock::time_point now, const std::vector<pollfd>& heard) {
  auto at = visits.begin();
  for (std::size_t i = 2; i < heard.size(); ++i) {
    const auto one = at++;
    const bool late = now >= one->until();
    const bool over = heard[i].revents != 0 && one->step();
    if (!over && !late) continue;
    if (one->end() == visit_end::established)
      hand_on(*one);
    else if (late && !one->end())
      count(&port_counts::late);
    else if (one->end())
      tell(*one, now);
    visits.erase(one);
  }
  const std::lock_guard hold{mutex};
  counts.open = visits.size();
}

void peer_port::parts::hand_on(port_visit& over) {
  count(&port_counts::established);
  const auto whom = options.takers.find(over.protocol());
  if (whom != options.takers.end()) whom->second(over.release());
}

void peer_port::parts::tell(const port_visit& about, clock::time_point now) {
  if (about.end() == visit_end::granted) return count(&port_counts::granted);
  const bool refused = about.end() == visit_end::refused;
  count(refused ? &port_counts::refused : &port_counts::failed);
  // Real refusals are few: attempts bars who makes many. What fails before is not.
  const bool noise = !refused || about.why().code == errc::overloaded;
  if (noise && now < quiet_until) {
    ++unsaid;
    return;
  }
  auto text = refused ? about.other() + ": " + about.why().detail : about.why().detail;
  if (noise) {
    quiet_until = now + log_pause;
    if (unsaid > 0) text += " (and " + std::to_string(unsaid) + " more since the last such line)";
    unsaid = 0;
  }
  log(level::warning, "trust", refused ? "join-refused" : "peer-refused", text);
}

result<join_grant> peer_port::parts::decide(const std::string& from, const join_request& asked,
                                            const std::optional<peer_identity>& caller) {
  const auto who = culprit(host_of_peer(from));
  if (const auto wait = failures.barred(who, clock::now())) {
    auto why = fail(errc::overloaded, "too many joins from " + who + " have failed",
                    "try again in " + std::to_string(wait->count()) + " s");
    why.retry_after = wait;
    return why;
  }
  HIVE_TRY(auto hive, hive_folder::open(options.home));
  auto granted = hive.admit(asked, caller, wall_now());
  if (!granted) {
    failures.failed(who, clock::now());
    return granted;
  }
  if (options.members) granted->members = options.members();
  granted->members.resize(std::min(granted->members.size(), most_members));
  log(level::info, "trust", asked.token ? "node-joined" : "certificate-renewed",
      "node " + asked.node.value + " (" + asked.name + ") from " + from);
  return granted;
}

peer_port::peer_port(peer_port_options options)
  : parts_(std::make_unique<parts>(std::move(options))) {}

peer_port::~peer_port() {
  if (!parts_->thread.joinable()) return;
  parts_->closing = true;
  const std::uint64_t one = 1;
  static_cast<void>(::write(parts_->wake.get(), &one, sizeof one));
  parts_->thread.join();
}

result<std::unique_ptr<peer_port>> peer_port::open(peer_port_options options) {
  std::unique_ptr<peer_port> out{new peer_port{std::move(options)}};
  auto& own = *out->parts_;
  if (const auto ready = own.context.get(); !ready) return ready.why();
  HIVE_TRY(auto bound, listen_at(own.options.listen));
  own.door = std::move(bound.socket);
  own.address = std::move(bound.address);
  own.wake = store::descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!own.wake) return fail(errc::overloaded, "no descriptor is left for the peer port");
  own.thread = std::thread{[&own] { own.run(); }};
  return out;
}

const std::string& peer_port::address() const noexcept {
  return parts_->address;
}

port_counts peer_port::counts() const {
  const std::lock_guard hold{parts_->mutex};
  return parts_->counts;
}

} // namespace hive::trust
