#pragma once
/// OpenSSL's objects as values that free themselves. For the sources of this room only.

#include "core/base/result.hpp"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

namespace hive::trust::openssl {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* what) const noexcept {
    Free(what);
  }
};

using bio = std::unique_ptr<BIO, freed_by<&BIO_free_all>>;
using bignum = std::unique_ptr<BIGNUM, freed_by<&BN_free>>;
using digest_context = std::unique_ptr<EVP_MD_CTX, freed_by<&EVP_MD_CTX_free>>;
using extension = std::unique_ptr<X509_EXTENSION, freed_by<&X509_EXTENSION_free>>;
using names = std::unique_ptr<GENERAL_NAMES, freed_by<&GENERAL_NAMES_free>>;
using store = std::unique_ptr<X509_STORE, freed_by<&X509_STORE_free>>;
using store_context = std::unique_ptr<X509_STORE_CTX, freed_by<&X509_STORE_CTX_free>>;
using ssl_context = std::unique_ptr<SSL_CTX, freed_by<&SSL_CTX_free>>;
using ssl = std::unique_ptr<SSL, freed_by<&SSL_free>>;

/// What OpenSSL complains about on this thread, in its own words; its list is empty afterwards.
inline std::string complaint() {
  std::string out;
  while (const auto code = ERR_get_error()) {
    const char* const reason = ERR_reason_error_string(code);
    out = reason == nullptr ? "error " + std::to_string(code) : reason;
  }
  return out.empty() ? "no reason given" : out;
}

/// errc::actor_failed: something that cannot fail but for lack of memory or a broken library.
inline failure refused_to(const char* what) {
  return fail(errc::actor_failed, std::string{"OpenSSL refused to "} + what + ": " + complaint());
}

/// A view of `text` to read from; `text` must outlive it.
inline bio reader_of(std::string_view text) {
  return bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}
inline bio writer() {
  return bio{BIO_new(BIO_s_mem())};
}
inline std::string text_in(const bio& from) {
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(from.get(), &bytes);
  return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string{};
}

/// For the PEM readers: an encrypted block is refused instead of asking the terminal.
inline int no_passphrase(char*, int, int, void*) noexcept {
  return -1;
}

/// Whether nothing but white space is left.
inline bool is_spent(const bio& from) {
  char c = 0;
  while (BIO_read(from.get(), &c, 1) == 1)
    if (c != '\n' && c != '\r' && c != ' ' && c != '\t') return false;
  return true;
}

} // namespace hive::trust::openssl
