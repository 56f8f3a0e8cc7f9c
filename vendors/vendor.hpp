#pragma once
/// A vendor: where artifacts come from. One file pair each, registered in vendors/registry.cpp; see
/// docs/adding-a-vendor.md.

#include "core/artifact/plan.hpp"
#include "core/artifact/selection.hpp"
#include "core/net/keyring.hpp"
#include "vendors/conversation.hpp"

#include <chrono>
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
  /// Folders whose recipes may be run; empty: none may.
  std::vector<std::filesystem::path> builds{};
  std::string hub_token;         ///< HF_TOKEN or the token file's; empty: anonymous
  std::string registry_logins{}; ///< text of a docker config.json: see registry_logins.hpp
  std::string identity_key{};    ///< text of an OpenSSH Ed25519 key, for Ollama's registry
  std::string github_api{"https://api.github.com"}; ///< without trailing slash
  std::string github_token{};                       ///< GH_TOKEN or GITHUB_TOKEN
};

/// A 401, and what asking for a token may take that no vendor finds out by itself.
struct lockout {
  net::reply_head refused;
  std::chrono::sys_seconds now;
  std::string nonce; ///< 16 random bytes
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
  /// Whether `unlock` is worth asking for `what`; where it is not, a 401 is for `resolve` to judge.
  virtual bool unlocks(const reference& what) const noexcept;
  /// What opens a server that answered 401 to a request of `what`: asked for during `resolve` and,
  /// since it runs out, by transfers too. Its questions carry their own secrets, in `keys` of the
  /// request. `token` as above.
  virtual conversation<net::token> unlock(reference what, std::string token, lockout why) const;
};

/// Every vendor of this build, in the order they are asked whether they serve a reference.
std::vector<std::unique_ptr<const vendor>> all_vendors(const vendor_settings& settings);

} // namespace hive::vendors
