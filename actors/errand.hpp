#pragma once
/// A vendor's conversation about a token, run on the engine's loop: whoever holds the pass it is
/// for (a conversation, transfers of several jobs) may ask, and no actor has to live on for it.

#include "core/net/engine.hpp"
#include "core/net/keyring.hpp"
#include "vendors/vendor.hpp"

#include <memory>
#include <string>

namespace hive::actors {

/// For the requests of `what`. `token` is the job's own. The engine outlives the pass.
std::shared_ptr<net::pass> make_pass(net::engine& engine,
                                     std::shared_ptr<const vendors::vendor> who, reference what,
                                     std::string token);

} // namespace hive::actors
