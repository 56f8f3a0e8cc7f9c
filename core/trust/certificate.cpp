#include "core/trust/certificate.hpp"

#include "core/base/digest.hpp"
#include "core/trust/key_pair.hpp"
#include "core/trust/openssl.hpp"

#include <openssl/pem.h>

#include <array>
#include <ctime>

namespace hive::trust {

namespace {

constexpr std::string_view scheme = "hive://";

failure unreadable(std::string why) {
  return fail(errc::certificate_refused, "this is no certificate hive can read: " + std::move(why));
}

wall_time time_of(const ASN1_TIME* when) noexcept {
  std::tm parts{};
  if (ASN1_TIME_to_tm(when, &parts) != 1) return {};
  return wall_time{std::chrono::seconds{::timegm(&parts)}};
}

/// The next one in `from`; `missing` is what to say when there is none.
result<std::shared_ptr<X509>> read_one(const openssl::bio& from) {
  auto* const read = PEM_read_bio_X509(from.get(), nullptr, &openssl::no_passphrase, nullptr);
  if (read == nullptr) return unreadable(openssl::complaint());
  return std::shared_ptr<X509>{read, [](X509* x) { X509_free(x); }};
}

std::optional<hive_uri> parse_uri(std::string_view text) {
  if (!text.starts_with(scheme)) return std::nullopt;
  text.remove_prefix(scheme.size());
  const auto slash = text.find('/');
  hive_uri out;
  out.hive.value = text.substr(0, slash);
  if (!is_ulid(out.hive.value)) return std::nullopt;
  if (slash == std::string_view::npos) return out;
  out.node.value = text.substr(slash + 1);
  if (!is_ulid(out.node.value)) return std::nullopt;
  return out;
}

} // namespace

result<certificate> certificate::from_pem(std::string_view text) {
  if (text.size() > longest_pem) return unreadable("it is longer than 8 KiB");
  const auto from = openssl::reader_of(text);
  HIVE_TRY(auto one, read_one(from));
  if (!openssl::is_spent(from)) return unreadable("something follows it");
  return certificate{std::move(one)};
}

certificate certificate::share(X509* what) {
  X509_up_ref(what);
  return certificate{std::shared_ptr<X509>{what, [](X509* x) { X509_free(x); }}};
}

std::string certificate::pem() const {
  const auto to = openssl::writer();
  return PEM_write_bio_X509(to.get(), get()) == 1 ? openssl::text_in(to) : std::string{};
}

std::string certificate::fingerprint() const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  if (X509_digest(get(), EVP_sha256(), bytes.data(), &size) != 1) return {};
  return to_hex(std::as_bytes(std::span{bytes}.first(size)));
}

std::string certificate::serial() const {
  const auto* const number = X509_get0_serialNumber(get());
  const auto* const bytes = ASN1_STRING_get0_data(number);
  const auto size = static_cast<std::size_t>(ASN1_STRING_length(number));
  return to_hex(std::as_bytes(std::span{bytes, size}));
}

std::string certificate::key_fingerprint() const {
  return fingerprint_of_key(X509_get0_pubkey(get()));
}

std::string certificate::common_name() const {
  std::array<char, 256> text{};
  const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(get()), NID_commonName,
                                             text.data(), static_cast<int>(text.size()));
  return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : std::string{};
}

wall_time certificate::not_before() const {
  return time_of(X509_get0_notBefore(get()));
}

wall_time certificate::not_after() const {
  return time_of(X509_get0_notAfter(get()));
}

result<certificate_chain> certificate_chain::from_pem(std::string_view text) {
  if (text.size() > longest_pem) return unreadable("the chain is longer than 16 KiB");
  const auto from = openssl::reader_of(text);
  HIVE_TRY(const auto own, read_one(from));
  HIVE_TRY(const auto authority, read_one(from));
  if (!openssl::is_spent(from)) return unreadable("something follows the chain");
  return certificate_chain{certificate::share(own.get()), certificate::share(authority.get())};
}

std::optional<hive_uri> uri_in(const certificate& what) {
  const openssl::names all{static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(what.get(), NID_subject_alt_name, nullptr, nullptr))};
  std::optional<hive_uri> found;
  for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
    const auto* const one = sk_GENERAL_NAME_value(all.get(), i);
    if (one->type != GEN_URI) continue;
    if (found) return std::nullopt;
    const auto* const text = one->d.uniformResourceIdentifier;
    found = parse_uri({reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                       static_cast<std::size_t>(ASN1_STRING_length(text))});
    if (!found) return std::nullopt;
  }
  return found;
}

std::string to_string(const hive_uri& what) {
  auto out = std::string{scheme} + what.hive.value;
  return what.node.empty() ? out : out + '/' + what.node.value;
}

} // namespace hive::trust
