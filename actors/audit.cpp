#include "actors/audit.hpp"

#include "actors/auditor.hpp"
#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "core/store/audit.hpp"
#include "core/store/blob_store.hpp"

#include <algorithm>
#include <deque>
#include <thread>

namespace hive::actors {
namespace {

constexpr std::size_t most_auditors = 4;

/// One content under audit; several files of an artifact may have the same.
struct subject {
  store::blob_finding found;
  std::vector<std::string> paths;
  std::size_t open{0};        ///< parts not checked yet
  std::uint64_t right{0};     ///< bytes found right
  std::uint64_t looked_at{0}; ///< bytes read, right or not
};

struct waiting_part {
  std::size_t subject{0};
  store::audit_part part;
};

class audit_state {
 public:
  using handle = audit_actor;
  static constexpr const char* name = "audit";

  audit_state(audit_actor::pointer self, audit_deps deps, std::vector<store::artifact_file> files)
    : self_(self), deps_(std::move(deps)) {
    for (auto& file : files) add(std::move(file));
  }

  audit_actor::behavior_type make_behavior() {
    plan();
    const auto wanted =
        deps_.auditors != 0
            ? deps_.auditors
            : std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, most_auditors);
    for (std::size_t i = 0; i < std::min(wanted, parts_.size()); ++i) {
      auditors_.push_back(spawn_auditor(self_, audit_actor{self_}));
      hand_out(auditors_.back());
    }
    finish_when_done();
    return {
        [this](const bytes_checked& m) { show(m); },
        [this](part_checked& m) { take(std::move(m)); },
    };
  }

 private:
  void add(store::artifact_file file) {
    const auto known = std::ranges::find_if(
        subjects_, [&](const subject& s) { return s.found.sha256 == file.sha256; });
    if (known != subjects_.end()) return known->paths.push_back(std::move(file.path));
    subjects_.push_back({{file.sha256, file.size, false, {}, false, true}, {file.path}, 0, 0, 0});
  }

  void plan() {
    for (std::size_t i = 0; i < subjects_.size(); ++i) {
      auto& s = subjects_[i];
      const auto& [sha256, size] = std::pair{s.found.sha256, s.found.size};
      auto parts = store::plan_audit(deps_.home, sha256, size, deps_.part);
      if (parts.empty()) {
        s.found = store::finding_of_absent(deps_.home, sha256, size);
        continue;
      }
      // A blob that was set aside is damaged, whatever is found in what is left of it.
      s.found.damaged = store::blob_size(deps_.home, sha256) != size;
      s.found.known = parts.front().by_table();
      s.open = parts.size();
      for (auto& part : parts) parts_.push_back({i, std::move(part)});
    }
    open_ = parts_.size();
  }

  void hand_out(const auditor_actor& to) {
    if (parts_.empty()) return;
    auto next = std::move(parts_.front());
    parts_.pop_front();
    tell(self_, to,
         check_part{next.subject, std::make_shared<store::audit_part>(std::move(next.part))});
  }

  void show(const bytes_checked& m) {
    auto& s = subjects_[m.subject];
    s.looked_at += m.looked_at;
    s.right += m.right;
    const byte_counts counts{s.right, s.right, s.right, 0};
    for (const auto& path : s.paths)
      tell(self_, deps_.heartbeat,
           bytes_moved{{path, counts, s.found.size}, s.looked_at, "verifying"});
  }

  void take(part_checked m) {
    auto& s = subjects_[m.subject];
    s.found.damaged = s.found.damaged || m.part->damaged();
    s.found.bad.add(m.part->bad());
    if (const auto& table = m.part->learnt()) {
      // Knowledge for the next time; without it that is as thorough, only slower.
      static_cast<void>(store::keep_pieces(deps_.home, *table));
    }
    --s.open;
    --open_;
    if (const auto who = auditor_of(asker(self_)); who) hand_out(*who);
    finish_when_done();
  }

  std::optional<auditor_actor> auditor_of(const caf::strong_actor_ptr& who) const {
    for (const auto& one : auditors_)
      if (who && is(who->address(), one)) return one;
    return std::nullopt;
  }

  void finish_when_done() {
    if (open_ > 0) return;
    audit_finished end;
    for (auto& s : subjects_)
      if (s.found.damaged) end.damaged.push_back({std::move(s.found), std::move(s.paths)});
    tell(self_, deps_.job, std::move(end));
    for (const auto& one : auditors_) order_stop(one, stop_reason::finished);
    self_->quit();
  }

  audit_actor::pointer self_;
  audit_deps deps_;
  std::vector<subject> subjects_;
  std::deque<waiting_part> parts_;
  std::size_t open_{0};
  std::vector<auditor_actor> auditors_;
};

} // namespace

audit_actor spawn_audit(caf::local_actor* parent, audit_deps deps,
                        std::vector<store::artifact_file> files) {
  return spawn_blocking_child<audit_state>(parent, std::move(deps), std::move(files));
}

} // namespace hive::actors
