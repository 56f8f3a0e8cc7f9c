#pragma once
/// Whether a branch or tag has moved on since an artifact of it came: asked of its vendor.

#include "actors/promised_reply.hpp"
#include "actors/protocol.hpp"

#include <memory>

namespace hive::actors {

/// The catalog says what is here, the desk what its reference leads to now; nothing is fetched.
void ask_newest(gateway_actor::pointer self, const house& now, const artifact_id& id,
                const std::shared_ptr<promised_reply<update_check>>& reply);

} // namespace hive::actors
