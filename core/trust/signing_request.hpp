#pragma once
/// What a node asks an authority to sign (PKCS#10): its public key, signed by the key itself. Of
/// what else a request says nothing is believed.

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/trust/key_pair.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct X509_req_st; // OpenSSL's X509_REQ

namespace hive::trust {

class signing_request {
 public:
  /// Longer text is not even parsed. One of ours takes 0.4 KiB.
  static constexpr std::size_t longest_pem = 4096;

  static result<signing_request> make(const key_pair& key, const node_id& who);
  /// errc::bad_request: unreadable, another kind of key, or not signed by the key it names (proof
  /// that the sender has it).
  static result<signing_request> from_pem(std::string_view text);

  std::string pem() const;
  std::string key_fingerprint() const;
  X509_req_st* get() const noexcept { return request_.get(); }

 private:
  explicit signing_request(std::shared_ptr<X509_req_st> request) : request_(std::move(request)) {}
  std::shared_ptr<X509_req_st> request_;
};

} // namespace hive::trust
