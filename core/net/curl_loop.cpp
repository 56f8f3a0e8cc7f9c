#include "core/net/curl_loop.hpp"

#include "core/net/file_flight.hpp"
#include "core/net/http_flight.hpp"

#include <algorithm>
#include <csignal>
#include <system_error>

namespace hive::net {

namespace {

constexpr std::size_t spare_easies = 32;
constexpr auto longest_sleep = std::chrono::seconds{60};

/// A peer that closed its TLS connection must not kill the process: CURLOPT_NOSIGNAL leaves it to
/// us.
void block_sigpipe() noexcept {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

bool is_local(std::string_view url) noexcept {
  return url.size() >= 5 && curl_strnequal(url.data(), "file:", 5) != 0;
}

} // namespace

result<std::unique_ptr<curl_loop>> curl_loop::make(engine_options options) {
  static const CURLcode global = curl_global_init(CURL_GLOBAL_ALL);
  if (global != CURLE_OK) return fail(errc::actor_failed, curl_easy_strerror(global));
  std::unique_ptr<curl_loop> loop{new curl_loop{std::move(options)}};
  if (loop->multi_ == nullptr || loop->share_ == nullptr)
    return fail(errc::actor_failed, "curl could not be started");
  if (!loop->sockets_.stands())
    return fail(errc::actor_failed, "no descriptor is left for the network");
  try {
    loop->thread_ = std::thread{[l = loop.get()] { l->run(); }};
  } catch (const std::system_error& e) {
    return fail(errc::actor_failed, std::string{"no thread for the network: "} + e.what());
  }
  return loop;
}

curl_loop::curl_loop(engine_options options)
  : options_(std::move(options)), multi_(curl_multi_init()), share_(curl_share_init()),
    box_(std::make_shared<mailbox>()), sockets_(multi_, box_->alarm()) {
  const auto most = static_cast<long>(std::max<std::size_t>(options_.max_connections, 1));
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, most);
  curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, most);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
  curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}

curl_loop::~curl_loop() {
  box_->stop();
  if (thread_.joinable()) thread_.join();
  box_->close();
  for (auto* const easy : spare_) curl_easy_cleanup(easy);
  curl_multi_cleanup(multi_);
  curl_share_cleanup(share_);
}

engine_counts curl_loop::counts() const noexcept {
  return {started_.load(), open_.load(), received_.load(), redirects_.load()};
}

void curl_loop::run() {
  thread_id_ = std::this_thread::get_id();
  block_sigpipe();
  turn_began_ = loop_clock::now();
  while (run_posted()) {
    ring();
    in_callbacks([this] { launch_new(); });
    in_callbacks([this] { resume_paused(); });
    in_callbacks([this] { step_files(); });
    in_callbacks([this] { sockets_.act(); });
    in_callbacks([this] { collect_done(); });
    in_callbacks([this] { read_ahead(); });
    grave_.clear();
    turn_began_ = loop_clock::time_point{};
    sockets_.wait(patience());
    turn_began_ = loop_clock::now();
  }
  shut();
}

std::optional<std::chrono::milliseconds> curl_loop::turn() const noexcept {
  const auto began = turn_began_.load();
  if (began == loop_clock::time_point{}) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(loop_clock::now() - began);
}

bool curl_loop::run_posted() {
  bool stopping = false;
  for (auto& call : box_->take(stopping)) call();
  return !stopping;
}

void curl_loop::ring() {
  const auto now = loop_clock::now();
  const auto made = timers_made_; // those set meanwhile wait for the next turn
  while (!timers_.empty()) {
    const auto first = timers_.begin();
    if (first->first.first > now || first->first.second >= made) return;
    const auto rung = std::move(first->second);
    timers_.erase(first);
    rung->loop = nullptr;
    const auto call = std::exchange(rung->call, {});
    call();
  }
}

void curl_loop::launch_new() {
  for (auto* const next : std::exchange(launching_, {})) {
    if (!flights_.contains(next) || next->abandoned()) continue;
    next->start();
  }
}

void curl_loop::resume_paused() {
  for (auto* const next : std::exchange(resuming_, {})) {
    if (flights_.contains(next) && !next->abandoned()) next->resume();
  }
}

void curl_loop::step_files() {
  for (auto* const next : std::exchange(stepping_, {})) {
    if (flights_.contains(next) && !next->abandoned()) next->step();
  }
}

void curl_loop::collect_done() {
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const auto code = message->data.result;
    char* owner = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
    reinterpret_cast<flight*>(owner)->finished(code);
  }
}

/// So much of one flight in a turn that it is worth it, and no more than others can wait for.
void curl_loop::read_ahead() {
  constexpr int most_rounds = 16;
  unread_ = false;
  for (auto* const next : std::vector<flight*>{ahead_}) {
    int rounds = 0;
    while (flights_.contains(next) && !next->abandoned() && next->read_on()) {
      collect_done();
      if (++rounds < most_rounds) continue;
      unread_ = true;
      break;
    }
  }
  collect_done();
}

void curl_loop::bury() {
  while (!doomed_.empty()) {
    auto* const next = doomed_.back();
    doomed_.pop_back();
    retire(*next);
  }
}

std::chrono::milliseconds curl_loop::patience() const {
  if (unread_ || !launching_.empty() || !resuming_.empty() || !stepping_.empty()) return {};
  auto wait = std::chrono::ceil<std::chrono::milliseconds>(longest_sleep);
  if (!timers_.empty()) {
    const auto left = timers_.begin()->first.first - loop_clock::now();
    wait = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(left),
                      std::chrono::milliseconds{0}, wait);
  }
  return wait;
}

void curl_loop::begin(request what, exchange_handler& handler, exchange::state& seat) {
  if (closed_) return;
  std::unique_ptr<flight> made;
  if (is_local(what.url))
    made = std::make_unique<file_flight>(*this, std::move(what), handler);
  else
    made = std::make_unique<http_flight>(*this, std::move(what), handler);
  auto* const next = made.get();
  flights_.emplace(next, std::move(made));
  launching_.push_back(next);
  seat.loop = this;
  seat.what = next;
  next->sit(&seat);
  ++started_;
  ++open_;
}

timer curl_loop::after(std::chrono::milliseconds wait, std::function<void()> call) {
  timer out;
  if (closed_) return out;
  const timer_key key{loop_clock::now() + wait, timers_made_++};
  out.state_ = std::make_shared<timer::state>(timer::state{this, key, std::move(call)});
  timers_.emplace(key, out.state_);
  return out;
}

void curl_loop::drop(flight& what) {
  what.abandon();
  busy_ ? doomed_.push_back(&what) : retire(what);
}

void curl_loop::retire(flight& what) noexcept {
  const auto found = flights_.find(&what);
  if (found == flights_.end()) return;
  what.close();
  grave_.push_back(std::move(found->second));
  flights_.erase(found);
  std::erase(ahead_, &what);
  --open_;
}

CURL* curl_loop::take_easy() {
  if (spare_.empty()) return curl_easy_init();
  auto* const easy = spare_.back();
  spare_.pop_back();
  return easy;
}

void curl_loop::give_back(CURL* easy) noexcept {
  if (spare_.size() >= spare_easies) return curl_easy_cleanup(easy);
  curl_easy_reset(easy);
  spare_.push_back(easy);
}

void curl_loop::keep(std::shared_ptr<void> what) {
  const auto* const name = what.get();
  kept_.emplace(name, std::move(what));
}

std::shared_ptr<void> curl_loop::release(const void* what) {
  const auto found = kept_.find(what);
  if (found == kept_.end()) return nullptr;
  auto out = std::move(found->second);
  kept_.erase(found);
  return out;
}

void curl_loop::shut() {
  closed_ = true;
  const auto unheard = box_->close();
  for (auto& [name, what] : flights_) {
    what->abandon();
    what->close();
  }
  for (auto& [key, what] : timers_) what->loop = nullptr;
  open_ = 0;
  // From here on nothing points at the loop, so whatever these destroy finds nothing left to undo.
  const auto flights = std::exchange(flights_, {});
  const auto timers = std::exchange(timers_, {});
  const auto kept = std::exchange(kept_, {});
  grave_.clear();
}

} // namespace hive::net
