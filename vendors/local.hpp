#pragma once
/// Files of this machine as artifacts (file:): local builds, files carried here by hand.
///
/// A vendor touches no disk, so this one asks its question like the others:
///   LIST file:///abs/path            (percent-encoded but for '/')
/// and whoever drives the conversation answers with a reply:
///   404 when there is nothing, 403 when it may not be read, else 200 and the JSON
///   {"type": "file" | "directory",
///    "files": [{"path": "relative/name", "size": bytes, "version": "…", "busy": true}, …]}
/// in any order; "version" tells one state of the file from another (core/base/file_version.hpp),
/// "busy" is left out unless somebody may be writing it, "split" unless it is a part of a split
/// GGUF: [its number from 0, parts, tensors of the set, tensors in it]. For a file `files` holds
/// that one under its own name, without folders. For a directory it holds every regular file below
/// it; hidden ones
/// (".name", also folders) are left out, and so are symlinks that leave the directory.
///
/// A file whose name ends in ".meta4" is what it describes (metalink_plan.hpp), wherever that is:
///   READ file:///abs/path
/// is answered with 404, 403, or 200 and the file's text, of which there are at most 4 MiB.
///
/// Otherwise the plan's revision is the first 40 hex characters of the SHA-256 over name and
/// version of the chosen files: a later change is another revision. Its sources are file:// URLs,
/// bound to those versions: whoever reads another one says errc::source_changed. So is a chosen
/// file that is busy. A shard of a split GGUF whose set is not all there is errc::entry_missing,
/// one whose parts say that they belong to different sets errc::not_the_artifact.

#include "vendors/vendor.hpp"

#include <memory>

namespace hive::vendors {

std::unique_ptr<const vendor> make_local();

} // namespace hive::vendors
