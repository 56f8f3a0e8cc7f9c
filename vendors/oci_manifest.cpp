#include "vendors/oci_manifest.hpp"

#include "core/base/digest.hpp"
#include "vendors/metadata.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hive::vendors {

namespace {

constexpr std::size_t most_choices = 1000;

#if defined(__aarch64__)
constexpr std::string_view this_architecture = "arm64";
#else
constexpr std::string_view this_architecture = "amd64";
#endif

/// "sha256:<hex>" as hex.
result<std::string> read_digest(const std::string& where, json::node from) {
  const auto text = from["digest"].string();
  constexpr std::string_view prefix = "sha256:";
  if (text && text->starts_with(prefix) && is_hex(text->substr(prefix.size()), 64))
    return std::string{text->substr(prefix.size())};
  if (text && text->starts_with("sha512:"))
    return fail(errc::unsupported, where + " names a content by SHA-512; hive checks SHA-256");
  return unreadable(where, "its field \"digest\" is not sha256: and 64 hex characters");
}

std::string title_of(json::node from) {
  const auto notes = from["annotations"];
  for (const auto* const name : {"org.cncf.model.filepath", "org.opencontainers.image.title"})
    if (auto title = notes[name].text(); !title.empty()) return title;
  return from["name"].text();
}

result<oci_blob> read_blob(const std::string& where, json::node from) {
  if (!from.is_object()) return unreadable(where, "it is no object");
  oci_blob out;
  HIVE_TRY(out.media_type, text_field(where, from, "mediaType"));
  HIVE_TRY(out.sha256, read_digest(where, from));
  HIVE_TRY(out.size, size_field(where, from, "size"));
  out.title = title_of(from);
  return out;
}

result<oci_manifest> read_one(const std::string& where, json::node root) {
  oci_manifest out;
  HIVE_TRY(out.config, read_blob("the config in " + where, root["config"]));
  const auto layers = root["layers"].elements();
  if (layers.size() > most_layers) return unreadable(where, "it has more than 100,000 layers");
  for (const auto layer : layers) {
    const auto name = "layer " + std::to_string(out.layers.size() + 1) + " of " + where;
    HIVE_TRY(auto blob, read_blob(name, layer));
    out.layers.push_back(std::move(blob));
  }
  return out;
}

result<oci_index> read_index(const std::string& where, json::node root) {
  oci_index out;
  const auto entries = root["manifests"].elements();
  if (entries.size() > most_choices) return unreadable(where, "it has more than 1000 manifests");
  for (const auto entry : entries) {
    oci_choice one;
    HIVE_TRY(one.sha256, read_digest("an entry of " + where, entry));
    one.artifact_type = entry["artifactType"].text();
    one.os = entry["platform"]["os"].text();
    one.architecture = entry["platform"]["architecture"].text();
    one.attestation =
        one.os == "unknown" || !entry["annotations"]["vnd.docker.reference.type"].is_null();
    out.push_back(std::move(one));
  }
  return out;
}

bool is_model_type(std::string_view type) noexcept {
  return type.starts_with("application/vnd.cncf.model.") ||
         type.starts_with("application/vnd.docker.ai.");
}

std::string listed(const oci_index& from) {
  constexpr std::size_t enough = 8;
  std::string out;
  for (std::size_t i = 0; i < std::min(from.size(), enough); ++i) {
    const auto& one = from[i];
    auto kind = one.os.empty() ? one.artifact_type : one.os + "/" + one.architecture;
    out += (i == 0 ? "" : ", ") + (kind.empty() ? std::string{"no kind"} : quotable(kind)) +
           " (sha256:" + one.sha256 + ")";
  }
  return from.size() > enough ? out + ", …" : out;
}

} // namespace

result<std::variant<oci_manifest, oci_index>> read_manifest(const std::string& where,
                                                            json::node root) {
  using either = std::variant<oci_manifest, oci_index>;
  if (!root.is_object()) return unreadable(where, "it is no object");
  if (root["schemaVersion"].natural() == 1u || root["fsLayers"].is_array())
    return fail(errc::unsupported, where + " is in Docker's old format (schema 1)",
                "its owner has to push it again with a present-day tool");
  if (root["manifests"].is_array()) {
    HIVE_TRY(auto index, read_index(where, root));
    return either{std::move(index)};
  }
  if (!root["layers"].is_array()) return unreadable(where, "its field \"layers\" is no list");
  HIVE_TRY(auto one, read_one(where, root));
  return either{std::move(one)};
}

result<oci_choice> choose_manifest(const std::string& shown, const oci_index& from) {
  oci_index real;
  std::ranges::copy_if(from, std::back_inserter(real),
                       [](const oci_choice& c) { return !c.attestation; });
  const auto only = [&](auto fits) -> const oci_choice* {
    if (std::ranges::count_if(real, fits) != 1) return nullptr;
    return &*std::ranges::find_if(real, fits);
  };
  if (const auto* one = only([](const oci_choice&) { return true; })) return *one;
  if (const auto* one = only([](const oci_choice& c) { return is_model_type(c.artifact_type); }))
    return *one;
  if (const auto* one = only([](const oci_choice& c) {
        return c.os == "linux" && c.architecture == this_architecture;
      }))
    return *one;
  if (real.empty()) return fail(errc::entry_missing, shown + " is a list without a manifest");
  return fail(errc::entry_missing,
              shown + " stands for several manifests and none is the only model or the only one "
                      "for this machine",
              "name one by its digest in place of the tag (…@sha256:…): " + listed(real));
}

bool is_container_image(const oci_manifest& what) {
  constexpr std::array<std::string_view, 3> kinds{
      "application/vnd.docker.image.rootfs.", "application/vnd.oci.image.layer.v1.tar",
      "application/vnd.oci.image.layer.nondistributable."};
  return !what.layers.empty() && std::ranges::all_of(what.layers, [&](const oci_blob& layer) {
    return layer.title.empty() && std::ranges::any_of(kinds, [&](std::string_view kind) {
             return layer.media_type.starts_with(kind);
           });
  });
}

} // namespace hive::vendors
