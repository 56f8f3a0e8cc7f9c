#include "core/transfer/file_transfer.hpp"

#include "core/base/units.hpp"
#include "core/net/local_url.hpp"

#include <algorithm>
#include <chrono>

namespace hive::transfer {

namespace {

/// And so at most 4 updates a second of a file; of many files only as many as one thread has no
/// trouble with.
std::chrono::milliseconds tick_every(std::uint64_t transfers) noexcept {
  using std::chrono::milliseconds;
  return std::clamp(milliseconds{transfers}, milliseconds{250}, milliseconds{1000});
}

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

std::optional<file_source> file_transfer::near() const {
  const auto& sources = order_.file.sources;
  if (sources.empty() || !sources.front().url.starts_with(net::local_prefix)) return std::nullopt;
  return sources.front();
}

void file_transfer::start() {
  assembly_->open(may_resume(), near());
  tick();
}

void file_transfer::on_opened(result<opened> what) {
  if (phase_ != phase::opening) return;
  if (!what) return end(std::move(what).why());
  phase_ = phase::fetching;
  if (what->whole) return have_whole(what->head);
  resumed_ = what->durable.size();
  if (resumed_ > 0) {
    tell({"resumed",
          false,
          format_bytes(resumed_) + " of " + plan().path + " were already here",
          {{"bytes", std::to_string(resumed_)}}});
  }
  if (size() == 0u) return;
  if (plan().sources.empty())
    return end(fail(errc::bad_request, plan().path + " has no source to fetch it from"));
  if (!plan().copies.empty() && plan().expected && size())
    return assembly_->find_copy(plan().copies);
  begin_fetching();
}

/// The local source's own bytes: nothing is left but to hash them.
void file_transfer::have_whole(std::span<const std::byte> head) {
  if (auto seen = look_at_head(head); !seen) return end(std::move(seen).why());
  resumed_ = *size();
  tally_.resume(resumed_);
  const auto from = net::local_path(order_.file.sources.front().url);
  const bool moved = order_.file.sources.front().given;
  tell({moved ? "moved" : "shared",
        false,
        plan().path + (moved ? " is taken over from " : " shares its blocks with ") + from +
            ": no second copy",
        {{"from", from}, {"bytes", std::to_string(resumed_)}}});
}

/// A file in another program's store is a source like any other, asked first; with shared blocks
/// even that is not needed.
void file_transfer::on_copy(std::optional<adoptable> found) {
  if (phase_ != phase::fetching) return;
  adopting_ = std::move(found);
  if (adopting_ && adopting_->size)
    refuse_copy("it has " + std::to_string(*adopting_->size) + " bytes, not " +
                std::to_string(*size()));
  if (adopting_) {
    tell({"adopting",
          false,
          "taking " + plan().path + " from " + adopting_->copy.store + ": " +
              adopting_->copy.path.string(),
          {{"from", adopting_->copy.path.string()}}});
    if (adopting_->shared) {
      tally_.resume(*size() - std::min(*size(), tally_.here()));
    } else {
      file_source here;
      here.url = net::local_url(adopting_->copy.path.string());
      order_.file.sources.insert(order_.file.sources.begin(), std::move(here));
    }
  }
  begin_fetching();
}

/// It is not what its name says: the vendor is asked. True when that was under way.
bool file_transfer::refuse_copy(const std::string& why) {
  if (!adopting_) return false;
  const auto from = std::move(*adopting_);
  adopting_.reset();
  tell({"adoption-refused",
        true,
        from.copy.path.string() + " in " + from.copy.store + " is not what its name says: " + why +
            "; fetching " + plan().path + " from its source",
        {{"from", from.copy.path.string()}}});
  return true;
}

bool file_transfer::lane_granted(lane_slot slot) {
  return phase_ == phase::fetching && crew_.lane_granted(std::move(slot));
}

void file_transfer::learn_size(std::uint64_t size) {
  order_.file.size = size;
  assembly_->set_size(size);
}

outcome file_transfer::look_at_head(std::span<const std::byte> head) {
  suspicion_ = suspect(head, plan());
  if (!suspicion_ || !suspicion_->certain) return {};
  return fail(errc::not_the_artifact, suspicion_->what + " came instead of " + plan().path);
}

outcome file_transfer::land(block_ref what, const std::string& server) {
  if (what->offset == 0) HIVE_CHECK(look_at_head(what->bytes()));
  came_from_.note({what->offset, what->end()}, server);
  assembly_->submit(std::move(what));
  return {};
}

bool file_transfer::received(std::uint64_t bytes) {
  (adopting_ ? means_->count.adopted : means_->count.received) += bytes;
  const auto before = tally_.counts().received;
  tally_.receive(bytes);
  if (from_wan()) {
    tally_.over_wan(bytes);
    means_->count.wan += bytes;
  }
  if (shared_) shared_->received(bytes);
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
  before_ = std::exchange(came_from_, {});
  compared_ = std::exchange(compare_, false);
  if (shared_) shared_->start_over();
  assembly_->restart(compared_);
}

void file_transfer::source_failed(failure why, bool keep) {
  if (phase_ != phase::fetching) return;
  if (!crew_.switch_source(keep)) {
    if (!shared_) return end(std::move(why));
    shared_->follow(swarm::stop_fetching{});
    no_source_ = why;
    return shared_->tell(source_lost{std::move(why)});
  }
  if (refuse_copy(why.detail)) return;
  tell({"source-switched",
        true,
        "going on at the next source of " + plan().path + ": " + sentence(why),
        {{"code", std::string{to_string(why.code)}}}});
}

void file_transfer::on_complete(content_hash::digests found) {
  if (phase_ != phase::fetching) return;
  crew_.dismiss();
  found_ = std::move(found);
  const bool right = !plan().expected || *plan().expected == seen_digest();
  if (right && !compared_) return commit();
  assembly_->look_into(plan().expected->hex);
}

digest file_transfer::seen_digest() const {
  return found_.git ? *found_.git : digest{digest_kind::sha256, found_.sha256};
}

void file_transfer::on_looked_into(result<wrongness> found) {
  if (phase_ != phase::fetching) return;
  if (!found) return end(std::move(found).why());
  if (*plan().expected != seen_digest()) return whole_is_wrong(*found) ? void() : mismatch(*found);
  if (const auto apart = told_apart(found->differing); !apart.empty())
    tell({"bytes-corrected", true, plan().path + " is right now; " + apart, {}});
  commit();
}

void file_transfer::commit() {
  phase_ = phase::committing;
  if (shared_) shared_->tell(whole_checked{true});
  assembly_->commit(found_);
}

failure file_transfer::wrong_content(const wrongness& known) const {
  if (suspicion_)
    return fail(errc::not_the_artifact, suspicion_->what + " came instead of " + plan().path);
  range_set all;
  all.add({0, *size()});
  auto detail = plan().path + ": expected " + to_string(*plan().expected) + ", got " +
                to_string(seen_digest()) + " from " + came_from_.of(all);
  if (compared_) {
    const auto apart = told_apart(known.differing);
    detail += "; " + (apart.empty() ? "both tries brought the same bytes" : apart);
  }
  if (!known.pieces.empty()) detail += "; wrong are the pieces at " + byte_list(known.pieces);
  return fail(errc::digest_mismatch, std::move(detail));
}

/// Where two tries differ, and who sent what; empty when they do not.
std::string file_transfer::told_apart(const range_set& differing) const {
  if (differing.empty()) return {};
  return "the two tries differ at bytes " + byte_list(differing) + ": first from " +
         before_.of(differing) + ", then from " + came_from_.of(differing);
}

void file_transfer::mismatch(const wrongness& known) {
  auto why = wrong_content(known);
  const bool shared = adopting_ && adopting_->shared;
  if (refuse_copy(why.detail)) {
    if (!shared && crew_.switch_source(false)) return;
    restart();
    return crew_.work();
  }
  if (refetch_pieces(known.pieces)) return;
  if (!known.pieces.empty()) {
    // What is right of it stays, for another time or another source.
    assembly_->restart_at(known.pieces);
    return end(std::move(why));
  }
  refetch_all(std::move(why));
}

/// Where an earlier copy tells which pieces are wrong, only they come again, once.
bool file_transfer::refetch_pieces(const range_set& wrong) {
  if (wrong.empty() || std::exchange(pieces_fetched_again_, true)) return false;
  tell({"pieces-refetched",
        true,
        "fetching bytes " + byte_list(wrong) + " of " + plan().path +
            " again, which are not what they were: they came from " + came_from_.of(wrong),
        {{"bytes", std::to_string(wrong.size())}}});
  means_->count.discarded += wrong.size();
  tally_.lose(wrong.size());
  assembly_->restart_at(wrong);
  crew_.distrust_connections();
  crew_.work();
  return true;
}

void file_transfer::refetch_all(failure why) {
  const auto reason = sentence(why);
  const bool once_more = plan().sources.size() == 1 && !fetched_twice_ && !suspicion_;
  compare_ = true;
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
  tell({"restarted",
        true,
        "fetching all of " + plan().path + " again: " + reason,
        {{"code", std::string{to_string(why.code)}}}});
}

void file_transfer::on_committed(outcome how) {
  if (phase_ != phase::committing) return;
  if (!how) return end(std::move(how).why());
  if (adopting_) {
    if (adopting_->shared) means_->count.adopted += *size();
    resumed_ = *size();
    tell(
        {"adopted",
         false,
         "adopted " + format_bytes(*size()) + " from " + adopting_->copy.store + ": " + plan().path,
         {{"bytes", std::to_string(*size())}, {"from", adopting_->copy.path.string()}}});
  }
  finish(arrival{found_.sha256, *size(), resumed_});
}

void file_transfer::on_disk_trouble(failure why) {
  if (phase_ != phase::ending) end(std::move(why));
}

void file_transfer::end(failure why) {
  phase_ = phase::ending;
  shared_.reset();
  crew_.dismiss_and_save();
  assembly_->close(leftover::keep, [self = weak_from_this(), why = std::move(why)] {
    if (const auto me = self.lock()) me->finish(why);
  });
}

void file_transfer::finish(result<arrival> how) {
  const auto self = shared_from_this();
  ticker_ = {};
  share_ticker_ = {};
  means_->remove(number_);
  flush_notes();
  update_now();
  if (heard() && ears_.on_end) ears_.on_end(std::move(how));
}

void file_transfer::stop(leftover what, std::function<void()> on_stopped) {
  phase_ = phase::ending;
  shared_.reset();
  what == leftover::keep ? crew_.dismiss_and_save() : crew_.dismiss();
  ticker_ = {};
  share_ticker_ = {};
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
  ticker_ = means_->engine.after(tick_every(means_->count.transfers), [this] { tick(); });
  assembly_->tick(clock::now());
  crew_.watch(clock::now());
  if (make_update() != told_) update_now();
}

void file_transfer::update_now() {
  told_ = make_update();
  if (heard() && ears_.on_update) ears_.on_update(told_);
}

sight file_transfer::look() const {
  sight seen;
  seen.now = make_update();
  crew_.show(seen);
  return seen;
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
