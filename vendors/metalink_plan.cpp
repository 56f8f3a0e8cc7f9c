#include "vendors/metalink_plan.hpp"

#include "core/base/redact.hpp"
#include "core/net/origin.hpp"
#include "vendors/metadata.hpp"
#include "vendors/metalink.hpp"
#include "vendors/wanted.hpp"

#include <map>
#include <utility>
#include <vector>

namespace hive::vendors {

namespace {

constexpr std::size_t revision_digits = 40;

/// Addresses that may be asked although they are not encrypted: a digest tells what comes.
bool may_be_asked(const std::string& url, bool known) {
  const auto where = net::origin_of(url);
  return where && (known || where->scheme == "https" || net::is_loopback(*where));
}

result<plan_file> planned(const std::string& where, const metalink_file& from) {
  plan_file file{from.name, from.size, from.expected, {}};
  for (const auto& url : from.urls)
    if (may_be_asked(url, from.expected.has_value())) file.sources.push_back({url, {}, {}});
  if (!file.sources.empty()) return file;
  if (from.urls.empty() && !from.others.empty())
    return fail(errc::unsupported,
                where + " has '" + quotable(from.name) + "' only at " +
                    quotable(redact_url(from.others.front())),
                "hive fetches from https:// and http:// addresses; ask for one of those");
  return fail(errc::unreadable_reply,
              where + " has no address to fetch '" + quotable(from.name) + "' from",
              "an http:// address is taken only with a sha-256 of the file");
}

std::string revision_of(const std::vector<metalink_file>& files) {
  std::string lines;
  for (const auto& file : files) {
    lines += file.name + '\t' + (file.size ? std::to_string(*file.size) : "") + '\t' +
             (file.expected ? file.expected->hex : "");
    for (const auto& url : file.urls) lines += '\t' + url;
    lines += '\n';
  }
  return sha256_hex(lines).substr(0, revision_digits);
}

} // namespace

result<download_plan> metalink_plan(reference what, file_wish wish, const std::string& text) {
  const auto where = "the Metalink at " + redact_url(what.name);
  if (what.expected && sha256_hex(text) != what.expected->hex)
    return fail(errc::digest_mismatch, where + " is not what its #sha256= says");
  HIVE_TRY(const auto files, read_metalink(where, text));
  std::vector<std::string> listed;
  std::map<std::string, const metalink_file*> by_name;
  for (const auto& file : files) {
    listed.push_back(file.name);
    by_name.emplace(file.name, &file);
  }
  HIVE_TRY(const auto chosen, wanted_files(what, std::move(wish), listed));
  download_plan plan;
  for (const auto& name : chosen) {
    HIVE_TRY(auto file, planned(where, *by_name.at(name)));
    plan.files.push_back(std::move(file));
  }
  plan.revision = revision_of(files);
  plan.what = std::move(what);
  return plan;
}

} // namespace hive::vendors
