#pragma once
/// One file at a web address, and the files of a Metalink (https://…, mirrors behind '#').
///
/// An address costs one request for its first byte: the reply tells name, size and version, and
/// whether ranges are known there. Mirrors are asked only where no digest is known: then they must
/// at least have the same size. An address that ends in ".meta4", or whose reply says so, is read
/// as a Metalink (RFC 5854).
///
/// The digest is that of the reference, else one the reply announces (Repr-Digest, RFC 9530, or
/// Digest, RFC 3230; with it count the duplicates it names, RFC 6249), else none: what comes is
/// trusted at first sight.

#include "vendors/vendor.hpp"

#include <memory>

namespace hive::vendors {

/// It knows no operator's token; a job's own goes to the origin of the address and to no mirror's.
std::unique_ptr<const vendor> make_web_file();

} // namespace hive::vendors
