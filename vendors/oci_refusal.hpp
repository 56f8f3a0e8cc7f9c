#pragma once
/// What a registry means by a reply that is no success.

#include "core/artifact/plan.hpp"
#include "core/base/result.hpp"
#include "core/net/message.hpp"
#include "vendors/oci_place.hpp"

#include <string>
#include <vector>

namespace hive::vendors {

/// Of a question for a manifest: judged by the code in the body first, then by the status.
failure oci_refusal(const oci_place& place, const net::reply& got);

/// The same for the contents, which a transfer asks for without a conversation.
std::vector<refusal_rule> oci_refusal_rules(const oci_place& place);

/// The registry's own words in `got`: "MANIFEST_UNKNOWN: manifest unknown"; empty when it says
/// nothing that can be read.
std::string words_of(const net::reply& got);

/// How somebody who has an account there says so.
std::string how_to_log_in(const std::string& host);

} // namespace hive::vendors
