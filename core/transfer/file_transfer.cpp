#include "core/transfer/file_transfer.hpp"

#include "core/base/units.hpp"

#include <chrono>

namespace hive::transfer {

namespace {

constexpr std::chrono::milliseconds tick_every{250}; ///< and so at most 4 updates a second

} // namespace

file_transfer::file_transfer(std::shared_ptr<facility> means, std::uint64_t number, order what,
                             listener ears, std::shared_ptr<std::atomic<bool>> silent)
  : means_(std::move(means)), number_(number), order_(std::move(what)),
    key_(content_key(order_.file)), ears_(std::move(ears)), silent_(std::move(silent)),
    assembly_(std::make_shared<assembly>(means_, order_.file, *this, tally_)),
    crew_(*this, means_, order_.keys) {}

/// Bytes of an earlier run are only worth something when the end result is checked, or when the
/// plan says how to recognise another version.
bool file_transfer::may_resume() const {
  const auto& sources = order_.file.sources;
  return order_.file.expected || (!sources.empty() && !sources.front().checks.empty());
}

void file_transfer::start() {
  assembly_->open(may_resume());
  tick();
}

void file_transfer::on_opened(result<range_set> durable) {
  if (phase_ != phase::opening) return;
  if (!durable) return end(std::move(durable).why());
  phase_ = phase::fetching;
  resumed_ = durable->size();
  if (resumed_ > 0) {
    tell({"resumed",
          false,
          format_bytes(resumed_) + " of " + plan().path + " were already here",
          {{"bytes", std::to_string(resumed_)}}});
  }
  if (size() == 0u) return;
  if (plan().sources.empty())
    return end(fail(errc::bad_request, plan().path + " has no source to fetch it from"));
  crew_.work();
}

bool file_transfer::lane_granted(lane_slot slot) {
  return phase_ == phase::fetching && crew_.lane_granted(std::move(slot));
}

void file_transfer::learn_size(std::uint64_t size) {
  order_.file.size = size;
  assembly_->set_size(size);
}

outcome file_transfer::land(block_ref what) {
  if (what->offset == 0) {
    suspicion_ = suspect(what->bytes(), plan());
    if (suspicion_ && suspicion_->certain)
      return fail(errc::not_the_artifact, suspicion_->what + " came instead of " + plan().path);
  }
  assembly_->submit(std::move(what));
  return {};
}

bool file_transfer::received(std::uint64_t bytes) {
  means_->count.received += bytes;
  const auto before = tally_.counts().received;
  tally_.receive(bytes);
  return tally_.counts().received > before;
}

void file_transfer::discarded(std::uint64_t bytes) {
  means_->count.discarded += bytes;
  tally_.discard(bytes);
}

void file_transfer::restart() {
  means_->count.discarded += tally_.restart();
  suspicion_.reset();
  resumed_ = 0;
  assembly_->restart();
}

void file_transfer::source_failed(failure why, bool keep) {
  if (phase_ != phase::fetching) return;
  if (!crew_.switch_source(keep)) return end(std::move(why));
  tell({"source-switched",
        true,
        "going on at the next source of " + plan().path + ": " + sentence(why),
        {{"code", std::string{to_string(why.code)}}}});
}

void file_transfer::on_complete(content_hash::digests found) {
  if (phase_ != phase::fetching) return;
  crew_.dismiss();
  sha256_ = found.sha256;
  const digest whole{digest_kind::sha256, sha256_};
  const auto& seen = found.git ? *found.git : whole;
  if (plan().expected && *plan().expected != seen) return mismatch(seen);
  phase_ = phase::committing;
  assembly_->commit(found);
}

void file_transfer::mismatch(const digest& found) {
  auto why =
      fail(errc::digest_mismatch, plan().path + ": expected " + to_string(*plan().expected) +
                                      ", got " + to_string(found) + " from " + crew_.servers());
  if (suspicion_)
    why = fail(errc::not_the_artifact, suspicion_->what + " came instead of " + plan().path);
  const auto reason = sentence(why);
  const std::vector<std::pair<std::string, std::string>> fields{
      {"code", std::string{to_string(why.code)}}};
  const bool once_more = plan().sources.size() == 1 && !fetched_twice_ && !suspicion_;
  if (once_more) {
    fetched_twice_ = true;
    crew_.distrust_connections();
    restart();
    crew_.work();
  } else if (!crew_.switch_source(false)) {
    // What is here is wrong somewhere: it must not be taken up again.
    restart();
    return end(std::move(why));
  }
  tell({"restarted", true, "fetching all of " + plan().path + " again: " + reason, fields});
}

void file_transfer::on_committed(outcome how) {
  if (phase_ != phase::committing) return;
  if (!how) return end(std::move(how).why());
  finish(arrival{sha256_, *size(), resumed_});
}

void file_transfer::on_disk_trouble(failure why) {
  if (phase_ != phase::ending) end(std::move(why));
}

void file_transfer::end(failure why) {
  phase_ = phase::ending;
  crew_.dismiss_and_save();
  assembly_->close(leftover::keep, [self = weak_from_this(), why = std::move(why)] {
    if (const auto me = self.lock()) me->finish(why);
  });
}

void file_transfer::finish(result<arrival> how) {
  const auto self = shared_from_this();
  ticker_ = {};
  means_->remove(number_);
  flush_notes();
  update_now();
  if (heard() && ears_.on_end) ears_.on_end(std::move(how));
}

void file_transfer::stop(leftover what, std::function<void()> on_stopped) {
  phase_ = phase::ending;
  what == leftover::keep ? crew_.dismiss_and_save() : crew_.dismiss();
  ticker_ = {};
  assembly_->close(
      what, [means = std::weak_ptr{means_}, number = number_, on_stopped = std::move(on_stopped)] {
        if (const auto still = means.lock()) still->remove(number);
        if (on_stopped) on_stopped();
      });
}

void file_transfer::abandon() {
  *silent_ = true;
  stop(leftover::keep, nullptr);
}

void file_transfer::charge(std::vector<std::string> limits) {
  order_.limits = std::move(limits);
}

void file_transfer::tell(note what) {
  // Not from within a callback of curl: whoever listens may end this transfer.
  if (notes_.empty()) {
    means_->doors->post([self = weak_from_this()] {
      if (const auto me = self.lock()) me->flush_notes();
    });
  }
  notes_.push_back(std::move(what));
}

void file_transfer::flush_notes() {
  for (const auto& next : std::exchange(notes_, {})) {
    if (heard() && ears_.on_note) ears_.on_note(next);
  }
}

void file_transfer::tick() {
  const auto self = shared_from_this();
  ticker_ = means_->engine.after(tick_every, [this] { tick(); });
  assembly_->tick(clock::now());
  crew_.watch(clock::now());
  if (make_update() != told_) update_now();
}

void file_transfer::update_now() {
  told_ = make_update();
  if (heard() && ears_.on_update) ears_.on_update(told_);
}

update file_transfer::make_update() const {
  update now{tally_.counts(), size(), crew_.open(), "connecting"};
  if (phase_ == phase::committing)
    now.phase = "committing";
  else if (size() && here() == *size())
    now.phase = "verifying";
  else if (crew_.connected())
    now.phase = "fetching";
  return now;
}

} // namespace hive::transfer
