#pragma once
/// Quantisation tags in names of GGUF files.

#include <optional>
#include <string>
#include <string_view>

namespace hive {

/// Whether the name of the file at `path` carries `tag`, without regard to case: behind a separator
/// and followed by '.' or '-'. A file whose own name carries no tag has that of its folder.
bool carries_quant(std::string_view path, std::string_view tag);

/// The tag of the file at `path` in upper case, when it carries one.
std::optional<std::string> quant_of(std::string_view path);

/// Bits of a weight as the tag says, whatever else is stored beside them: 4 of "Q4_K_M", 16 of
/// "BF16"; empty for what is no tag.
std::optional<int> bits_of(std::string_view tag);

} // namespace hive
