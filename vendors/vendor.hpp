#pragma once
/// A vendor: where artifacts come from. One file pair each, registered in vendors/registry.cpp; see
/// docs/adding-a-vendor.md.

#include "core/artifact/plan.hpp"
#include "core/artifact/selection.hpp"
#include "core/net/origin.hpp"
#include "vendors/conversation.hpp"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hive::vendors {

/// What the operator set for vendors. Tokens are secrets: never printed, never stored in a plan.
struct vendor_settings {
  std::string hub_endpoint{"https://huggingface.co"}; ///< HF_ENDPOINT, without trailing slash
  /// Other programs' stores that may be looked at for a content (foreign_stores.hpp).
  std::vector<std::filesystem::path> adopt{};
  std::string hub_token; ///< HF_TOKEN or the token file's; empty: anonymous
};

class vendor {
 public:
  virtual ~vendor() = default;

  /// The scheme's text: "hf".
  virtual std::string_view name() const noexcept = 0;
  virtual bool serves(const reference& what) const noexcept = 0;
  /// From a name to a plan: pins the revision, lists, chooses files. Stateless: many may run at
  /// once.
  virtual conversation<download_plan> resolve(reference what, file_wish wish) const = 0;
  /// Secrets for the requests of `what` (metadata and files), each bound to its origin. `token` is
  /// the job's own and comes before the operator's; empty: the operator's.
  virtual net::keyring keys(const reference& what, std::string_view token) const = 0;
};

/// Every vendor of this build, in the order they are asked whether they serve a reference.
std::vector<std::unique_ptr<const vendor>> all_vendors(const vendor_settings& settings);

} // namespace hive::vendors
