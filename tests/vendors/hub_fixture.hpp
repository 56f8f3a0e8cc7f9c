#pragma once
/// Replies in the Hub's shapes, for scripts.

#include "tests/vendors/script.hpp"
#include "vendors/hugging_face.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace hive::vendors {

inline const std::string hub = "https://huggingface.co";
inline const std::string commit_a(40, 'a');
inline const std::string sha256_c(64, 'c');

inline std::string revision_url(const std::string& id, const std::string& revision = "main",
                                const std::string& at = hub) {
  return at + "/api/models/" + id + "/revision/" + revision;
}
inline std::string tree_url(const std::string& id, const std::string& commit = commit_a,
                            const std::string& at = hub) {
  return at + "/api/models/" + id + "/tree/" + commit + "?recursive=true&expand=false";
}

/// The reply to a revision, with `more` fields: `"gated":"auto"`.
inline std::string described(const std::string& id, const std::string& more = {},
                             const std::string& sha = commit_a) {
  return R"({"_id":"65","id":")" + id + R"(","modelId":")" + id + R"(","sha":")" + sha +
         R"(","private":false,"tags":["gguf"],"siblings":[{"rfilename":"config.json"}])" +
         (more.empty() ? "" : "," + more) + "}";
}

inline std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

/// Entries of a tree page.
inline std::string git_entry(const std::string& path, std::uint64_t size = 10) {
  return R"({"type":"file","oid":")" + std::string(40, '1') + R"(","size":)" +
         std::to_string(size) + R"(,"path":)" + quoted(path) + "}";
}
inline std::string lfs_entry(const std::string& path, std::uint64_t size = 1000,
                             const std::string& more = {}) {
  return R"({"type":"file","oid":")" + std::string(40, '2') + R"(","size":)" +
         std::to_string(size) + R"(,"lfs":{"oid":")" + sha256_c + R"(","size":)" +
         std::to_string(size) + R"(,"pointerSize":135})" + (more.empty() ? "" : "," + more) +
         R"(,"path":)" + quoted(path) + "}";
}
inline std::string folder_entry(const std::string& path) {
  return R"({"type":"directory","oid":")" + std::string(40, '3') + R"(","size":0,"path":)" +
         quoted(path) + "}";
}
inline std::string page_of(const std::vector<std::string>& entries) {
  std::string out = "[";
  for (const auto& entry : entries) out += (out.size() > 1 ? "," : "") + entry;
  return out + "]";
}

/// A public repository of these entries on its branch main.
inline script repository(const std::string& id, const std::vector<std::string>& entries) {
  script out;
  out.on(revision_url(id), 200, described(id)).on(tree_url(id), 200, page_of(entries));
  return out;
}

inline reference parsed(const std::string& text) {
  auto what = parse_reference(text);
  return what ? *what : reference{};
}

inline result<download_plan> pull(script& replies, const std::string& text, file_wish wish = {},
                                  vendor_settings settings = {}) {
  auto what = parse_reference(text);
  if (!what) return what.why();
  wish.selector = what->selector;
  const auto vendor = make_hugging_face(settings);
  return replies.play(vendor->resolve(*what, std::move(wish)));
}

inline std::vector<std::string> paths_of(const download_plan& plan) {
  std::vector<std::string> out;
  for (const auto& file : plan.files) out.push_back(file.path);
  return out;
}

} // namespace hive::vendors
