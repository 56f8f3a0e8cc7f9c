#pragma once
/// Under which names the contents of a manifest lie on the disk: the ones their maker gave them,
/// else by what their media types say they are.

#include "vendors/oci_manifest.hpp"

#include <string>
#include <utility>
#include <vector>

namespace hive::vendors {

/// What the manifest itself is called.
inline constexpr const char* manifest_name = "manifest.json";

/// The config and every layer, in the manifest's order, each with its name. A given name is taken
/// only when it is a safe relative path; the config is "config.json", a model "model.gguf". Names
/// are different from each other and from `manifest_name`, whatever their case; of several that
/// want one name, given names come first, and later ones get a number ("license-2").
std::vector<std::pair<std::string, oci_blob>> named_contents(const oci_manifest& what);

} // namespace hive::vendors
