#pragma once
/// What a Metalink describes, as a plan, wherever the text came from. Pure.

#include "core/artifact/plan.hpp"
#include "core/artifact/selection.hpp"
#include "core/base/result.hpp"

#include <string>

namespace hive::vendors {

/// `what` names the document. An address without TLS is taken only for a file whose sha-256 is
/// told. errc::digest_mismatch when the text is not what `what` expects; what read_metalink and
/// wanted_files say; errc::unsupported, unreadable_reply for a file that is nowhere to be had.
result<download_plan> metalink_plan(reference what, file_wish wish, const std::string& text);

} // namespace hive::vendors
