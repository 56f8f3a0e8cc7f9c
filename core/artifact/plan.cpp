#include "core/artifact/plan.hpp"

#include "core/artifact/cut_files.hpp"

#include <algorithm>
#include <limits>

namespace hive {

namespace {

/// Appends `text` with its length before it, so that no two lists of texts read alike.
void append(std::string& to, std::string_view text) {
  to.append(std::to_string(text.size())).append(":").append(text);
}

std::string files_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " file" : " files");
}

std::optional<remark> on_digests(const download_plan& plan) {
  const auto unknown = static_cast<std::size_t>(std::ranges::count_if(plan.files, first_sight));
  if (unknown == 0) return std::nullopt;
  return remark{"digest-unpublished",
                "no digest is published for " + files_text(unknown) + " of " +
                    std::to_string(plan.files.size()) +
                    ": what comes now is trusted, and its SHA-256 recorded",
                true};
}

remark on_cut(const std::string& whole, const std::vector<std::string>& pieces) {
  std::string all;
  for (const auto& piece : pieces) all += piece + " ";
  if (pieces.size() > 4) all = pieces.front() + " … " + pieces.back() + " ";
  return {"file-in-pieces",
          whole + " comes in " + std::to_string(pieces.size()) +
              " pieces, as it was published; to join them: cat " + all + "> " + whole,
          true};
}

} // namespace

bool first_sight(const plan_file& file) noexcept {
  return !file.expected && !file.sources.empty() && !file.sources.front().url.starts_with("file:");
}

std::vector<remark> remarks_on(const download_plan& plan) {
  auto all = plan.remarks;
  if (auto digests = on_digests(plan)) all.push_back(*std::move(digests));
  std::vector<std::string> paths;
  for (const auto& file : plan.files) paths.push_back(file.path);
  for (const auto& [whole, pieces] : cut_files(paths)) all.push_back(on_cut(whole, pieces));
  return all;
}

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
    if (plan.how) break;
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
