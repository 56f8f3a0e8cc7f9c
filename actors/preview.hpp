#pragma once
/// What a pull would do: asked of its vendor and measured on the disk, before anybody submits it.

#include "actors/promised_reply.hpp"
#include "actors/protocol.hpp"

#include <memory>

namespace hive::actors {

/// The desk says what the reference leads to, the catalog what of it is here and whether the rest
/// fits. Nothing is fetched, and no room is promised.
void ask_preview(gateway_actor::pointer self, const house& now, resolve_reference what,
                 const std::shared_ptr<promised_reply<preview>>& reply);

} // namespace hive::actors
