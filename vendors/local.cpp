#include "vendors/local.hpp"

#include "core/artifact/safe_path.hpp"
#include "core/artifact/shards.hpp"
#include "core/base/digest.hpp"
#include "core/net/local_url.hpp"
#include "vendors/metadata.hpp"
#include "vendors/metalink_plan.hpp"
#include "vendors/wanted.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace hive::vendors {

namespace {

/// What a part of a split GGUF says of itself.
struct split {
  std::uint64_t number{0}; ///< from 0
  std::uint64_t count{0};
  std::uint64_t all{0};  ///< tensors of the set; 0: it does not say
  std::uint64_t here{0}; ///< tensors in this part
};

struct local_file {
  std::uint64_t size{0};
  std::string version;
  bool busy{false};
  std::optional<split> part;
};
using local_files = std::map<std::string, local_file>;

struct listing {
  bool directory{false};
  local_files files;
};

failure refusal(const std::string& path, int status, const std::string& which) {
  if (status == 404) {
    return fail(errc::entry_missing, "there is nothing at " + path,
                "check the spelling; the path is one of the machine the node runs on");
  }
  if (status == 403) {
    return fail(errc::source_unreadable,
                (which.empty() ? path : which) + " may not be read by this node");
  }
  return fail(errc::disk_failed, path + " cannot be listed (" + std::to_string(status) + ")");
}

result<std::optional<split>> read_split(const std::string& where, json::node from) {
  if (from.is_null()) return std::optional<split>{};
  std::vector<std::uint64_t> numbers;
  for (const auto one : from.elements())
    if (const auto number = one.natural()) numbers.push_back(*number);
  if (numbers.size() != 4) return unreadable(where, "its field \"split\" is not four numbers");
  return std::optional{split{numbers[0], numbers[1], numbers[2], numbers[3]}};
}

result<listing> read_listing(const std::string& path, const net::reply& got) {
  const auto where = "the listing of " + path;
  HIVE_TRY(const auto body, read_body(where, got));
  HIVE_TRY(const auto type, text_field(where, body.root(), "type"));
  const auto entries = body.root()["files"];
  if (!entries.is_array()) return unreadable(where, "its field \"files\" is no list");
  if (type != "file" && type != "directory") {
    return unreadable(where, "its field \"type\" is neither \"file\" nor \"directory\"");
  }
  listing out;
  out.directory = type == "directory";
  for (const auto entry : entries.elements()) {
    if (out.files.size() >= most_entries)
      return unreadable(where, "it has more than a million files");
    HIVE_TRY(auto name, text_field(where, entry, "path"));
    local_file file;
    HIVE_TRY(file.size, size_field(where, entry, "size"));
    HIVE_TRY(file.version, text_field(where, entry, "version"));
    file.busy = entry["busy"].boolean().value_or(false);
    HIVE_TRY(file.part, read_split(where, entry["split"]));
    const auto [at, added] = out.files.try_emplace(std::move(name), std::move(file));
    if (!added) return unreadable(where, "it names '" + quotable(at->first) + "' twice");
  }
  const bool itself = out.files.size() == 1 && out.files.begin()->first == file_name(path);
  if (!out.directory && !itself) return unreadable(where, "it does not hold the file itself");
  return out;
}

failure strangers(const std::string& path, const std::string& why) {
  return fail(errc::not_the_artifact, path + " does not belong to the set it lies in: " + why,
              "put the parts of one set together, as they were made");
}

/// What the parts say of themselves goes together, as far as they say something.
outcome check_set(const shard& any, const local_files& files) {
  std::uint64_t tensors = 0;
  std::optional<std::uint64_t> all;
  for (std::uint32_t n = 1; n <= any.count; ++n) {
    const auto path = shard_path(any, n);
    const auto& said = files.at(path).part;
    if (!said) return {};
    if (said->count != any.count || said->number + 1 != n)
      return strangers(path, "it says it is part " + std::to_string(said->number + 1) + " of " +
                                 std::to_string(said->count));
    if (said->all != all.value_or(said->all))
      return strangers(path, "its set has " + std::to_string(said->all) + " tensors, that of " +
                                 shard_path(any, 1) + " has " + std::to_string(*all));
    all = said->all;
    tensors += said->here;
  }
  if (all.value_or(0) == 0 || tensors == *all) return {};
  return strangers(shard_path(any, 1), "the parts have " + std::to_string(tensors) +
                                           " tensors of " + std::to_string(*all));
}

/// Every chosen shard has its whole set beside it.
outcome check_shards(const std::string& root, const std::vector<std::string>& chosen,
                     const local_files& files) {
  std::set<std::string> judged;
  for (const auto& path : chosen) {
    const auto part = parse_shard(path);
    if (!part || part->suffix != ".gguf" || !judged.insert(shard_path(*part, 1)).second) continue;
    for (std::uint32_t n = 1; n <= part->count; ++n) {
      if (files.contains(shard_path(*part, n))) continue;
      return fail(errc::entry_missing,
                  path + " is part of a set of " + std::to_string(part->count) + ", but " +
                      shard_path(*part, n) + " is not in " + root,
                  "put the missing shards beside it and name the folder that holds them all");
    }
    HIVE_CHECK(check_set(*part, files));
  }
  return {};
}

outcome check_quiet(const std::vector<std::string>& chosen, const local_files& files) {
  for (const auto& path : chosen)
    if (files.at(path).busy)
      return fail(errc::source_changed, path + " is being written at this moment",
                  "it is looked at again by itself; when whoever writes it has finished, it is "
                  "taken");
  return {};
}

/// `chosen` in any order: the same files are the same revision.
std::string revision_of(std::vector<std::string> chosen, const local_files& files) {
  std::ranges::sort(chosen);
  std::string lines;
  for (const auto& path : chosen) lines += path + '\t' + files.at(path).version + '\n';
  return sha256_hex(lines).substr(0, 40);
}

result<download_plan> make_plan(reference what, file_wish wish, const listing& found) {
  std::vector<std::string> listed;
  for (const auto& [path, file] : found.files) listed.push_back(path);
  HIVE_TRY(const auto chosen, wanted_files(what, std::move(wish), listed));
  HIVE_CHECK(check_shards(what.name, chosen, found.files));
  HIVE_CHECK(check_quiet(chosen, found.files));
  download_plan plan;
  plan.revision = revision_of(chosen, found.files);
  const auto folder = what.name.ends_with('/') ? what.name : what.name + '/';
  for (const auto& path : chosen) {
    file_source source;
    const auto& file = found.files.at(path);
    source.url = net::local_url(found.directory ? folder + path : what.name);
    source.checks = {{"etag", file.version}};
    plan.files.push_back({path, file.size, std::nullopt, {std::move(source)}});
  }
  plan.what = std::move(what);
  return plan;
}

conversation<download_plan> look(reference what, file_wish wish) {
  net::request list;
  list.method = "LIST";
  list.url = net::local_url(what.name);
  HIVE_CO_TRY(const auto got, co_await ask(std::move(list)));
  if (got.head.status != 200) co_return refusal(what.name, got.head.status, got.body);
  HIVE_CO_TRY(const auto found, read_listing(what.name, got));
  co_return make_plan(std::move(what), std::move(wish), found);
}

conversation<download_plan> read_description(reference what, file_wish wish) {
  net::request text;
  text.method = "READ";
  text.url = net::local_url(what.name);
  HIVE_CO_TRY(const auto got, co_await ask(std::move(text)));
  if (got.head.status != 200) co_return refusal(what.name, got.head.status, got.body);
  co_return metalink_plan(std::move(what), std::move(wish), got.body);
}

class local final : public vendor {
 public:
  std::string_view name() const noexcept override { return to_string(scheme::file); }
  bool serves(const reference& what) const noexcept override { return what.from == scheme::file; }
  conversation<download_plan> resolve(reference what, file_wish wish) const override {
    if (what.name.ends_with(".meta4")) return read_description(std::move(what), std::move(wish));
    return look(std::move(what), std::move(wish));
  }
  net::keyring keys(const reference&, std::string_view) const override { return {}; }
};

} // namespace

std::unique_ptr<const vendor> make_local() {
  return std::make_unique<local>();
}

} // namespace hive::vendors
