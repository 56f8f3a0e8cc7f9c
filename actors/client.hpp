#pragma once
/// For CAF programs that are no nodes: the actors of a node, by the same typed handles and messages
/// as within it (actors/protocol.hpp). The program shows a certificate of the hive and is trusted
/// like a node. docs/clients.md has the whole way, docs/examples/foreign_caf.cpp a program.

#include "actors/protocol.hpp"
#include "core/store/home.hpp"

namespace hive::actors {

/// Makes CAF know hive's messages, and a system of `config` able to carry links (it loads CAF's
/// io module). Before the system is made.
void prepare_client(caf::actor_system_config& config);

/// The actors of the node whose peer port is at `address` ("host:port"). `home`: a folder that
/// `hive join` made a member of the hive; a certificate that is about to end is renewed first.
/// Blocks, usually for milliseconds, at most for 25 s and as long as a renewal takes: call it where
/// waiting is allowed. Any thread.
///
/// The handles are good until the link is over (the node stopped, or started its actors anew; the
/// network; the certificate was revoked): then who monitors one gets a down message, and a question
/// an error. Call again for new ones. As link::call_node; errc::no_answer when the node is just
/// starting or stopping.
result<open_rooms> enter_node(caf::actor_system& system, const store::home& home,
                              const std::string& address);

} // namespace hive::actors
