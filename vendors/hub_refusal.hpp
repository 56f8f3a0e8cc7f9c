#pragma once
/// What a Hub means by a reply that is no success.

#include "core/artifact/plan.hpp"
#include "core/base/result.hpp"
#include "core/net/message.hpp"
#include "vendors/hub_repo.hpp"

#include <string_view>
#include <vector>

namespace hive::vendors {

/// Judged by X-Error-Code first, then by the message, then by the status. `revision` is what was
/// asked for. A Retry-After date is counted from the reply's own Date, so no clock is needed.
failure hub_refusal(const hub_repo& repo, std::string_view revision, const net::reply& got);

/// The same for a file's own address, which a transfer asks without a conversation: the Hub's codes
/// and what they mean for `repo` at `revision`.
std::vector<refusal_rule> hub_refusal_rules(const hub_repo& repo, std::string_view revision);

} // namespace hive::vendors
