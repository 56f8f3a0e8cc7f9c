#include "tests/core/transfer/rig.hpp"

#include "core/store/partial.hpp"

#include <condition_variable>
#include <fstream>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include <unistd.h>

namespace hive::testing {

scratch_folder::scratch_folder(const std::filesystem::path& below) {
  auto name = (below / "hive-transfer-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
  path_ = name;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

struct ears::memory {
  std::recursive_mutex mutex;
  std::condition_variable_any changed;
  std::vector<transfer::update> updates;
  std::vector<std::chrono::steady_clock::time_point> times;
  std::vector<transfer::note> notes;
  std::optional<result<transfer::arrival>> end;
  std::vector<std::string> broken;

  void hear(const transfer::update& now);
  void hear(const transfer::note& what);
  void hear_end(result<transfer::arrival> how);
};

void ears::memory::hear(const transfer::update& now) {
  const std::lock_guard lock{mutex};
  if (end) broken.push_back("an update after the end");
  if (!updates.empty()) {
    const auto& before = updates.back().counts;
    if (now.counts.received < before.received) broken.push_back("received fell");
    if (now.counts.durable < before.durable) broken.push_back("durable fell");
    if (now.counts.verified < before.verified) broken.push_back("verified fell");
    if (now.counts.discarded < before.discarded) broken.push_back("discarded fell");
  }
  if (now.total && now.counts.received > *now.total) broken.push_back("more than the total");
  if (now.counts.durable > now.counts.received) broken.push_back("more durable than received");
  if (now.counts.verified > now.counts.received) broken.push_back("more verified than received");
  updates.push_back(now);
  times.push_back(std::chrono::steady_clock::now());
  // Four a second, and one before the end.
  const auto n = times.size();
  if (n > 6 && times[n - 2] - times[n - 7] < 1s) broken.push_back("a crowd of updates");
  changed.notify_all();
}

void ears::memory::hear(const transfer::note& what) {
  const std::lock_guard lock{mutex};
  if (end) broken.push_back("a note after the end");
  notes.push_back(what);
  changed.notify_all();
}

void ears::memory::hear_end(result<transfer::arrival> how) {
  const std::lock_guard lock{mutex};
  if (end) broken.push_back("a second end");
  end = std::move(how);
  changed.notify_all();
}

ears::ears() : heard_{std::make_shared<memory>()} {}

transfer::listener ears::listener() {
  transfer::listener out;
  out.on_update = [heard = heard_](const transfer::update& now) { heard->hear(now); };
  out.on_note = [heard = heard_](const transfer::note& what) { heard->hear(what); };
  out.on_end = [heard = heard_](result<transfer::arrival> how) { heard->hear_end(std::move(how)); };
  return out;
}

std::optional<result<transfer::arrival>> ears::wait_for_end(std::chrono::milliseconds limit) {
  wait_for([](const ears& e) { return e.ended(); }, limit);
  const std::lock_guard lock{heard_->mutex};
  return heard_->end;
}

bool ears::wait_for(const std::function<bool(const ears&)>& so, std::chrono::milliseconds limit) {
  std::unique_lock lock{heard_->mutex};
  return heard_->changed.wait_for(lock, limit, [&] { return so(*this); });
}

std::vector<transfer::update> ears::updates() const {
  const std::lock_guard lock{heard_->mutex};
  return heard_->updates;
}

std::vector<transfer::note> ears::notes() const {
  const std::lock_guard lock{heard_->mutex};
  return heard_->notes;
}

std::size_t ears::notes_of(const std::string& action) const {
  const std::lock_guard lock{heard_->mutex};
  std::size_t n = 0;
  for (const auto& next : heard_->notes) n += next.action == action ? 1u : 0u;
  return n;
}

bool ears::ended() const {
  const std::lock_guard lock{heard_->mutex};
  return heard_->end.has_value();
}

std::vector<std::string> ears::broken() const {
  const std::lock_guard lock{heard_->mutex};
  return heard_->broken;
}

transfer::update ears::last() const {
  const std::lock_guard lock{heard_->mutex};
  return heard_->updates.empty() ? transfer::update{} : heard_->updates.back();
}

transfer::service_options quick() {
  transfer::service_options options;
  options.retry = {2ms, 20ms, 4};
  options.stall = 10s; // a slow machine hashes megabytes before it sends the first
  options.flush_every = 100ms;
  options.disk_reserve = 0;
  return options;
}

rig::rig(transfer::service_options options) : home{folder.path()} {
  restart(std::move(options));
}

rig::rig(transfer::service_options options, const std::filesystem::path& root) : home{root} {
  restart(std::move(options));
}

rig::~rig() {
  service.reset();
  engine.reset();
}

void rig::restart(transfer::service_options options) {
  service.reset();
  engine.reset();
  if (auto ready = store::prepare(home); !ready) throw std::runtime_error(sentence(ready.why()));
  auto started = net::engine::start({});
  if (!started) throw std::runtime_error(sentence(started.why()));
  engine = std::move(*started);
  service = std::make_unique<transfer::service>(*engine, home, std::move(options));
}

plan_file rig::file(std::uint64_t seed, std::uint64_t size, std::vector<std::string> urls) {
  plan_file out;
  out.path = "weights.dat";
  out.size = size;
  out.expected = digest{digest_kind::sha256, pattern_sha256(seed, size)};
  for (auto& url : urls) out.sources.push_back({std::move(url), {}, {}});
  return out;
}

transfer::ticket rig::start(plan_file what, ears& who, std::vector<std::string> limits) {
  return service->start({std::move(what), nullptr, std::move(limits)}, who.listener());
}

result<transfer::arrival> rig::fetch(plan_file what, ears& who) {
  const auto running = start(std::move(what), who);
  if (auto end = who.wait_for_end()) return *end;
  return fail(errc::no_answer, "the transfer did not end");
}

result<transfer::arrival> rig::fetch(plan_file what) {
  ears who;
  return fetch(std::move(what), who);
}

std::string rig::blob_digest(const std::string& sha256) const {
  std::ifstream in{home.blob(sha256), std::ios::binary};
  if (!in) return {};
  hasher running{digest_kind::sha256};
  std::vector<char> buffer(1u << 20);
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0)
    running.update(std::string_view{buffer.data(), static_cast<std::size_t>(in.gcount())});
  return running.finish().hex;
}

std::uint64_t rig::resumable(const plan_file& what) const {
  return store::resumable_bytes(home, content_key(what));
}

std::size_t rig::open_files() const {
  std::size_t n = 0;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", ignored)) {
    const auto target = std::filesystem::read_symlink(entry.path(), ignored);
    if (target.string().starts_with(home.root.string())) ++n;
  }
  return n;
}

bool rig::wait_until(const std::function<bool()>& so, std::chrono::milliseconds limit) const {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < deadline) {
    if (so()) return true;
    // One turn of the loop is the unit in which anything can change.
    std::promise<void> turned;
    engine->post([&] { turned.set_value(); });
    turned.get_future().wait();
    std::this_thread::yield();
  }
  return so();
}

bool stop_and_wait(transfer::ticket& running, transfer::leftover what) {
  auto stopped = std::make_shared<std::promise<void>>();
  auto done = stopped->get_future();
  running.stop(what, [stopped] { stopped->set_value(); });
  return done.wait_for(10s) == std::future_status::ready;
}

} // namespace hive::testing
