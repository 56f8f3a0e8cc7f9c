#include "tests/core/trust/forge.hpp"

#include "core/trust/openssl.hpp"

#include <openssl/pem.h>

#include <stdexcept>

namespace hive::trust::test {

namespace {

template <class T>
T needed(result<T> what) {
  if (!what) throw std::runtime_error{sentence(what.why())};
  return std::move(*what);
}

void add(X509* to, X509* issuer, int nid, const std::string& text) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
  const openssl::extension made{X509V3_EXT_conf_nid(nullptr, &context, nid, text.c_str())};
  if (!made || X509_add_ext(to, made.get(), -1) != 1) throw std::runtime_error{text};
}

} // namespace

authority hive_called(const std::string& name) {
  return needed(authority::found(name, now));
}

key_pair fresh_key() {
  return needed(key_pair::generate());
}

node_id fresh_node() {
  return node_id{new_ulid()};
}

certificate issued(const authority& by, const node_id& who, wall_time at) {
  return needed(by.issue(needed(signing_request::make(fresh_key(), who)), who, at));
}

certificate forged(const certificate& issuer, const key_pair& key, const forgery& how) {
  const auto made = std::shared_ptr<X509>{X509_new(), [](X509* x) { X509_free(x); }};
  const auto own = std::shared_ptr<EVP_PKEY>{EVP_EC_gen(how.curve.c_str()),
                                             [](EVP_PKEY* k) { EVP_PKEY_free(k); }};
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 77);
  const std::string name = "forged";
  X509_NAME_add_entry_by_NID(X509_get_subject_name(made.get()), NID_commonName, MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.data()),
                             static_cast<int>(name.size()), -1, 0);
  X509_set_issuer_name(made.get(), X509_get_subject_name(issuer.get()));
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_set_pubkey(made.get(), own.get());
  add(made.get(), issuer.get(), NID_basic_constraints,
      how.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  add(made.get(), issuer.get(), NID_key_usage,
      how.is_authority ? "critical,keyCertSign" : "critical,digitalSignature");
  if (!how.usage.empty()) add(made.get(), issuer.get(), NID_ext_key_usage, how.usage);
  if (!how.names.empty()) add(made.get(), issuer.get(), NID_subject_alt_name, how.names);
  add(made.get(), issuer.get(), NID_subject_key_identifier, "hash");
  add(made.get(), issuer.get(), NID_authority_key_identifier, "keyid:always");
  if (X509_sign(made.get(), key.get(), EVP_sha256()) <= 0) throw std::runtime_error{"sign"};
  return certificate::share(made.get());
}

std::string rsa_request() {
  const auto key =
      std::shared_ptr<EVP_PKEY>{EVP_RSA_gen(2048), [](EVP_PKEY* k) { EVP_PKEY_free(k); }};
  const auto made =
      std::shared_ptr<X509_REQ>{X509_REQ_new(), [](X509_REQ* r) { X509_REQ_free(r); }};
  X509_REQ_set_pubkey(made.get(), key.get());
  X509_REQ_sign(made.get(), key.get(), EVP_sha256());
  const auto to = openssl::writer();
  PEM_write_bio_X509_REQ(to.get(), made.get());
  return openssl::text_in(to);
}

join_request request_of(const key_pair& key, const node_id& who) {
  return {std::nullopt, needed(signing_request::make(key, who)).pem(), who, "a node", "0"};
}

join_request with_token(join_request what, const join_token& token) {
  what.token = token_claim{token.id, token.secret};
  return what;
}

founder::founder()
  : hive(needed(hive_folder::found(home.where, "test hive",
                                   {needed(store::identity(home.where)), "first"}, now))) {}

} // namespace hive::trust::test
