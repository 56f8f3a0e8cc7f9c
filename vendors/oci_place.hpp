#pragma once
/// One repository of a registry that speaks OCI's distribution protocol, and the URLs around it.

#include "core/artifact/reference.hpp"
#include "core/base/result.hpp"
#include "core/net/origin.hpp"

#include <string>
#include <string_view>

namespace hive::vendors {

struct oci_place {
  std::string endpoint; ///< "https://registry.ollama.ai"
  net::origin where;    ///< of the endpoint
  std::string host;     ///< as in the reference, for people
  std::string name;     ///< "library/llama3.2"
  std::string version;  ///< a tag, or "sha256:…"
  std::string shown;    ///< as in a reference: "ollama:llama3.2:1b"

  /// Of a tag or a digest.
  std::string manifest_url(std::string_view tag_or_digest) const;
  std::string blob_url(std::string_view digest) const;
  bool pinned() const noexcept { return version.starts_with("sha256:"); }
};

/// https, on loopback http. docker.io is where its registry is. errc::bad_reference for a host that
/// is none.
result<oci_place> oci_place_of(const reference& what);

} // namespace hive::vendors
