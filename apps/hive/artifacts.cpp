#include "apps/hive/artifacts.hpp"

#include "apps/hive/lodging.hpp"
#include "apps/hive/terminal.hpp"
#include "core/base/percent.hpp"
#include <algorithm>
#include <filesystem>

namespace hive::cli {
namespace {

namespace fs = std::filesystem;

failure not_here(const std::string& what) {
  return fail(errc::not_found, what + " is not here",
              "'hive pull " + what + "' brings it; 'hive ls' lists what is here");
}

result<std::string> standing(const fs::path& where) {
  std::error_code error;
  if (fs::exists(where, error)) return where.string();
  return fail(errc::not_found, where.string() + " is not on this machine",
              "ask on the node's own machine, or pull it to this one");
}

/// Where `file` of `a` lies: a lone file's view is the file itself.
fs::path inside(const artifact_sight& a, const std::string& file) {
  std::error_code error;
  return fs::is_directory(a.path, error) ? fs::path{a.path} / file : fs::path{a.path};
}

} // namespace

bool is_artifact_id(const std::string& text) noexcept {
  return is_hex(text, 16);
}

result<artifact_sight> artifact_by_id(client& node, const std::string& id) {
  HIVE_TRY(const auto got, node.get("/v1/artifacts/" + percent_encode(id)));
  return read_artifact(got.body.root());
}

result<artifact_sight> artifact_for(client& node, const std::string& ref_or_id) {
  if (is_artifact_id(ref_or_id)) return artifact_by_id(node, ref_or_id);
  HIVE_TRY(const auto asked, parse_reference(ref_or_id));
  std::vector<std::string> candidates; // newest first, as the list is
  HIVE_CHECK(node.each("/v1/artifacts", "artifacts", [&](json::node one) {
    const auto a = read_artifact(one);
    if (same_source(asked, a)) candidates.push_back(a.id);
    return true;
  }));
  for (const auto& id : candidates) {
    HIVE_TRY(auto whole, artifact_by_id(node, id));
    if (chosen_of(asked, whole)) return whole;
  }
  return not_here(to_string(asked));
}

result<std::vector<artifact_sight>> artifacts_meant_by(client& node, const std::string& what) {
  std::vector<artifact_sight> out;
  if (is_artifact_id(what)) {
    HIVE_TRY(auto one, artifact_by_id(node, what));
    out.push_back(std::move(one));
    return out;
  }
  HIVE_TRY(const auto asked, parse_reference(what));
  HIVE_CHECK(node.each("/v1/artifacts", "artifacts", [&](json::node one) {
    auto a = read_artifact(one);
    if (meant_exactly(asked, a)) out.push_back(std::move(a));
    return true;
  }));
  if (out.empty())
    return fail(errc::not_found, to_string(asked) + " is not here", "'hive ls' lists what is here");
  return out;
}

int with_each_meant(context& at, const std::vector<std::string>& asked,
                    const std::function<int(client& node, const artifact_sight& a)>& act) {
  auto place = lodging::find(at, wanted_node::any);
  if (!place) return complain(place.why());
  int code = 0;
  for (const auto& what : asked) {
    const auto found = artifacts_meant_by((*place)->node(), what);
    if (!found) {
      code = complain(found.why());
      continue;
    }
    for (const auto& a : *found)
      if (const int one = act((*place)->node(), a); one != 0) code = one;
  }
  (*place)->see_guests_off();
  return code;
}

result<std::string> path_for(const std::string& ref_or_id, const artifact_sight& a) {
  auto chosen = a.files;
  if (!is_artifact_id(ref_or_id)) {
    HIVE_TRY(const auto asked, parse_reference(ref_or_id));
    HIVE_TRY(chosen, chosen_of(asked, a));
  }
  if (const auto model = single_model(chosen)) return standing(inside(a, *model));
  return standing(a.path);
}

result<std::string> path_of_file(const artifact_sight& a, const std::string& name) {
  if (std::ranges::find(a.files, name) == a.files.end())
    return fail(errc::entry_missing, a.ref + " has no file " + name,
                "'hive show " + a.id + "' lists its files");
  return standing(inside(a, name));
}

} // namespace hive::cli
