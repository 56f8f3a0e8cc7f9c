#pragma once
/// File patterns with the Hub's matching rules (huggingface_hub's filter_repo_objects): Python
/// fnmatchcase, case-sensitive, `*` crosses `/`, a pattern ending in `/` means everything below it.

#include <span>
#include <string>
#include <string_view>

namespace hive {

bool matches(std::string_view pattern, std::string_view path) noexcept;

/// Include first (empty include: everything), then exclude.
bool selected(std::string_view path, std::span<const std::string> include,
              std::span<const std::string> exclude) noexcept;

} // namespace hive
