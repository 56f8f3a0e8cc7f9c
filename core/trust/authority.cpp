#include "core/trust/authority.hpp"

#include "core/trust/openssl.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>

namespace hive::trust {

namespace {

constexpr std::size_t longest_name = 64; ///< of an X.509 common name
constexpr long version_3 = 2;

std::time_t seconds_of(wall_time t) noexcept {
  return static_cast<std::time_t>(
      std::chrono::floor<std::chrono::seconds>(t.time_since_epoch()).count());
}

/// 126 random bits with the highest of 127 set: positive, never zero, all of one length.
bool set_serial(X509* to) {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x3f) | 0x40);
  const openssl::bignum number{BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr)};
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(to)) != nullptr;
}

bool set_name(X509* to, const std::string& name) {
  return X509_NAME_add_entry_by_NID(X509_get_subject_name(to), NID_commonName, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(name.data()),
                                    static_cast<int>(name.size()), -1, 0) == 1;
}

bool set_term(X509* to, wall_time from, wall_time until) {
  return ASN1_TIME_set(X509_getm_notBefore(to), seconds_of(from)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(to), seconds_of(until)) != nullptr;
}

struct extension_text {
  int nid;
  std::string text;
};

bool add_extensions(X509* to, X509* issuer, const std::vector<extension_text>& all) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
  return std::all_of(all.begin(), all.end(), [&](const extension_text& one) {
    const openssl::extension made{
        X509V3_EXT_conf_nid(nullptr, &context, one.nid, one.text.c_str())};
    return made && X509_add_ext(to, made.get(), -1) == 1;
  });
}

struct term {
  wall_time from;
  wall_time until;
};

/// A certificate but for its issuer and signature.
std::shared_ptr<X509> draft(const std::string& name, EVP_PKEY* key, const term& when) {
  std::shared_ptr<X509> made{X509_new(), [](X509* x) { X509_free(x); }};
  const bool done = made && X509_set_version(made.get(), version_3) == 1 &&
                    set_serial(made.get()) && set_name(made.get(), name) &&
                    set_term(made.get(), when.from, when.until) &&
                    X509_set_pubkey(made.get(), key) == 1;
  return done ? made : nullptr;
}

bool sign(X509* what, X509* issuer, const key_pair& with,
          const std::vector<extension_text>& extensions) {
  return X509_set_issuer_name(what, X509_get_subject_name(issuer)) == 1 &&
         add_extensions(what, issuer, extensions) && X509_sign(what, with.get(), EVP_sha256()) > 0;
}

bool is_good_name(const std::string& name) noexcept {
  return !name.empty() && name.size() <= longest_name && name.front() != ' ' &&
         name.back() != ' ' &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

} // namespace

result<authority> authority::found(const std::string& name, wall_time now) {
  if (!is_good_name(name))
    return fail(errc::bad_request, "a hive's name has 1 to 64 printable ASCII characters",
                "choose another with --name");
  HIVE_TRY(auto key, key_pair::generate());
  const hive_uri who{hive_id{new_ulid()}, {}};
  const auto made = draft(name, key.get(), {now - clock_tolerance, now + authority_term});
  const std::vector<extension_text> extensions{
      {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
      {NID_key_usage, "critical,keyCertSign,cRLSign"},
      {NID_subject_alt_name, "URI:" + to_string(who)},
      {NID_subject_key_identifier, "hash"}};
  if (!made || !sign(made.get(), made.get(), key, extensions))
    return openssl::refused_to("make an authority");
  return authority{who.hive, certificate::share(made.get()), std::move(key)};
}

result<authority> authority::restore(certificate own, key_pair key) {
  const auto wrong = [](const char* why) {
    return fail(errc::bad_config, std::string{"the hive's authority cannot be used: "} + why,
                "restore node/hive of the home from a backup");
  };
  const auto who = uri_in(own);
  if (!who || !who->node.empty() || X509_check_ca(own.get()) != 1)
    return wrong("its certificate is no authority's");
  if (own.key_fingerprint() != key.fingerprint()) return wrong("its key is another one's");
  return authority{who->hive, std::move(own), std::move(key)};
}

result<certificate> authority::issue(const signing_request& asked, const node_id& who,
                                     wall_time now) const {
  if (!is_ulid(who.value)) return fail(errc::bad_request, "this is no node id");
  const auto until = std::min(now + certificate_term, own_.not_after());
  if (until <= now)
    return fail(errc::certificate_refused, "the hive's authority has expired",
                "found a new hive (docs/trust.md)");
  const auto made =
      draft(who.value, X509_REQ_get0_pubkey(asked.get()), {now - clock_tolerance, until});
  const std::vector<extension_text> extensions{
      {NID_basic_constraints, "critical,CA:FALSE"},
      {NID_key_usage, "critical,digitalSignature"},
      {NID_ext_key_usage, "serverAuth,clientAuth"},
      {NID_subject_alt_name, "URI:" + to_string(hive_uri{hive_, who})},
      {NID_subject_key_identifier, "hash"},
      {NID_authority_key_identifier, "keyid:always"}};
  if (!made || !sign(made.get(), own_.get(), key_, extensions))
    return openssl::refused_to("sign a certificate");
  return certificate::share(made.get());
}

} // namespace hive::trust
