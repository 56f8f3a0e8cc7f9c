#include "core/transfer/crew.hpp"

#include "core/base/redact.hpp"
#include "core/transfer/file_transfer.hpp"
#include "core/transfer/first_bytes.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace hive::transfer {

namespace {

constexpr std::uint64_t few_pieces = 3; ///< a file of no more is fetched by one lane
constexpr std::uint64_t probe_bytes = 8ull << 20;

// The connection of a lane whose piece was split is closed at the cut, and what the server had sent
// beyond it (about a MiB) is lost: so there must be much left, in bytes or in time.
constexpr double shortest_split = 0.5; ///< seconds a lane still needs
constexpr double long_split = 4;       ///< the same, whatever the bytes
constexpr std::uint64_t large_rest = 8ull << 20;

// A lane far slower than the best is dialled again: after ten seconds, sooner when only such lanes
// are left or when what it fetches holds up the hash; each time of a piece later.
constexpr std::chrono::seconds patience{10};
constexpr std::chrono::seconds little_patience{2};
constexpr int most_redials = 6;

} // namespace

crew::crew(file_transfer& file, std::shared_ptr<facility> means,
           std::shared_ptr<const net::keyring> keys)
  : file_(file), means_(std::move(means)), keys_(std::move(keys)),
    budget_(means_->options.retry, std::random_device{}()) {}

void crew::work() {
  working_ = true;
  board_.clear();
  if (single_) {
    board_.put({{0, file_.size().value_or(lane::endless)}, {}});
  } else if (file_.size()) {
    board_.plan(file_.settled(), *file_.size());
  } else {
    const auto from = file_.written().run_end(0);
    board_.put({{from, from + probe_bytes}, {}});
  }
  pump();
}

void crew::want(const std::vector<byte_range>& missing) {
  const auto longest = piece_size(file_.size().value_or(0));
  for (auto range : missing)
    for (; !range.empty(); range.begin += std::min(longest, range.size()))
      board_.put({{range.begin, range.begin + std::min(longest, range.size())}, {}});
  working_ = true;
  pump();
}

void crew::rest() {
  dismiss_and_save();
  board_.clear();
}

void crew::dismiss() {
  working_ = false;
  lanes_.clear();
  asking_ = 0;
  rests_.clear();
  rest_timer_ = {};
}

void crew::dismiss_and_save() {
  for (const auto& next : lanes_) next->release_block();
  dismiss();
}

void crew::show(sight& into) const {
  for (const auto& one : lanes_) {
    const auto from = net::origin_of(one->url());
    const auto age = clock::now() - one->started();
    into.lanes.push_back({one->number(), from ? to_string(*from) : std::string{}, one->server(),
                          one->at(), one->end(), one->rate(),
                          std::chrono::duration_cast<std::chrono::milliseconds>(age)});
  }
  into.pieces_waiting = board_.size();
  into.origin = present_origin();
  if (!lanes_.empty() || !working_) return;
  if (!rests_.empty())
    into.waits = setback_;
  else if (!board_.empty())
    into.waits = "all lanes to " + into.origin + " are taken: it gets " +
                 std::to_string(means_->lanes_allowed(into.origin));
}

bool crew::switch_source(bool keep) {
  if (source_ + 1 >= file_.plan().sources.size()) return false;
  keep = keep && !single_ && file_.plan().expected;
  for (const auto& next : lanes_) {
    if (keep) board_.put(next->remainder());
    keep = keep && !next->spoiled();
  }
  dismiss();
  ++source_;
  link_.reset();
  had_link_ = single_ = one_only_ = started_over_ = connected_ = false;
  quiet_until_ = {};
  lockouts_ = 0;
  version_.clear();
  budget_.progress();
  if (!keep) file_.restart();
  working_ = true;
  keep ? pump() : work();
  return true;
}

void crew::watch(clock::time_point now) {
  auto prefix = file_.size().value_or(0);
  for (const auto& next : lanes_) prefix = std::min(prefix, next->at());
  std::vector<std::uint64_t> slow;
  for (const auto& next : lanes_) {
    next->measure(now);
    if (too_slow(*next, prefix)) slow.push_back(next->number());
  }
  for (const auto number : slow) close_lane(number, true);
  pump();
}

bool crew::too_slow(lane& who, std::uint64_t prefix) const {
  if (!who.streaming() || who.end() == lane::endless || who.redials() >= most_redials) return false;
  const bool urgent = board_.empty() || (who.at() == prefix && lanes_.size() > 1);
  const auto limit = (urgent ? little_patience : patience) * (1 << who.redials());
  return who.slow_for() >= limit;
}

void crew::close_lane(std::uint64_t number, bool redial) {
  const auto found = std::ranges::find(lanes_, number, [](const auto& l) { return l->number(); });
  if (found == lanes_.end()) return;
  const auto who = std::move(*found);
  lanes_.erase(found);
  if (asking_ == number) asking_ = 0;
  auto rest = who->remainder();
  if (who->spoiled()) return file_.source_failed(*who->spoiled(), false);
  if (redial) {
    ++means_->count.lane_retries;
    rest.fresh_connection = true;
    ++rest.redials;
    file_.tell({"lane-redialled",
                false,
                "a connection to " + redact_url(who->url()) +
                    " was far slower than others: "
                    "dialling again for " +
                    file_.plan().path,
                {{"rate", std::to_string(static_cast<std::uint64_t>(who->rate()))}}});
  }
  board_.put(std::move(rest));
}

void crew::yield_lane() {
  if (lanes_.size() < 2 || single_) return;
  const auto farthest = std::ranges::max_element(lanes_, {}, [](const auto& l) { return l->at(); });
  if ((*farthest)->end() == lane::endless) return;
  close_lane((*farthest)->number(), false);
}

void crew::surrender_blocks(clock::time_point before) {
  for (const auto& next : lanes_) {
    // A stream without a known end could not place a rest outside the pool when it ends.
    if (next->end() == lane::endless || !next->has_block()) continue;
    if (next->block_since() < before) next->release_block();
  }
}

const file_source& crew::source() const noexcept {
  return file_.plan().sources[source_];
}

/// Where the next lane asks.
std::string crew::next_origin() {
  static_cast<void>(usable_link());
  return present_origin();
}

/// The same, as long as the link does not run out.
std::string crew::present_origin() const {
  const auto where = net::origin_of(link_ ? link_->url : source().url);
  return where ? net::to_string(*where) : "this machine";
}

/// Whose lanes they count as: a shared transfer's are the first job's.
const std::string& crew::payer() const noexcept {
  static const std::string nobody;
  return file_.limits().empty() ? nobody : file_.limits().front();
}

std::size_t crew::allowed() const noexcept {
  const auto& size = file_.size();
  const bool small = !size || *size <= few_pieces * piece_size(*size);
  const bool alone = single_ || one_only_ || small || source().url.starts_with("file:");
  return alone ? 1 : means_->options.lanes_per_file;
}

bool crew::wants_lane(std::size_t origin_allows) {
  const auto now = clock::now();
  if (!working_ || unlocking_ || asking_ != 0 || now < quiet_until_) return false;
  std::erase_if(rests_, [now](auto until) { return until <= now; });
  const auto lanes = lanes_.size() + rests_.size();
  // What rests counts where the origin allows few, so that a failing server is not asked by all.
  if (lanes >= allowed() || (!rests_.empty() && lanes >= origin_allows)) return false;
  return !board_.empty() || longest_lane() != nullptr;
}

void crew::pump() {
  if (key_runs_out()) renew(keys_->renewable()->number(), nullptr);
  open_lanes();
}

void crew::open_lanes() {
  while (working_) {
    const auto origin = next_origin();
    if (!wants_lane(means_->lanes_allowed(origin))) return;
    auto slot = means_->take_lane(file_.shared_from_this(), origin, payer());
    if (!slot) return;
    open_lane(std::move(*slot));
  }
}

void crew::pump_soon() {
  means_->doors->post([this, file = file_.weak_from_this()] {
    if (const auto alive = file.lock()) pump();
  });
}

bool crew::lane_granted(lane_slot slot) {
  if (!wants_lane(means_->lanes_allowed(next_origin()))) return false;
  open_lane(std::move(slot));
  pump();
  return true;
}

/// The lane that needs longest for the rest of its piece, if that is worth another connection.
lane* crew::longest_lane() const {
  const auto now = clock::now();
  lane* longest = nullptr;
  double most = shortest_split;
  for (const auto& next : lanes_) {
    if (!next->streaming() || next->end() == lane::endless) continue;
    next->measure(now);
    const auto left = next->seconds_left();
    if (!left || !split_point(next->at(), next->end())) continue;
    const bool much = next->end() - next->at() > large_rest || *left >= long_split;
    if (*left <= most || !much) continue;
    most = *left;
    longest = next.get();
  }
  return longest;
}

piece crew::next_piece() {
  if (auto lowest = board_.take()) return std::move(*lowest);
  auto& from = *longest_lane();
  const auto cut = *split_point(from.at(), from.end());
  piece rest{{cut, from.end()}, {}};
  from.shorten(cut);
  return rest;
}

const crew::link* crew::usable_link() {
  constexpr std::chrono::seconds early{60};
  const auto now = std::chrono::system_clock::now();
  if (link_ && link_->expires && *link_->expires - early <= now) link_.reset();
  return link_ ? &*link_ : nullptr;
}

net::request crew::make_request(const piece& work, const std::string& url) const {
  net::request what;
  what.url = url;
  what.headers = source().headers;
  what.bucket = "files";
  what.keys = keys_;
  what.idle_timeout = means_->options.stall;
  what.fresh_connection = work.fresh_connection || distrust_;
  const bool whole = work.next() == 0 && work.range.end == file_.size().value_or(lane::endless);
  if (!whole) what.range = byte_range{work.next(), work.range.end};
  return what;
}

void crew::open_lane(lane_slot slot) {
  auto work = next_piece();
  const auto* const known = usable_link();
  auto what = make_request(work, known ? known->url : source().url);
  question asked{what.range, file_.size(), known && known->url != source().url, false};
  if (keys_ && keys_->renewable()) asked.shown = keys_->renewable()->number();
  lanes_.push_back(
      std::make_unique<lane>(*this, *means_, ++lanes_made_, std::move(work), std::move(slot)));
  if (!known) asking_ = lanes_made_;
  lanes_.back()->open(std::move(what), asked);
}

const std::vector<std::string>& crew::limits() const noexcept {
  return file_.limits();
}

outcome crew::land(block_ref what, const std::string& server) {
  return file_.land(std::move(what), server);
}

void crew::received(std::uint64_t bytes) {
  if (file_.received(bytes)) budget_.progress();
}

void crew::surplus(std::uint64_t bytes) {
  file_.discarded(bytes);
}

failure crew::name_stranger(std::span<const std::byte> first, const failure& otherwise) const {
  const auto seen = suspect(first, file_.plan());
  if (!seen) return otherwise;
  return fail(errc::not_the_artifact, seen->what + " came instead of " + file_.plan().path);
}

} // namespace hive::transfer
