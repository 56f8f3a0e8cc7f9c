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
constexpr std::size_t first_lanes = 4;
constexpr std::uint64_t probe_bytes = 8ull << 20;
constexpr double worth_a_split = 0.5; ///< seconds a lane still needs for its piece
constexpr std::chrono::seconds sample_every{1};

} // namespace

crew::crew(file_transfer& file, std::shared_ptr<facility> means,
           std::shared_ptr<const net::keyring> keys)
  : file_(file), means_(std::move(means)), keys_(std::move(keys)), count_(1, 1),
    budget_(means_->options.retry, std::random_device{}()), sampled_at_(clock::now()) {}

void crew::work() {
  working_ = true;
  count_lanes();
  board_.clear();
  if (single_) {
    board_.put({{0, file_.size().value_or(lane::endless)}, {}, false, 0});
  } else if (file_.size()) {
    board_.plan(file_.written(), *file_.size());
  } else {
    const auto from = file_.written().run_end(0);
    board_.put({{from, from + probe_bytes}, {}, false, 0});
  }
  pump();
}

void crew::count_lanes() {
  const auto& size = file_.size();
  const auto most = means_->options.lanes_per_file;
  const bool small = !size || *size <= few_pieces * piece_size(*size);
  count_ = small ? lane_count{1, 1} : lane_count{std::min(first_lanes, most), most};
}

void crew::dismiss() {
  working_ = false;
  for (std::size_t i = 0; i < lanes_.size(); ++i) means_->return_lane();
  lanes_.clear();
  asking_ = 0;
  rests_.clear();
  rest_timer_ = {};
}

void crew::dismiss_and_save() {
  for (const auto& next : lanes_) next->release_block();
  dismiss();
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
  had_link_ = single_ = started_over_ = connected_ = false;
  version_.clear();
  budget_.progress();
  if (!keep) file_.restart();
  working_ = true;
  keep ? pump() : work();
  return true;
}

void crew::sample(clock::time_point now, std::uint64_t received) {
  const std::chrono::duration<double> passed = now - sampled_at_;
  if (passed < sample_every) return;
  if (working_) count_.sample(static_cast<double>(received - sampled_) / passed.count(), open());
  sampled_at_ = now;
  sampled_ = received;
  pump();
}

void crew::surrender_blocks(clock::time_point before) {
  for (const auto& next : lanes_) {
    // A stream without a known end could not place a rest outside the pool when it ends.
    if (next->end() == lane::endless || !next->has_block()) continue;
    if (next->block_since() < before) next->release_block();
  }
}

std::string crew::servers() const {
  std::string out;
  for (const auto& next : servers_) out += (out.empty() ? "" : ", ") + next;
  return out.empty() ? "this machine" : out;
}

const file_source& crew::source() const noexcept {
  return file_.plan().sources[source_];
}

std::size_t crew::allowed() const noexcept {
  const bool alone = single_ || source().url.starts_with("file:");
  return alone ? 1 : count_.allowed();
}

bool crew::wants_lane() {
  if (!working_ || asking_ != 0) return false;
  std::erase_if(rests_, [now = clock::now()](auto until) { return until <= now; });
  if (lanes_.size() + rests_.size() >= allowed()) return false;
  return !board_.empty() || longest_lane() != nullptr;
}

void crew::pump() {
  while (wants_lane() && means_->take_lane(file_)) open_lane();
}

void crew::pump_soon() {
  means_->doors->post([this, file = file_.weak_from_this()] {
    if (const auto alive = file.lock()) pump();
  });
}

bool crew::lane_granted() {
  if (!wants_lane()) return false;
  open_lane();
  pump();
  return true;
}

/// The lane that needs longest for the rest of its piece, if that is worth another connection.
lane* crew::longest_lane() const {
  const auto now = clock::now();
  lane* longest = nullptr;
  double most = worth_a_split;
  for (const auto& next : lanes_) {
    if (!next->streaming() || next->end() == lane::endless) continue;
    if (!split_point(next->at(), next->end())) continue;
    const auto left = static_cast<double>(next->end() - next->at()) / (next->rate(now) + 1);
    if (left <= most) continue;
    most = left;
    longest = next.get();
  }
  return longest;
}

piece crew::next_piece() {
  if (auto lowest = board_.take()) return std::move(*lowest);
  auto& from = *longest_lane();
  const auto cut = *split_point(from.at(), from.end());
  piece rest{{cut, from.end()}, {}, false, 0};
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
  what.keys = keys_;
  what.idle_timeout = means_->options.stall;
  what.fresh_connection = work.fresh_connection || distrust_;
  const bool whole = work.next() == 0 && work.range.end == file_.size().value_or(lane::endless);
  if (!whole) what.range = byte_range{work.next(), work.range.end};
  return what;
}

void crew::open_lane() {
  auto work = next_piece();
  const auto* const known = usable_link();
  auto what = make_request(work, known ? known->url : source().url);
  const question asked{what.range, file_.size(), known && known->url != source().url, false};
  lanes_.push_back(std::make_unique<lane>(*this, *means_, ++lanes_made_, std::move(work)));
  if (!known) asking_ = lanes_made_;
  lanes_.back()->open(std::move(what), asked);
}

const std::vector<std::string>& crew::limits() const noexcept {
  return file_.limits();
}

outcome crew::land(block_ref what) {
  return file_.land(std::move(what));
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
