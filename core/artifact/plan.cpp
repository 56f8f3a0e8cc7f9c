#include "core/artifact/plan.hpp"

#include <algorithm>
#include <limits>

namespace hive {

namespace {

/// Appends `text` with its length before it, so that no two lists of texts read alike.
void append(std::string& to, std::string_view text) {
  to.append(std::to_string(text.size())).append(":").append(text);
}

} // namespace

std::uint64_t known_bytes(const download_plan& plan) noexcept {
  std::uint64_t sum = 0;
  for (const auto& file : plan.files) {
    const auto size = file.size.value_or(0);
    // Sizes are a vendor's word: a sum that does not fit must not come out small.
    if (size > std::numeric_limits<std::uint64_t>::max() - sum)
      return std::numeric_limits<std::uint64_t>::max();
    sum += size;
  }
  return sum;
}

std::string content_key(const plan_file& file) {
  if (file.expected) return to_string(*file.expected);
  std::string identity;
  if (!file.sources.empty()) {
    const auto& source = file.sources.front();
    append(identity, source.url);
    for (const auto& check : source.checks) {
      append(identity, check.name);
      append(identity, check.value);
    }
  }
  return "url:" + sha256_hex(identity);
}

std::string artifact_key(const download_plan& plan) {
  std::vector<std::string> files;
  files.reserve(plan.files.size());
  for (const auto& file : plan.files) {
    std::string& entry = files.emplace_back();
    append(entry, file.path);
    append(entry, content_key(file));
    append(entry, file.size ? std::to_string(*file.size) : "");
  }
  std::sort(files.begin(), files.end());
  std::string identity;
  append(identity, to_string(plan.what.from));
  append(identity, std::to_string(static_cast<int>(plan.what.kind)));
  append(identity, plan.what.host);
  append(identity, plan.what.name);
  append(identity, plan.revision);
  for (const auto& entry : files) append(identity, entry);
  return sha256_hex(identity).substr(0, 16);
}

} // namespace hive
