#include "core/transfer/transfer.hpp"

#include "core/transfer/facility.hpp"
#include "core/transfer/file_transfer.hpp"

#include <atomic>
#include <future>
#include <utility>

namespace hive::transfer {

struct ticket::state {
  std::shared_ptr<gate> doors;
  std::weak_ptr<facility> means;
  std::uint64_t number{0};
  std::string key;
  std::shared_ptr<std::atomic<bool>> silent{std::make_shared<std::atomic<bool>>(false)};
};

namespace {

/// The transfer is over already: at most its leftovers are to be removed.
void stop_late(facility& means, const std::string& key, leftover what,
               std::function<void()> on_stopped) {
  if (what == leftover::keep || means.fetching(key)) {
    if (on_stopped) on_stopped();
    return;
  }
  means.disk_for(key).post("removing a partial", [where = means.where, key, doors = means.doors,
                                                  on_stopped = std::move(on_stopped)] {
    store::purge_partial(where, key);
    if (on_stopped) doors->post(on_stopped);
  });
}

} // namespace

ticket::~ticket() {
  if (state_) stop(leftover::keep, nullptr);
}

ticket::ticket(ticket&&) noexcept = default;

ticket& ticket::operator=(ticket&& other) noexcept {
  if (this != &other) {
    if (state_) stop(leftover::keep, nullptr);
    state_ = std::move(other.state_);
  }
  return *this;
}

void ticket::stop(leftover what, std::function<void()> on_stopped) {
  const auto mine = std::exchange(state_, nullptr);
  if (!mine) return;
  *mine->silent = true;
  mine->doors->post([mine, what, on_stopped = std::move(on_stopped)] {
    const auto means = mine->means.lock();
    if (means && means->open()) {
      if (const auto transfer = means->find(mine->number)) return transfer->stop(what, on_stopped);
      return stop_late(*means, mine->key, what, on_stopped);
    }
    if (on_stopped) on_stopped();
  });
}

void ticket::charge(std::vector<std::string> limits) {
  if (!state_) return;
  state_->doors->post([mine = state_, limits = std::move(limits)] {
    const auto means = mine->means.lock();
    if (!means) return;
    if (const auto transfer = means->find(mine->number)) transfer->charge(limits);
    means->recheck_budget();
  });
}

void ticket::follow(piece_order what) {
  if (!state_) return;
  state_->doors->post([mine = state_, what = std::move(what)] {
    const auto means = mine->means.lock();
    if (!means) return;
    if (const auto transfer = means->find(mine->number)) transfer->follow(what);
  });
}

void ticket::look(std::function<void(sight)> tell) const {
  if (!state_) return;
  state_->doors->post([mine = state_, tell = std::move(tell)] {
    const auto means = mine->means.lock();
    if (!means) return;
    if (const auto transfer = means->find(mine->number)) tell(transfer->look());
  });
}

struct service::impl {
  std::shared_ptr<facility> means;
  std::atomic<std::uint64_t> started{0};
};

service::service(net::engine& engine, store::home where, service_options options)
  : impl_(std::make_unique<impl>()) {
  impl_->means = facility::make(engine, std::move(where), options);
}

service::~service() {
  auto& means = *impl_->means;
  if (means.engine.on_loop_thread()) {
    means.shut();
  } else {
    std::promise<void> done;
    means.engine.post([&] {
      means.shut();
      done.set_value();
    });
    done.get_future().wait();
  }
  means.pool->silence();
  means.from_peers->silence();
  // The hash thread's last calls are for the disk thread, the disk thread's last ones for the
  // doors.
  means.hash.reset();
  means.disks.clear();
  means.doors->close();
}

ticket service::start(order what, listener ears) {
  ticket made;
  made.state_ = std::make_shared<ticket::state>();
  auto& mine = *made.state_;
  mine.doors = impl_->means->doors;
  mine.means = impl_->means;
  mine.number = ++impl_->started;
  mine.key = content_key(what.file);
  mine.doors->post([means = mine.means, number = mine.number, silent = mine.silent,
                    what = std::move(what), ears = std::move(ears)] {
    const auto still = means.lock();
    if (!still || !still->open()) return;
    const auto transfer = std::make_shared<file_transfer>(still, number, what, ears, silent);
    still->add(number, transfer);
    transfer->start();
  });
  return made;
}

void service::limit(const std::string& bucket, std::uint64_t bytes_per_second) {
  impl_->means->doors->post([means = std::weak_ptr{impl_->means}, bucket, bytes_per_second] {
    if (const auto still = means.lock()) still->limit(bucket, bytes_per_second);
  });
}

void service::limit_lanes(std::size_t most) {
  impl_->means->doors->post([means = std::weak_ptr{impl_->means}, most] {
    if (const auto still = means.lock()) still->limit_lanes(most);
  });
}

void service::on_disk_thread(const char* what, std::function<void()> call) {
  impl_->means->disks.front()->post(what, std::move(call));
}

std::string service::held_up(std::chrono::milliseconds longest) const {
  const auto& means = *impl_->means;
  const auto words = [](const std::string& who, const std::string& what,
                        std::chrono::milliseconds time) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
    return who + " has not finished " + what + " for " + std::to_string(seconds) + " s";
  };
  for (const auto& disk : means.disks)
    if (const auto task = disk->at_work(); task && task->time >= longest)
      return words("the disk", task->what, task->time);
  if (const auto task = means.hash->at_work(); task && task->time >= longest)
    return words("the hash", task->what, task->time);
  if (const auto turn = means.engine.turn(); turn && *turn >= longest)
    return words("the network thread", "a turn", *turn);
  return {};
}

service_counts service::counts() const noexcept {
  const auto& count = impl_->means->count;
  service_counts out;
  out.bytes_received = count.received;
  out.bytes_discarded = count.discarded;
  out.bytes_adopted = count.adopted;
  out.bytes_durable = count.durable;
  out.bytes_wan = count.wan;
  out.bytes_peers = count.peers;
  out.transfers_open = count.transfers;
  out.lanes_open = impl_->means->lanes_open();
  out.pool_free = impl_->means->pool->free();
  out.lane_retries = count.lane_retries;
  return out;
}

} // namespace hive::transfer
