#include "vendors/oci_place.hpp"

#include "core/base/percent.hpp"

#include <array>
#include <utility>

namespace hive::vendors {

namespace {

constexpr std::string_view usual_host = "registry.ollama.ai";
/// Names people write for a registry that answers elsewhere.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> moved{
    {{"docker.io", "registry-1.docker.io"}, {"index.docker.io", "registry-1.docker.io"}}};

std::string answering_host(const std::string& host) {
  for (const auto& [name, real] : moved)
    if (host == name) return std::string{real};
  return host;
}

} // namespace

std::string oci_place::manifest_url(std::string_view tag_or_digest) const {
  return endpoint + "/v2/" + percent_encode(name, "/") + "/manifests/" +
         percent_encode(tag_or_digest, ":");
}

std::string oci_place::blob_url(std::string_view digest) const {
  return endpoint + "/v2/" + percent_encode(name, "/") + "/blobs/" + percent_encode(digest, ":");
}

result<oci_place> oci_place_of(const reference& what) {
  oci_place out;
  out.host = what.host.empty() ? std::string{usual_host} : what.host;
  const auto host = answering_host(out.host);
  HIVE_TRY(out.where, net::origin_of("https://" + host));
  out.endpoint = "https://" + host;
  if (net::is_loopback(out.where)) {
    out.endpoint = "http://" + host;
    HIVE_TRY(out.where, net::origin_of(out.endpoint));
  }
  out.name = what.name;
  out.version = what.revision.empty() ? "latest" : what.revision;
  out.shown = to_string(what);
  return out;
}

} // namespace hive::vendors
