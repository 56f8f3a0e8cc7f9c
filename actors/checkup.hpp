#pragma once
/// Looks whether this node and its members reach each other, both ways: dials every address they
/// advertise as far as the TLS handshake, and asks those with a link to do the same with this
/// node's. Nobody dials an address that is not a member's own word. No actor; used by the cluster's
/// alone.

#include "actors/hive_words.hpp"
#include "actors/links.hpp"
#include "actors/neighbourhood.hpp"

#include <functional>
#include <list>
#include <map>
#include <memory>

namespace hive::actors {

struct checkup_means {
  cluster_actor::pointer self;
  std::shared_ptr<links> links_of; ///< null: there is nobody
  const cluster::membership* members;
  const known_peers* peers;
  /// To a member that has a link; nothing for others.
  std::function<void(const node_id&, checkup_words)> say;
};

class checkup {
 public:
  explicit checkup(checkup_means means) : means_(std::move(means)) {}

  void begin(caf::typed_response_promise<members_checked> answer);
  void overdue(std::uint64_t number);
  /// A dial that only looks is over.
  void dialled(const link::dial_ended& how);
  void hear(const node_id& from, const checkup_words& what);

 private:
  struct round { ///< of one asker
    std::uint64_t number{0};
    members_checked found;
    wall_time began{};
    std::size_t open{0}; ///< dials and answers to come
    caf::typed_response_promise<members_checked> answer;
  };
  /// Dials to the addresses of one member.
  struct errand {
    std::uint64_t round{0}; ///< 0: for `asker`
    node_id who;
    std::uint64_t ticket{0};            ///< the asker's
    wall_time heard{};                  ///< its question
    std::chrono::milliseconds began{0}; ///< steady
    std::size_t open{0};
    std::vector<dial_found> found;
  };

  void dial(errand what, const cluster::profile& whom);
  void report(errand& done);
  void drop_late();
  void settle(round& of);
  round* find(std::uint64_t number);
  member_check* find(round& in, const node_id& who);
  std::chrono::milliseconds now() const;

  checkup_means means_;
  std::list<round> rounds_;
  std::list<errand> errands_;
  std::map<std::uint64_t, errand*> dials_; ///< by ticket
  std::uint64_t last_{0};                  ///< number or ticket given
};

} // namespace hive::actors
