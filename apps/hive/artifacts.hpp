#pragma once
/// What a node's catalog holds, asked through its API.

#include "apps/hive/client.hpp"
#include "apps/hive/context.hpp"
#include "apps/hive/pick.hpp"
#include "core/artifact/reference.hpp"

#include <functional>
#include <string>
#include <vector>

namespace hive::cli {

/// Whether a text is an artifact's id rather than a reference.
bool is_artifact_id(const std::string& text) noexcept;

result<artifact_sight> artifact_by_id(client& node, const std::string& id);

/// Every artifact that a reference as typed, or an id, means; errc::not_found without one.
result<std::vector<artifact_sight>> artifacts_meant_by(client& node, const std::string& what);
/// Finds a node and calls `act` for every artifact that any of `asked` means; complains of those
/// that mean none, and goes on. The exit code: the last one that is not 0.
int with_each_meant(context& at, const std::vector<std::string>& asked,
                    const std::function<int(client& node, const artifact_sight& a)>& act);
/// The newest artifact a reference or id means, with its files. errc::not_found.
result<artifact_sight> artifact_for(client& node, const std::string& ref_or_id);

/// The path on this machine that a tool is given for what `ref_or_id` selects of `a`: one model
/// file, or the folder. errc::not_found when it is not on this machine.
result<std::string> path_for(const std::string& ref_or_id, const artifact_sight& a);
/// The path of the file called `name` in `a`.
result<std::string> path_of_file(const artifact_sight& a, const std::string& name);

} // namespace hive::cli
