#include "vendors/oci.hpp"

#include "core/base/digest.hpp"
#include "vendors/metadata.hpp"
#include "vendors/oci_manifest.hpp"
#include "vendors/oci_names.hpp"
#include "vendors/oci_place.hpp"
#include "vendors/oci_refusal.hpp"
#include "vendors/oci_token.hpp"
#include "vendors/registry_logins.hpp"
#include "vendors/wanted.hpp"

#include <map>
#include <string>
#include <utility>
#include <variant>

namespace hive::vendors {

namespace {

constexpr int most_indexes = 3; ///< one inside the other
constexpr const char* kinds_of_manifest =
    "application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.oci.image.index.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json";

/// A manifest as it came.
struct found_manifest {
  oci_manifest what;
  std::string sha256; ///< of its bytes
  std::uint64_t size{0};
};

net::header_list accepting_manifests() {
  return {{"accept", kinds_of_manifest}};
}

/// Its own digest, which must be the one it was asked by and the one the registry says.
result<std::string> digest_of(const oci_place& place, const std::string& version,
                              const net::reply& got) {
  const auto own = "sha256:" + sha256_hex(got.body);
  const auto said = header_text(got, "docker-content-digest");
  const auto wrong = [&](const std::string& other) {
    return fail(errc::digest_mismatch, "the manifest of " + place.shown + " has the digest " + own +
                                           ", not " + quotable(other));
  };
  if (version.starts_with("sha256:") && version != own) return wrong(version);
  if (said.starts_with("sha256:") && said != own) return wrong(said);
  return own;
}

conversation<net::reply> ask_manifest(oci_place place, std::string version) {
  auto wanted = metadata_request(place.manifest_url(version));
  wanted.headers = accepting_manifests();
  HIVE_CO_TRY(auto got, co_await ask(wanted));
  if (got.head.status == 404 && version.starts_with("sha256:")) {
    // Ollama's registry gives a manifest by its digest as a content only.
    wanted.url = place.blob_url(version);
    HIVE_CO_TRY(auto again, co_await ask(wanted));
    if (again.head.status == 200) co_return std::move(again);
  }
  if (got.head.status != 200) co_return oci_refusal(place, got);
  co_return std::move(got);
}

conversation<found_manifest> find_manifest(oci_place place) {
  auto version = place.version;
  for (int depth = 0; depth <= most_indexes; ++depth) {
    HIVE_CO_TRY(const auto got, co_await ask_manifest(place, version));
    const auto where = "the manifest of " + place.shown;
    HIVE_CO_TRY(const auto body, read_body(where, got));
    HIVE_CO_TRY(const auto own, digest_of(place, version, got));
    HIVE_CO_TRY(auto read, read_manifest(where, body.root()));
    if (auto* const one = std::get_if<oci_manifest>(&read)) {
      co_return found_manifest{std::move(*one), own.substr(own.find(':') + 1), got.body.size()};
    }
    HIVE_CO_TRY(const auto next, choose_manifest(place.shown, std::get<oci_index>(read)));
    version = "sha256:" + next.sha256;
  }
  co_return unreadable("the manifest of " + place.shown, "it is a list of lists of lists");
}

file_source source_of(std::string url, const std::string& digest) {
  file_source out;
  out.url = std::move(url);
  out.checks = {{"docker-content-digest", digest}};
  return out;
}

/// By its digest where the registry knows manifests by that, else as it was found.
plan_file planned_manifest(const oci_place& place, const found_manifest& found) {
  const auto own = "sha256:" + found.sha256;
  plan_file out{manifest_name, found.size, digest{digest_kind::sha256, found.sha256}, {}};
  out.sources.push_back(source_of(place.manifest_url(own), own));
  out.sources.push_back(source_of(place.blob_url(own), own));
  if (!place.pinned()) out.sources.push_back(source_of(place.manifest_url(place.version), own));
  for (auto& source : out.sources) source.headers = accepting_manifests();
  return out;
}

plan_file planned_content(const oci_place& place, const std::string& name, const oci_blob& what) {
  const auto own = "sha256:" + what.sha256;
  return {name,
          what.size,
          digest{digest_kind::sha256, what.sha256},
          {source_of(place.blob_url(own), own)}};
}

outcome check_model(const oci_place& place, const oci_manifest& what) {
  if (what.layers.empty())
    return fail(errc::entry_missing, place.shown + " has no layers: there is nothing to fetch",
                "a model that only runs on its maker's machines cannot be pulled");
  if (is_container_image(what))
    return fail(errc::unsupported, place.shown + " is a container image, not a model",
                "a container engine can pull it");
  return {};
}

result<download_plan> make_plan(const oci_place& place, reference what, file_wish wish,
                                const found_manifest& found) {
  HIVE_CHECK(check_model(place, found.what));
  std::vector<std::string> listed{manifest_name};
  std::map<std::string, plan_file> files;
  files.emplace(manifest_name, planned_manifest(place, found));
  for (const auto& [name, content] : named_contents(found.what)) {
    listed.push_back(name);
    files.emplace(name, planned_content(place, name, content));
  }
  HIVE_TRY(const auto chosen, wanted_files(what, std::move(wish), listed));
  download_plan plan;
  plan.revision = found.sha256;
  if (!place.pinned()) plan.requested = place.version;
  for (const auto& path : chosen) plan.files.push_back(std::move(files.at(path)));
  plan.refusals = oci_refusal_rules(place);
  plan.what = std::move(what);
  return plan;
}

conversation<download_plan> pull(reference what, file_wish wish) {
  HIVE_CO_TRY(const auto place, oci_place_of(what));
  HIVE_CO_TRY(const auto found, co_await find_manifest(place));
  co_return make_plan(place, std::move(what), std::move(wish), found);
}

conversation<net::token> open(reference what, oci_account who, lockout why) {
  HIVE_CO_TRY(auto place, oci_place_of(what));
  co_return co_await unlock_oci(std::move(place), std::move(who), std::move(why));
}

class oci final : public vendor {
 public:
  explicit oci(const vendor_settings& settings)
    : logins_(std::make_shared<const registry_logins>(
          registry_logins::parse(settings.registry_logins))) {
    if (settings.identity_key.empty()) return;
    auto key = ssh_identity::parse(settings.identity_key);
    if (key)
      identity_ = std::move(*key);
    else
      flaw_ = sentence(key.why());
  }

  std::string_view name() const noexcept override { return to_string(scheme::ollama); }
  bool serves(const reference& what) const noexcept override { return what.from == scheme::ollama; }
  conversation<download_plan> resolve(reference what, file_wish wish) const override {
    return pull(std::move(what), std::move(wish));
  }
  /// A login is not shown before it is asked for.
  net::keyring keys(const reference& what, std::string_view token) const override {
    net::keyring out;
    const auto place = oci_place_of(what);
    const bool bearer = !token.empty() && fits_a_header(token) && !read_login(token);
    if (place && bearer) out.add({place->where, "Bearer " + std::string{token}});
    return out;
  }
  bool unlocks(const reference&) const noexcept override { return true; }
  conversation<net::token> unlock(reference what, std::string token, lockout why) const override {
    return open(std::move(what), {std::move(token), logins_, identity_, flaw_}, std::move(why));
  }

 private:
  std::shared_ptr<const registry_logins> logins_;
  std::optional<ssh_identity> identity_;
  std::string flaw_;
};

} // namespace

std::unique_ptr<const vendor> make_oci(const vendor_settings& settings) {
  return std::make_unique<oci>(settings);
}

} // namespace hive::vendors
