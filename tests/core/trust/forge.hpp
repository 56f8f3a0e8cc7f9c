#pragma once
/// Hives and certificates for tests, also such as no authority of ours would sign.

#include "core/trust/admission.hpp"
#include "core/trust/authority.hpp"
#include "core/trust/hive_folder.hpp"
#include "tests/core/store/scratch.hpp"

#include <string>
#include <vector>

namespace hive::trust::test {

inline const wall_time now = wall_now();

authority hive_called(const std::string& name);
key_pair fresh_key();
node_id fresh_node();
/// What the authority itself issues for a new key, at a time.
certificate issued(const authority& by, const node_id& who, wall_time at = now);

struct forgery {
  std::string usage{"serverAuth,clientAuth"}; ///< empty: none
  std::string names;                          ///< as in subjectAltName; empty: none
  bool is_authority{false};
  std::string curve{"P-256"};
};
/// Signed by `key`, with the name of `issuer` as its issuer.
certificate forged(const certificate& issuer, const key_pair& key, const forgery& how);
/// A PKCS#10 request of an RSA key.
std::string rsa_request();

join_request request_of(const key_pair& key, const node_id& who);
join_request with_token(join_request what, const join_token& token);

/// A prepared home that has founded a hive.
struct founder {
  founder();
  store::test::scratch_home home;
  hive_folder hive;
};

} // namespace hive::trust::test
