#pragma once
/// Replies in the shapes of registries, for scripts.

#include "core/base/digest.hpp"
#include "tests/vendors/script.hpp"
#include "vendors/oci.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace hive::vendors {

inline const std::string ollama_host = "https://registry.ollama.ai";
inline const std::string llama = ollama_host + "/v2/library/llama3.2";

/// A digest somebody could have: 64 times this character.
inline std::string sha(char c) {
  return "sha256:" + std::string(64, c);
}

/// One content of a manifest; `more` are further members, with a comma before.
inline std::string content(const std::string& type, char c, std::uint64_t size = 10,
                           const std::string& more = {}) {
  return R"({"mediaType":")" + type + R"(","digest":")" + sha(c) + R"(","size":)" +
         std::to_string(size) + more + "}";
}
inline std::string titled(const std::string& title,
                          const std::string& key = "org.opencontainers.image.title") {
  return R"(,"annotations":{")" + key + R"(":")" + title + R"("})";
}
inline std::string ollama_layer(const std::string& kind, char c, std::uint64_t size = 10) {
  return content("application/vnd.ollama.image." + kind, c, size);
}

inline std::string joined(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& one : all) out += (out.empty() ? "" : ",") + one;
  return out;
}
inline std::string manifest_of(
    const std::vector<std::string>& layers,
    const std::string& config = content("application/vnd.docker.container.image.v1+json", '0', 7)) {
  return R"({"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",)"
         R"("config":)" +
         config + R"(,"layers":[)" + joined(layers) + "]}";
}
inline std::string index_of(const std::vector<std::string>& manifests) {
  return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)" +
         joined(manifests) + "]}";
}
inline std::string own_digest(const std::string& text) {
  return "sha256:" + sha256_hex(text);
}

inline std::string refusal(const std::string& code, const std::string& message = "no") {
  return R"({"errors":[{"code":")" + code + R"(","message":")" + message + R"("}]})";
}

inline result<download_plan> pull_oci(script& replies, const std::string& text,
                                      file_wish wish = {}) {
  auto what = parse_reference(text);
  if (!what) return what.why();
  return replies.play(make_oci({})->resolve(*what, std::move(wish)));
}

inline std::vector<std::string> names_of(const download_plan& plan) {
  std::vector<std::string> out;
  for (const auto& file : plan.files) out.push_back(file.path);
  return out;
}

inline const plan_file& file_of(const download_plan& plan, const std::string& path) {
  static const plan_file none;
  for (const auto& file : plan.files)
    if (file.path == path) return file;
  return none;
}

} // namespace hive::vendors
