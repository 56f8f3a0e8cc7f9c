#pragma once
/// Checksum files as people publish them beside their downloads: SHA256SUMS, checksums.txt,
/// model.gguf.sha256. Pure, total.

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace hive::vendors {

/// File name (without folders) → SHA-256 in lower-case hex.
using checksum_list = std::map<std::string, std::string, std::less<>>;

/// Reads what sha256sum ("<hex>  name", also "*name" and its escapes), BSD's sha256 ("SHA256 (name)
/// = <hex>") and others write. Other digests and lines that are neither are passed over, and so is
/// a name with two different digests. A digest without a name is that of `alone`, unless that is
/// empty.
checksum_list read_checksums(std::string_view text, std::string_view alone);

/// Whether a file so called holds the digests of others.
bool is_checksum_list(std::string_view name);
/// The file whose only digest `name` holds ("a.gguf" for "a.gguf.sha256"); empty when it is none.
std::string_view checked_by(std::string_view name) noexcept;

} // namespace hive::vendors
