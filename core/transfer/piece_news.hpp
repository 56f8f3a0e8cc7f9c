#pragma once
/// What a shared transfer is told about the pieces of its content, and what it tells.

#include "core/base/errc.hpp"
#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/net/tls_rules.hpp"
#include "core/swarm/action.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

namespace hive::transfer {

// Orders: actions of core/swarm, with what it takes to do them.

struct ask_peer {
  swarm::ask_piece what;
  std::string url; ///< of the piece
  std::shared_ptr<const net::tls_rules> tls;
};
/// Neither the sources nor peers will bring what lacks: the transfer fails.
struct despair {
  failure why;
};
using piece_order =
    std::variant<swarm::fetch_piece, swarm::stop_fetching, ask_peer, swarm::drop_piece,
                 swarm::keep_piece, swarm::forget_piece, despair>;

// News.

struct piece_here { ///< of before
  swarm::piece_claim what;
};
struct pieces_ready {}; ///< all of those have been told: orders are taken
struct source_bytes {
  swarm::piece_index piece; ///< one of those that are fetched
  std::uint64_t bytes;
};
struct source_piece {
  swarm::piece_claim what;
};
struct source_lost { ///< no source of the file is good for anything
  failure why;
};
struct peer_bytes {
  node_id peer;
  swarm::piece_index piece;
  std::uint64_t bytes;
};
struct peer_piece { ///< written, and not used before it is to be kept
  node_id peer;
  swarm::piece_claim what;
};
struct peer_lost {
  node_id peer;
  swarm::piece_index piece;
  errc why;
};
struct whole_checked {
  bool right;
};
struct sharing_over { ///< it goes on alone
  std::string why;
};
using piece_news = std::variant<piece_here, pieces_ready, source_bytes, source_piece, source_lost,
                                peer_bytes, peer_piece, peer_lost, whole_checked, sharing_over>;

} // namespace hive::transfer
