#pragma once
/// What headers say of a file beside its bytes: what it is called and what its digest is. Pure,
/// total.

#include "core/base/digest.hpp"
#include "core/net/message.hpp"

#include <optional>
#include <string>

namespace hive::net {

/// The name Content-Disposition gives (RFC 6266; "filename*" in UTF-8 before "filename"), without
/// the folders some servers put before it; empty when there is none. Still a stranger's text: see
/// core/artifact/safe_path.hpp.
std::string disposition_name(const header_list& headers);

/// SHA-256 of the whole file, also when a part of it comes: Repr-Digest (RFC 9530), else Digest
/// (RFC 3230).
std::optional<digest> announced_digest(const header_list& headers);

} // namespace hive::net
