#pragma once
/// A home's membership of a hive: the folder node/hive. It appears whole or not at all; a home
/// belongs to one hive at most.

#include "core/store/home.hpp"
#include "core/trust/authority.hpp"
#include "core/trust/hive_books.hpp"
#include "core/trust/join_message.hpp"
#include "core/trust/peer_tls.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hive::trust {

/// How long one waits for node/hive-lock.
inline constexpr std::chrono::seconds lock_patience{2};

/// Where what lies. Makes nothing.
struct hive_files {
  store::home home;

  std::filesystem::path folder() const { return home.node() / "hive"; }
  std::filesystem::path certificate() const { return folder() / "node.pem"; } ///< a chain
  std::filesystem::path key() const { return folder() / "node.key"; }
  std::filesystem::path authority() const { return folder() / "ca.pem"; }
  std::filesystem::path authority_key() const { return folder() / "ca.key"; } ///< of one node only
  std::filesystem::path members() const { return folder() / "members.json"; }
  std::filesystem::path tokens() const { return folder() / "tokens.json"; }
  std::filesystem::path nodes() const { return folder() / "nodes.json"; }
  std::filesystem::path revoked() const { return folder() / "revoked.json"; }
  std::filesystem::path lock() const { return home.node() / "hive-lock"; }
  /// The key of a join under way: a second try is made with the same one.
  std::filesystem::path joining_key() const { return home.node() / "joining.key"; }
};

/// Who a node says it is.
struct node_facts {
  node_id id;
  std::string name;
};

class hive_folder {
 public:
  static bool is_there(const store::home& where);
  /// errc::no_hive; errc::bad_config when something in it does not fit.
  static result<hive_folder> open(const store::home& where);
  /// `hive init`: a new hive, of which this node is the first. errc::conflict when the home belongs
  /// to one already: an authority is never replaced.
  static result<hive_folder> found(const store::home& where, const std::string& name,
                                   const node_facts& self, wall_time now);
  /// The end of a join: takes the key that was prepared for it. A member of the same hive gets the
  /// new certificate; errc::conflict in another hive.
  static result<hive_folder> settle(const store::home& where, const join_grant& grant,
                                    wall_time now);

  /// The key to join with: the member's own, or one that is made now and kept for the next try.
  static result<key_pair> joining_key(const store::home& where);

  const hive_id& hive() const noexcept { return hive_; }
  const node_id& node() const noexcept { return node_; }
  std::string name() const { return chain_.authority.common_name(); }
  const certificate_chain& chain() const noexcept { return chain_; }
  /// Whether this home holds the authority's key.
  bool issues() const;
  peer_tls tls() const;
  hive_books books() const { return hive_books{files_.home}; }
  /// Whom to let in, with what is revoked by now.
  result<std::shared_ptr<peer_trust>> trust() const;
  result<key_pair> key() const;

  // Where `issues()`; else errc::not_issuer.
  result<join_token> create_token(const token_terms& terms, wall_time now);
  outcome revoke_token(const std::string& id);
  outcome revoke(const node_id& who, const std::string& reason, wall_time now);
  result<join_grant> admit(const join_request& asked, const std::optional<peer_identity>& caller,
                           wall_time now);
  /// The own certificate, by the own authority.
  outcome renew_by_own(const std::string& name, wall_time now);

  /// Takes a new certificate for the same key; others read the old or the new one.
  outcome replace_certificate(const join_grant& grant, wall_time now);

  /// Addresses of nodes that answered once, best first.
  std::vector<std::string> members() const;
  /// None: what is known stays.
  outcome remember(std::vector<std::string> members) const;

 private:
  hive_folder(hive_files files, certificate_chain chain, hive_uri who)
    : files_(std::move(files)), chain_(std::move(chain)), hive_(std::move(who.hive)),
      node_(std::move(who.node)) {}
  result<authority> own_authority() const;

  hive_files files_;
  certificate_chain chain_;
  hive_id hive_;
  node_id node_;
};

} // namespace hive::trust
