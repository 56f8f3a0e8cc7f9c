#pragma once
/// What the hive is to hold, as this node knows it: merges what others say, tells what is new, and
/// begins the jobs that fall to this node; one that fails is tried again, later each time. No
/// actor; used by the cluster's alone.

#include "actors/comparison.hpp"
#include "actors/hive_words.hpp"
#include "actors/links.hpp"
#include "core/base/random.hpp"
#include "core/cluster/placement.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace hive::actors {

struct wish_means {
  cluster_actor::pointer self;
  queue_actor queue;
  std::shared_ptr<links> links_of; ///< null: nothing is kept on disk
  /// Kept over the group's restarts.
  std::shared_ptr<std::vector<cluster::desired_record>> kept;
  const cluster::membership* members;
  std::uint64_t seed{0};
  /// To a member that has a link; nothing for others.
  std::function<void(const node_id&, wish_words)> say;
  std::function<std::string(const node_id&)> name_of; ///< of a member, for people
};

class wish_keeper {
 public:
  explicit wish_keeper(wish_means means);

  /// News for a few members; empty when there are none.
  std::vector<cluster::desired_record> take_news() { return wishes_.take_news(); }
  /// For a comparison: the other side answers with what differs.
  wish_words sums() const { return comparison<wish_words>::sums_of(wishes_); }
  void tidy();
  void hear(const node_id& from, const wish_words& what);
  void lost(const node_id& who) { compared_.lost(who); }

  /// Who holds it now. errc::conflict when no member fits.
  result<std::vector<node_id>> place(cluster::desired_record wish);
  /// errc::not_found.
  result<wish_shown> withdraw(const std::string& id);
  wishes_shown list(const list_wishes& asked) const;
  /// Each node for itself: the same wish again is the same job.
  void hold_what_is_due();

 private:
  /// How this node holds a wish, in this life.
  struct effort {
    job_id job; ///< empty: not yet begun
    job_state state{job_state::queued};
    bool asked{false}; ///< an answer of the queue is to come
    std::uint64_t failures{0};
    std::chrono::milliseconds due{0}; ///< of the next try; steady
    wall_time due_at{};               ///< the same, for people
  };

  void changed();
  void begin(const cluster::desired_record& wish, effort& how);
  void follow(const std::string& id, effort& how);
  void hear_job(const std::string& id, const job_record& job, bool tried_again);
  void hear_trouble(const std::string& id, const caf::error& why);
  void give_up_withdrawn();
  void cancel_strange();
  void cancel(const job_id& job);
  wish_shown shown(const cluster::desired_record& wish) const;
  std::chrono::milliseconds now() const;

  wish_means means_;
  cluster::desired_state wishes_;
  comparison<wish_words> compared_;
  random_sequence random_;
  std::map<std::string, effort> efforts_; ///< by the wish's id
  std::size_t open_{0};                   ///< questions the queue has not answered
};

} // namespace hive::actors
