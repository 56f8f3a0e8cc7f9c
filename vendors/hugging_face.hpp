#pragma once
/// The Hugging Face Hub and whatever speaks its API: models, datasets (hf:) and Spaces (space:).
///
/// A name costs two requests, whatever the number of files: the revision becomes a commit, the
/// commit lists its files (one request more per further thousand). A full commit id costs one. A
/// repository that says it is gated costs one more, because its list is public while its files are
/// not.
///
/// Files known to git's large file storage carry their SHA-256; the others git's object id.

#include "vendors/vendor.hpp"

#include <memory>

namespace hive::vendors {

/// The operator's token is bound to the origin of the configured endpoint; a reference pasted with
/// another host never gets it, only a token given with the job itself.
std::unique_ptr<const vendor> make_hugging_face(const vendor_settings& settings);

} // namespace hive::vendors
