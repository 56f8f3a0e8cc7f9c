#pragma once
/// The joining side of the conversation, and the receiving one, as state machines: bytes in, bytes
/// out. Whoever drives them owns the connection.

#include "core/trust/hive_folder.hpp"
#include "core/trust/join_message.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hive::trust {

/// Asks once and takes one answer.
class joiner {
 public:
  static result<joiner> with_token(join_token token, key_pair key, node_facts self);
  /// By the certificate that the connection is made with.
  static result<joiner> renewing(const certificate& authority, key_pair key, node_facts self);

  /// The fingerprint of the authority the other side must show.
  const std::string& authority() const noexcept { return authority_; }

  /// The request, once: only for the authority this joiner knows does it leave. errc::foreign_hive;
  /// errc::conflict when it has been asked before.
  result<std::string> ask(const certificate& shown);
  /// The other side has shown that authority: what it says is the hive's word.
  bool has_asked() const noexcept { return asked_; }
  /// Bytes of the answer.
  outcome take(std::string_view bytes) { return answer_.take(bytes); }
  bool is_answered() const noexcept { return answer_.is_whole(); }
  /// The other side's refusal is the failure. A grant is for our key and node, by that authority;
  /// `dialled` is put first among its members.
  result<join_grant> finish(const std::string& dialled) const;

 private:
  joiner(std::string authority, key_pair key, node_facts self)
    : authority_(std::move(authority)), key_(std::move(key)), self_(std::move(self)) {}
  static result<joiner> make(std::string authority, key_pair key, node_facts self);

  std::string authority_;
  key_pair key_;
  node_facts self_;
  join_request request_;
  bool asked_{false};
  message_reader answer_{longest_answer};
};

/// Takes one request and gives one answer.
class reception {
 public:
  using decision = std::function<result<join_grant>(const join_request&)>;

  explicit reception(decision decide) : decide_(std::move(decide)) {}

  /// The answer, once there is one: also to what is malformed. Bytes after that are ignored.
  std::optional<std::string> take(std::string_view bytes);
  /// Why it was a refusal; null before the answer, and for a grant.
  const failure* refused() const noexcept { return refused_ ? &*refused_ : nullptr; }

 private:
  std::string refuse(failure why);

  decision decide_;
  message_reader request_{longest_request};
  bool answered_{false};
  std::optional<failure> refused_;
};

} // namespace hive::trust
