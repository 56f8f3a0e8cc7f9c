#pragma once
/// One connection between nodes from its first byte until it is a link, or is refused. Belongs to
/// the exchange's thread.

#include "core/link/greeting.hpp"
#include "core/link/link_book.hpp"
#include "core/trust/join_message.hpp"
#include "core/trust/tls_stream.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hive::link {

/// An order to dial. `who` is empty for an address of which only that is known.
struct dial_order {
  std::uint64_t ticket{0}; ///< comes back with the answer
  std::string address;
  node_id who;
  /// Ends after the handshake, with `closed`: whether `who` answers there. Needs no link, makes
  /// none.
  bool only_looks{false};
};

/// A link, before its first byte of anything else.
struct link_made {
  link_book::number id{0};
  trust::established wire;
  greeting peer;       ///< its row has the id its certificate names
  std::string binding; ///< trust::binding_of the wire
  std::uint16_t protocol{0};
  std::optional<dial_order> order; ///< of the one that was dialled
  std::string remark;              ///< worth a warning, else empty
};
/// A dial that led to no link. `why` is `none` when the peer has one with us already, or is us.
struct dial_ended {
  dial_order order;
  node_id who; ///< empty when nobody said
  cluster::cause why{cluster::cause::none};
  std::string sentence;
  wall_time expires{}; ///< the certificate of who answered; the epoch when nobody did
};

/// What a talk asks and tells.
struct talk_host {
  link_book* book{nullptr};
  std::function<greeting()> mine;
  std::function<cluster::row_ptr(const node_id&)> known; ///< null: a stranger
  std::function<std::shared_ptr<SSL_CTX>()> context;     ///< for dials; null: this node cannot
  /// A peer dials whose link still stands here.
  std::function<void(const node_id&, link_book::number)> stale;
};

class talk {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `where`: numeric addresses to try in turn.
  talk(link_book::number id, dial_order order, std::vector<std::string> where, time_point until);
  talk(link_book::number id, trust::established from, time_point until);

  /// Goes on as far as the socket lets it; true when it is over.
  bool step(talk_host& with);
  /// Its time is over.
  void time_out();
  short wants() const noexcept; ///< POLLIN or POLLOUT
  int socket() const noexcept;
  time_point until() const noexcept { return until_; }

  link_book::number id() const noexcept { return id_; }
  const std::optional<dial_order>& order() const noexcept { return order_; }
  const node_id& who() const noexcept { return peer_; }
  bool is_link() const noexcept { return stage_ == stage::linked; }
  link_made take_link();
  cluster::cause why() const noexcept { return why_; }
  const std::string& sentence() const noexcept { return sentence_; }
  wall_time expires() const noexcept { return expires_; }

 private:
  enum class stage : std::uint8_t {
    connecting,
    handshake,
    sending,
    hearing,
    linked,
    leaving,
    over
  };

  trust::tls_progress advance(talk_host& with);
  trust::tls_progress connect(talk_host& with);
  void shook(talk_host& with);
  trust::tls_progress hear(talk_host& with);
  void take(words what, talk_host& with);
  void greeted(greeting theirs, talk_host& with);
  void welcomed(greeting theirs, talk_host& with);
  void answer(standing how, talk_host& with);
  void say(const words& what, stage next);
  void refuse(cluster::cause why, std::string sentence);
  void give_up(cluster::cause why, std::string sentence, stage next = stage::over);
  void fail_by(const failure& why);

  link_book::number id_;
  std::optional<dial_order> order_;
  std::vector<std::string> where_;
  time_point until_;
  store::descriptor socket_; ///< until the handshake begins
  std::unique_ptr<trust::tls_stream> stream_;
  trust::message_reader reader_{longest_greeting};
  stage stage_;
  stage next_{stage::over};
  trust::tls_progress last_{trust::tls_progress::wants_read};
  node_id peer_; ///< as its certificate says
  wall_time expires_{};
  std::optional<greeting> theirs_;
  std::uint16_t protocol_{0};
  std::string remark_;
  cluster::cause why_{cluster::cause::none};
  std::string sentence_;
};

} // namespace hive::link
