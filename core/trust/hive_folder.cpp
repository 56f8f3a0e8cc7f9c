#include "core/trust/hive_folder.hpp"

#include "core/base/json.hpp"
#include "core/base/version.hpp"
#include "core/store/disk_file.hpp"

#include <unistd.h>

namespace hive::trust {

namespace {

constexpr std::size_t longest_members = 64 << 10;

failure damaged(const std::filesystem::path& what, const std::string& why) {
  return fail(errc::bad_config, what.string() + " cannot be used: " + why,
              "restore node/hive of the home from a backup, or remove it and join again");
}

failure taken(const hive_folder& by) {
  return fail(errc::conflict,
              "this home belongs to the hive " + by.name() + " (" + by.hive().value + ") already",
              "give another hive its own HIVE_HOME; docs/trust.md says how a node leaves one");
}

std::string members_text(const std::vector<std::string>& members) {
  json::object out;
  out["members"] = json::array(members.begin(), members.end());
  return json::text(out) + "\n";
}

struct folder_contents {
  std::string certificate;
  std::string key;
  std::string authority;
  std::string authority_key; ///< empty but for the founder
  std::vector<std::string> members;
};

/// Writes all beside the folder's place, then puts it there by one rename, which fails when another
/// folder is there by now.
outcome put_folder(const hive_files& files, const folder_contents& what) {
  const hive_files draft{store::home{files.home.node() / "hive-draft"}};
  std::error_code ignored;
  std::filesystem::remove_all(draft.home.root, ignored);
  HIVE_CHECK(store::make_folders(draft.folder(), 0700));
  HIVE_CHECK(store::replace_file(draft.key(), what.key, 0600));
  if (!what.authority_key.empty()) {
    HIVE_CHECK(store::replace_file(draft.authority_key(), what.authority_key, 0600));
  }
  HIVE_CHECK(store::replace_file(draft.authority(), what.authority));
  HIVE_CHECK(store::replace_file(draft.certificate(), what.certificate));
  HIVE_CHECK(store::replace_file(draft.members(), members_text(what.members)));
  HIVE_CHECK(store::sync_folder(draft.folder()));
  HIVE_CHECK(store::rename_file(draft.folder(), files.folder()));
  HIVE_CHECK(store::sync_folder(files.home.node()));
  std::filesystem::remove_all(draft.home.root, ignored);
  return {};
}

/// The two certificates of a grant, checked against each other and for the node and key at hand.
result<certificate_chain> chain_of(const join_grant& grant, const std::string& key, wall_time now) {
  HIVE_TRY(auto own, certificate::from_pem(grant.certificate));
  HIVE_TRY(auto authority, certificate::from_pem(grant.authority));
  const auto seen = verify_peer(own, authority, {}, peer_role::client, now);
  if (!seen) return seen.error().why;
  if (seen->key != key)
    return fail(errc::certificate_refused, "the certificate is for another key");
  return certificate_chain{std::move(own), std::move(authority)};
}

} // namespace

bool hive_folder::is_there(const store::home& where) {
  return ::access(hive_files{where}.folder().c_str(), F_OK) == 0;
}

result<hive_folder> hive_folder::open(const store::home& where) {
  hive_files files{where};
  if (!is_there(where)) return fail(errc::no_hive, where.root.string() + " belongs to no hive");
  HIVE_TRY(const auto text, store::read_text(files.certificate(), certificate_chain::longest_pem));
  auto chain = certificate_chain::from_pem(text);
  if (!chain) return damaged(files.certificate(), chain.why().detail);
  auto who = uri_in(chain->own);
  const auto hive = uri_in(chain->authority);
  if (!who || who->node.empty() || !hive || hive->hive != who->hive)
    return damaged(files.certificate(), "it names no node of a hive");
  return hive_folder{std::move(files), std::move(*chain), std::move(*who)};
}

result<hive_folder> hive_folder::found(const store::home& where, const std::string& name,
                                       const node_facts& self, wall_time now) {
  const hive_files files{where};
  HIVE_TRY(const auto held, store::lock_file(files.lock(), lock_patience));
  if (const auto there = open(where)) return taken(*there);
  if (is_there(where)) return open(where).why();
  HIVE_TRY(const auto authority, authority::found(name, now));
  HIVE_TRY(const auto key, key_pair::generate());
  HIVE_TRY(const auto asked, signing_request::make(key, self.id));
  HIVE_TRY(const auto own, authority.issue(asked, self.id, now));
  folder_contents what;
  HIVE_TRY(what.key, key.pem());
  HIVE_TRY(what.authority_key, authority.key().pem());
  what.authority = authority.own().pem();
  what.certificate = own.pem() + what.authority;
  HIVE_CHECK(put_folder(files, what));
  HIVE_TRY(auto out, open(where));
  return out;
}

result<key_pair> hive_folder::joining_key(const store::home& where) {
  const hive_files files{where};
  const auto path = is_there(where) ? files.key() : files.joining_key();
  const auto text = store::read_text(path, key_pair::longest_pem);
  if (text) return key_pair::from_pem(*text);
  if (text.why().code != errc::not_found || is_there(where)) return text.why();
  HIVE_TRY(auto key, key_pair::generate());
  HIVE_TRY(const auto pem, key.pem());
  HIVE_CHECK(store::replace_file(path, pem, 0600));
  HIVE_CHECK(store::sync_folder(where.node()));
  return key;
}

result<hive_folder> hive_folder::settle(const store::home& where, const join_grant& grant,
                                        wall_time now) {
  const hive_files files{where};
  HIVE_TRY(const auto key, joining_key(where));
  HIVE_TRY(const auto chain, chain_of(grant, key.fingerprint(), now));
  const auto held = store::lock_file(files.lock(), lock_patience);
  if (!held) return held.why();
  if (is_there(where)) {
    HIVE_TRY(auto there, open(where));
    if (there.chain().authority.fingerprint() != chain.authority.fingerprint()) return taken(there);
    HIVE_CHECK(there.replace_certificate(grant, now));
    return open(where);
  }
  folder_contents what;
  HIVE_TRY(what.key, key.pem());
  what.authority = chain.authority.pem();
  what.certificate = chain.pem();
  what.members = grant.members;
  HIVE_CHECK(put_folder(files, what));
  HIVE_TRY(const bool removed, store::remove_file(files.joining_key()));
  static_cast<void>(removed);
  return open(where);
}

bool hive_folder::issues() const {
  return ::access(files_.authority_key().c_str(), F_OK) == 0;
}

peer_tls hive_folder::tls() const {
  return {files_.certificate(), files_.key(), files_.authority()};
}

result<std::shared_ptr<peer_trust>> hive_folder::trust() const {
  HIVE_TRY(auto revoked, books().revoked());
  return std::make_shared<peer_trust>(chain_.authority, std::move(revoked));
}

result<key_pair> hive_folder::key() const {
  HIVE_TRY(const auto text, store::read_text(files_.key(), key_pair::longest_pem));
  return key_pair::from_pem(text);
}

result<authority> hive_folder::own_authority() const {
  if (!issues()) {
    const auto known = members();
    return fail(errc::not_issuer, "this node does not hold the key of the hive " + name(),
                known.empty()
                    ? ""
                    : "do it where 'hive init' was run; this node joined at " + known.front());
  }
  HIVE_TRY(const auto text, store::read_text(files_.authority_key(), key_pair::longest_pem));
  HIVE_TRY(auto key, key_pair::from_pem(text));
  return authority::restore(chain_.authority, std::move(key));
}

result<join_token> hive_folder::create_token(const token_terms& terms, wall_time now) {
  HIVE_TRY(const auto by, own_authority());
  join_token out;
  HIVE_CHECK(books().change_tokens([&](token_book& book) -> outcome {
    HIVE_TRY(out, book.create(by.own().fingerprint(), terms, now));
    return {};
  }));
  return out;
}

outcome hive_folder::revoke_token(const std::string& id) {
  HIVE_TRY(const auto by, own_authority());
  return books().change_tokens([&](token_book& book) { return book.revoke(id); });
}

outcome hive_folder::revoke(const node_id& who, const std::string& reason, wall_time now) {
  HIVE_TRY(const auto by, own_authority());
  HIVE_TRY(const auto known, books().nodes());
  if (who == node_)
    return fail(errc::conflict, "this node holds the hive's key: it cannot be revoked",
                "when that key is no longer yours alone, found a new hive (docs/trust.md)");
  if (!known.rows().contains(who))
    return fail(errc::not_found, "the hive has let in no node " + who.value.substr(0, 32),
                "docs/trust.md says where to find the ids");
  return books().change_revoked([&](revocations& book) {
    return book.add(who, {now, reason}, by.key());
  });
}

result<join_grant> hive_folder::admit(const join_request& asked,
                                      const std::optional<peer_identity>& caller, wall_time now) {
  HIVE_TRY(const auto by, own_authority());
  join_grant out;
  HIVE_CHECK(books().change_all([&](admission_books& all) -> outcome {
    HIVE_TRY(const auto made, trust::admit(by, all, asked, caller, now));
    out.certificate = made.pem();
    return {};
  }));
  out.authority = by.own().pem();
  return out;
}

outcome hive_folder::renew_by_own(const std::string& name, wall_time now) {
  HIVE_TRY(const auto own, key());
  HIVE_TRY(const auto asked, signing_request::make(own, node_));
  const join_request request{std::nullopt, asked.pem(), node_, name, std::string{version()}};
  const peer_identity self{hive_, node_, chain_.own.serial(), own.fingerprint(), {}};
  HIVE_TRY(const auto grant, admit(request, self, now));
  return replace_certificate(grant, now);
}

outcome hive_folder::replace_certificate(const join_grant& grant, wall_time now) {
  HIVE_TRY(const auto own, key());
  HIVE_TRY(auto chain, chain_of(grant, own.fingerprint(), now));
  const auto who = uri_in(chain.own);
  if (chain.authority.fingerprint() != chain_.authority.fingerprint())
    return fail(errc::foreign_hive, "the certificate is of another hive");
  if (!who || who->node != node_)
    return fail(errc::certificate_refused, "the certificate is for another node");
  HIVE_CHECK(store::replace_file(files_.certificate(), chain.pem()));
  HIVE_CHECK(store::sync_folder(files_.folder()));
  chain_ = std::move(chain);
  return remember(grant.members);
}

outcome hive_folder::remember(std::vector<std::string> members) const {
  if (members.empty()) return {};
  members.resize(std::min(members.size(), most_members));
  return store::replace_file(files_.members(), members_text(members));
}

std::vector<std::string> hive_folder::members() const {
  std::vector<std::string> out;
  const auto text = store::read_text(files_.members(), longest_members);
  if (!text) return out;
  const auto read = json::parse(*text);
  if (!read) return out;
  for (const auto& one : read->root()["members"].elements())
    if (const auto address = one.string(); address && out.size() < most_members)
      out.emplace_back(*address);
  return out;
}

} // namespace hive::trust
