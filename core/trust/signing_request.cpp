#include "core/trust/signing_request.hpp"

#include "core/trust/openssl.hpp"

#include <openssl/pem.h>

namespace hive::trust {

namespace {

failure unusable(std::string why) {
  return fail(errc::bad_request, "the certificate request cannot be used: " + std::move(why),
              "join with the same version of hive on both sides");
}

std::shared_ptr<X509_REQ> owned(X509_REQ* request) {
  return {request, [](X509_REQ* r) { X509_REQ_free(r); }};
}

} // namespace

result<signing_request> signing_request::make(const key_pair& key, const node_id& who) {
  auto made = owned(X509_REQ_new());
  const auto* const name = reinterpret_cast<const unsigned char*>(who.value.data());
  const bool done = made &&
                    X509_NAME_add_entry_by_NID(X509_REQ_get_subject_name(made.get()),
                                               NID_commonName, MBSTRING_UTF8, name,
                                               static_cast<int>(who.value.size()), -1, 0) == 1 &&
                    X509_REQ_set_pubkey(made.get(), key.get()) == 1 &&
                    X509_REQ_sign(made.get(), key.get(), EVP_sha256()) > 0;
  if (!done) return openssl::refused_to("make a certificate request");
  return signing_request{std::move(made)};
}

result<signing_request> signing_request::from_pem(std::string_view text) {
  if (text.size() > longest_pem) return unusable("it is longer than 4 KiB");
  const auto from = openssl::reader_of(text);
  auto read = owned(PEM_read_bio_X509_REQ(from.get(), nullptr, &openssl::no_passphrase, nullptr));
  if (!read) return unusable(openssl::complaint());
  if (!openssl::is_spent(from)) return unusable("something follows it");
  auto* const key = X509_REQ_get0_pubkey(read.get());
  if (!is_usual_key(key)) return unusable("its key is not of the kind EC P-256");
  if (X509_REQ_verify(read.get(), key) != 1) {
    ERR_clear_error();
    return unusable("it is not signed by the key it names");
  }
  return signing_request{std::move(read)};
}

std::string signing_request::pem() const {
  const auto to = openssl::writer();
  return PEM_write_bio_X509_REQ(to.get(), get()) == 1 ? openssl::text_in(to) : std::string{};
}

std::string signing_request::key_fingerprint() const {
  return fingerprint_of_key(X509_REQ_get0_pubkey(get()));
}

} // namespace hive::trust
