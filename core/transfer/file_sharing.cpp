// What is different for a file that other nodes of the hive want, too.

#include "core/net/local_url.hpp"
#include "core/transfer/file_transfer.hpp"

#include <chrono>
#include <utility>

namespace hive::transfer {

namespace {

/// So often bytes under way are told: a request is stalled after 3 s without any.
constexpr std::chrono::milliseconds share_every{200};
/// After so many wholes that came out wrong the vendor is no better than its word.
constexpr int most_wrong_wholes = 2;

} // namespace

/// A copy on this machine needs nobody's help.
void file_transfer::begin_fetching() {
  const auto grid = order_.shared && !adopting_ && size() ? swarm::piece_grid::of(*size())
                                                          : result<swarm::piece_grid>{failure{}};
  if (!grid) {
    if (order_.shared && ears_.on_piece)
      ears_.on_piece(sharing_over{"a copy of this machine is taken"});
    return crew_.work();
  }
  shared_ = std::make_unique<shared_pieces>(means_, assembly_, crew_, tally_, *grid,
                                            [this](piece_news what) {
                                              if (heard() && ears_.on_piece)
                                                ears_.on_piece(std::move(what));
                                            });
  share_tick();
  shared_->begin();
}

void file_transfer::share_tick() {
  if (!shared_) return;
  shared_->tick();
  share_ticker_ = means_->engine.after(share_every, [this] { share_tick(); });
}

void file_transfer::follow(const piece_order& what) {
  if (!shared_ || phase_ != phase::fetching) return;
  if (const auto* end_it = std::get_if<despair>(&what)) return end(end_it->why);
  // Without a source there is nothing to ask; whoever orders has been told.
  if (no_source_ && std::holds_alternative<swarm::fetch_piece>(what)) return;
  shared_->follow(what);
}

void file_transfer::leave_sharing(const std::string& why) {
  if (!shared_) return;
  shared_->tell(sharing_over{why});
  share_ticker_ = {};
  shared_.reset();
}

void file_transfer::on_written(byte_range range) {
  if (shared_) shared_->written(range);
}

/// Some word about pieces was wrong, or the vendor's bytes are. False when it is not shared.
bool file_transfer::whole_is_wrong(const wrongness& known) {
  if (!shared_) return false;
  auto why = wrong_content(known);
  restart();
  if (++wrong_wholes_ >= most_wrong_wholes) {
    end(std::move(why));
    return true;
  }
  tell({"restarted",
        true,
        "fetching all of " + plan().path + " again: " + sentence(why),
        {{"code", std::string{to_string(errc::digest_mismatch)}}}});
  shared_->tell(whole_checked{false});
  return true;
}

bool file_transfer::from_wan() const {
  const auto& sources = order_.file.sources;
  return !adopting_ && (sources.empty() || !sources.front().url.starts_with(net::local_prefix));
}

} // namespace hive::transfer
