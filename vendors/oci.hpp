#pragma once
/// Registries that speak OCI's distribution protocol (ollama:): Ollama's own, Docker's, anybody's,
/// and Hugging Face through this door (hf.co/…).
///
/// A tag costs one request: its manifest, whose own SHA-256 is the revision; one more where the tag
/// stands for several manifests. A registry that wants a token is asked for one in between.
///
/// The plan's `manifest.json` is that manifest, byte for byte; the other files are its config and
/// layers, each expected by the digest the manifest gives, under the names of oci_names.hpp.

#include "vendors/vendor.hpp"

#include <memory>

namespace hive::vendors {

std::unique_ptr<const vendor> make_oci(const vendor_settings& settings);

} // namespace hive::vendors
