#pragma once
/// What opens a registry that answered 401: a token from the server it names, or a login.

#include "core/base/ssh_identity.hpp"
#include "core/net/keyring.hpp"
#include "vendors/conversation.hpp"
#include "vendors/oci_place.hpp"
#include "vendors/registry_logins.hpp"
#include "vendors/vendor.hpp"

#include <memory>
#include <optional>
#include <string>

namespace hive::vendors {

/// Who asks. A secret.
struct oci_account {
  std::string given; ///< with the job: "user:password", or a token for the registry itself
  std::shared_ptr<const registry_logins> known;
  std::optional<ssh_identity> identity;
  std::string flaw{}; ///< of the identity's file, when there is one that is none
};

/// One request at most, and only to a server that the registry itself names: https where the
/// registry is. A login goes to the host it is for, to the domain above it, and from docker.io to
/// Docker's token server; the identity signs for Ollama's and Hugging Face's registries, and only
/// where the token server is the registry. Whoever has neither asks without a name.
///
/// errc::credentials_needed, credentials_rejected, or what is wrong with the token server.
conversation<net::token> unlock_oci(oci_place place, oci_account who, lockout why);

} // namespace hive::vendors
