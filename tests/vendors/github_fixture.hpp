#pragma once
/// Replies in the shapes of GitHub's API, for scripts.

#include "tests/vendors/script.hpp"
#include "vendors/github.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace hive::vendors {

inline const std::string github_api = "https://api.github.com";
inline const std::string repo_api = github_api + "/repos/acme/models";
inline const std::string sha256_d(64, 'd');

inline std::string release_url(const std::string& tag = {}) {
  return repo_api + "/releases/" + (tag.empty() ? "latest" : "tags/" + tag);
}
inline std::string web_url(const std::string& name, const std::string& tag = "v1.0") {
  return "https://github.com/acme/models/releases/download/" + tag + "/" + name;
}

inline vendor_settings settings_of(std::string api, std::string token = {}) {
  vendor_settings out;
  out.github_api = std::move(api);
  out.github_token = std::move(token);
  return out;
}

struct asset_entry {
  std::string name;
  std::uint64_t size{1000};
  std::string digest{"\"sha256:" + std::string(64, 'd') + "\""}; ///< JSON
  std::string state{"uploaded"};
  std::uint64_t id{0}; ///< 0: by its place
};

inline std::string release_of(const std::vector<asset_entry>& assets,
                              const std::string& tag = "v1.0") {
  std::string list;
  std::uint64_t id = 100;
  for (const auto& a : assets) {
    ++id;
    list += (list.empty() ? "" : ",") + std::string{R"({"id":)"} +
            std::to_string(a.id == 0 ? id : a.id) + R"(,"name":")" + a.name + R"(","state":")" +
            a.state + R"(","size":)" + std::to_string(a.size) + R"(,"digest":)" + a.digest +
            R"(,"updated_at":"2026-11-01T10:00:00Z","browser_download_url":")" +
            web_url(a.name, tag) + R"("})";
  }
  return R"({"id":7,"tag_name":")" + tag + R"(","draft":false,"prerelease":false,"assets":[)" +
         list + "]}";
}

/// A release whose files everybody can fetch; the first byte of each is there.
inline script released(const std::vector<asset_entry>& assets, const std::string& tag = {}) {
  script out;
  const auto name = tag.empty() ? std::string{"v1.0"} : tag;
  out.on(release_url(tag), 200, release_of(assets, name));
  for (const auto& a : assets)
    out.on(web_url(a.name, name), 206, "G",
           {{"content-range", "bytes 0-0/" + std::to_string(a.size)}});
  return out;
}

inline result<download_plan> pull_release(script& replies, const std::string& text,
                                          file_wish wish = {}) {
  auto what = parse_reference(text);
  if (!what) return what.why();
  return replies.play(make_github({})->resolve(*what, std::move(wish)));
}

} // namespace hive::vendors
