#pragma once
/// Secrets never reach a log line, an event or an error text.

#include <string>
#include <string_view>

namespace hive {

/// `text` with every secret replaced by "[redacted]": values of Authorization-like headers
/// ("Authorization: …", "Bearer …", "Basic …"), tokens of known shape (hf_…, ghp_…, gho_…,
/// github_pat_…, hvt_…, hv1.…), user info in URLs, and query strings of URLs that look signed
/// (Signature, X-Amz-*, Policy, Key-Pair-Id, sig, se, token, X-Xet-*).
std::string redact(std::string_view text);
/// A value judged together with its name: "token" alone says that what follows is secret.
std::string redact_value(std::string_view name, std::string_view value);
/// A URL fit for people: without user info and without its query.
std::string redact_url(std::string_view url);

} // namespace hive
