#include "actors/download.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "core/artifact/selection.hpp"

#include <algorithm>
#include <unordered_map>

namespace hive::actors {
namespace {

class download_state {
 public:
  using handle = download_actor;
  static constexpr const char* name = "download";

  download_state(download_actor::pointer self, download_deps deps, download_order order)
    : self_(self), deps_(std::move(deps)), order_(std::move(order)) {}

  download_actor::behavior_type make_behavior() {
    fill();
    return {
        [this](const file_progressed& m) { progress(m); },
        [this](const file_fetched& m) { arrive(m); },
        [this](const file_failed& m) { give_up(m); },
    };
  }

  description describe() const {
    description d;
    d.add("reference", to_string(order_.plan.what));
    d.add("files", order_.plan.files.size());
    d.add("fetched", fetched_.size());
    d.add("open", open_);
    d.add("bytes_here_before", resumed_);
    return d;
  }

 private:
  void fill() {
    const auto& files = order_.plan.files;
    for (; open_ < deps_.at_once && next_ < files.size(); ++next_, ++open_) {
      const auto stage = fetch_order(files[next_].path);
      if (open_ > 0 && stage > stage_) return;
      stage_ = stage;
      tell(self_, deps_.shelf,
           fetch_file{order_.job, files[next_], order_.plan.refusals, keys_for(files[next_]),
                      download_actor{self_}});
    }
    if (open_ == 0) finish();
  }

  std::shared_ptr<const net::keyring> keys_for(const plan_file& file) const {
    return file.origin < order_.keys.size() ? order_.keys[file.origin] : nullptr;
  }

  void progress(const file_progressed& m) {
    const auto& seen = m.now.counts;
    std::uint64_t fresh = 0;
    if (seen.received > 0) {
      // What is durable when bytes are first heard of was here before.
      const auto before = resumed_of_.try_emplace(m.path, seen.durable).first->second;
      fresh = seen.received - std::min(seen.received, before);
      moved_ = moved_ || fresh > 0;
    }
    tell(self_, deps_.heartbeat, bytes_moved{{m.path, seen, m.now.total}, fresh, m.now.phase});
  }

  void arrive(const file_fetched& m) {
    const auto& files = order_.plan.files;
    const auto file = std::ranges::find(files, m.path, &plan_file::path);
    if (file == files.end()) return;
    store::artifact_file made{m.path, m.blob.sha256, m.blob.size, {}, first_sight(*file)};
    if (file->expected && file->expected->kind == digest_kind::git_sha1)
      made.git_sha1 = file->expected->hex;
    fetched_.push_back(std::move(made));
    resumed_ += m.blob.resumed;
    const byte_counts all{m.blob.size, m.blob.size, m.blob.size, 0};
    const auto fresh = m.blob.size - std::min(m.blob.size, m.blob.resumed);
    tell(self_, deps_.heartbeat, bytes_moved{{m.path, all, m.blob.size}, fresh, "standing"});
    resumed_of_.erase(m.path);
    --open_;
    fill();
  }

  void finish() {
    tell(self_, deps_.job, download_finished{std::move(fetched_), resumed_});
    self_->quit();
  }

  void give_up(const file_failed& m) {
    tell(self_, deps_.job, download_failed{m.path, m.why, moved_});
    self_->quit();
  }

  download_actor::pointer self_;
  download_deps deps_;
  download_order order_;
  std::size_t next_{0}; ///< into the plan's files
  std::size_t open_{0}; ///< asked for and not here
  int stage_{0};        ///< fetch_order of those: weights wait for configuration
  std::vector<store::artifact_file> fetched_;
  std::uint64_t resumed_{0};
  std::unordered_map<std::string, std::uint64_t> resumed_of_; ///< bytes open files had before
  bool moved_{false};
};

} // namespace

download_actor spawn_download(caf::local_actor* parent, download_deps deps, download_order order) {
  return spawn_child<download_state>(parent, std::move(deps), std::move(order));
}

} // namespace hive::actors
