#pragma once
/// Manifests and indexes of OCI and Docker registries, read strictly. `where` names the reply in
/// failures, as in vendors/metadata.hpp.

#include "core/base/json.hpp"
#include "core/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace hive::vendors {

inline constexpr std::size_t most_layers = 100'000;

/// One content a manifest names.
struct oci_blob {
  std::string media_type;
  std::string sha256; ///< hex
  std::uint64_t size{0};
  std::string title; ///< the file name its maker gave it, unchecked; empty: none
};

struct oci_manifest {
  oci_blob config;
  std::vector<oci_blob> layers;
};

/// One of several manifests under one tag.
struct oci_choice {
  std::string sha256; ///< hex, of the manifest
  std::string artifact_type;
  std::string os;
  std::string architecture;
  bool attestation{false}; ///< says something about another choice; nothing to be fetched
};
using oci_index = std::vector<oci_choice>;

/// What it is is told by its members, since registries do not agree on the Content-Type. A digest
/// that is no SHA-256 and a format of before 2016 are errc::unsupported.
result<std::variant<oci_manifest, oci_index>> read_manifest(const std::string& where,
                                                            json::node root);

/// The one to fetch: the only one, the only model among them, or the one for this machine's kind.
/// errc::entry_missing lists what there is.
result<oci_choice> choose_manifest(const std::string& shown, const oci_index& from);

/// Layers of a file system and nothing else: an image to run, not a model.
bool is_container_image(const oci_manifest& what);

} // namespace hive::vendors
