#include "core/store/showroom.hpp"

#include "core/job/log.hpp"
#include "core/store/disk_file.hpp"

#include <algorithm>
#include <utility>

namespace hive::store {

namespace {

constexpr std::string_view manifest_file = "manifest.json";
constexpr std::size_t manifest_limit = 4u << 20;

/// Whether one of `others` has a text of ours under this name.
bool is_theirs(const std::vector<tool_view>& others, const tool_view& view, const std::string& path,
               const std::string& text) {
  return std::ranges::any_of(others, [&](const tool_view& other) {
    if (other.root != view.root || other.of == view.of) return false;
    return std::ranges::any_of(other.names, [&](const made_name& one) {
      return one.ours && one.name.path == path && one.name.what == text;
    });
  });
}

/// What was seen of the same names before.
void take_marks(tool_view& into, const tool_view& before) {
  for (auto& one : into.names) {
    const auto known = std::ranges::find(before.names, one.name, &made_name::name);
    if (known != before.names.end()) one = *known;
  }
}

void warn(const char* action, const std::string& what) {
  log(level::warning, "catalog", action, what);
}

} // namespace

result<tool_view> showroom::plan(const artifact& a, const view_wish& wish) {
  std::string manifest;
  const auto file = std::ranges::find(a.files, manifest_file, &artifact_file::path);
  if (wish.of == tool::ollama && file != a.files.end()) {
    HIVE_TRY(manifest, read_text(where_.blob(file->sha256), manifest_limit));
  }
  HIVE_TRY(auto layout, lay_out(a, wish, roots_, manifest));
  tool_view view{a.id, to_string(wish), std::move(layout.root), std::move(layout.opens)};
  for (auto& name : layout.names) view.names.push_back({std::move(name)});
  return view;
}

/// The row first: what a crash leaves behind is known by it.
result<tool_view> showroom::begin(const artifact& a, const view_wish& wish) {
  HIVE_TRY(auto view, plan(a, wish));
  HIVE_TRY(const auto all, db_.all_views());
  for (const auto& known : all)
    if (known.of == view.of && known.view == view.view && known.root == view.root)
      take_marks(view, known);
  HIVE_CHECK(db_.put_view(view));
  return view;
}

outcome showroom::make(tool_view& view, const std::vector<view_copy>& copies) {
  HIVE_TRY(const auto all, db_.all_views());
  const auto own = [&](const std::string& path, const std::string& text) {
    return is_theirs(all, view, path, text);
  };
  HIVE_CHECK(make_names(where_, view, own, copies));
  return db_.put_view(view);
}

view_sight showroom::finish(tool_view view, outcome so_far, const std::vector<view_copy>& copies) {
  if (so_far) so_far = make(view, copies);
  if (so_far) return sight_of(view);
  view.flaw = sentence(so_far.why());
  if (const auto kept = db_.put_view(view); !kept) warn("view-not-kept", sentence(kept.why()));
  return {view.view, (view.root / view.opens).string(), "", view_state::failed, so_far.why()};
}

/// A newer artifact of ours has come to stand there.
bool showroom::moved_on(const tool_view& view, const view_name& text) {
  if (text.kind != name_kind::text) return false;
  const auto now = read_text(view.root / text.path, manifest_limit);
  if (!now) return false;
  const auto others = db_.all_views();
  return others && is_theirs(*others, view, text.path, *now);
}

view_sight showroom::sight_of(const tool_view& view) {
  view_sight out{view.view,
                 (view.root / view.opens).lexically_normal().string(),
                 std::string{to_string(view.how)},
                 view_state::stands,
                 {}};
  if (!view.flaw.empty()) {
    out.state = view_state::failed;
    out.why = fail(errc::disk_failed, view.flaw);
    return out;
  }
  std::size_t gone = 0;
  for (const auto& one : view.names) {
    const auto state = state_of(where_, view.root, one);
    if (state == name_state::gone) ++gone;
    if (state == name_state::stands || out.state == view_state::changed || moved_on(view, one.name))
      continue;
    out.state = view_state::changed;
    out.why = fail(errc::conflict,
                   (view.root / one.name.path).string() +
                       (state == name_state::gone ? " is gone" : " is not what hive put there"));
  }
  if (gone == view.names.size()) out.state = view_state::gone;
  return out;
}

std::vector<view_sight> showroom::seen(const artifact& a) {
  std::vector<view_sight> out;
  const auto own = db_.views_of(a.id);
  if (!own) return out;
  for (const auto& view : *own) out.push_back(sight_of(view));
  return out;
}

void showroom::take_down(const std::vector<tool_view>& gone) {
  if (gone.empty()) return;
  const auto staying = db_.all_views();
  if (!staying) return warn("view-not-removed", sentence(staying.why()));
  for (const auto& view : gone) {
    const auto kept = [&](const std::string& path) {
      return std::ranges::any_of(*staying, [&](const tool_view& other) {
        return other.root == view.root &&
               std::ranges::any_of(other.names, [&](const made_name& one) {
                 return one.name.path == path && one.name.kind != name_kind::text &&
                        one.name.kind != name_kind::ref;
               });
      });
    };
    if (const auto done = take_names(where_, view, kept); !done)
      warn("view-not-removed", view.view + ": " + sentence(done.why()));
  }
}

outcome showroom::take_out(const std::string& sha256) {
  HIVE_TRY(auto all, db_.all_views());
  for (auto& view : all) {
    HIVE_TRY(const bool any, take_content(where_, view, sha256));
    if (!any) continue;
    view.flaw = "a content of it was damaged";
    HIVE_CHECK(db_.put_view(view));
  }
  return {};
}

std::vector<view_wish> showroom::flawed(const artifact& a) {
  std::vector<view_wish> out;
  const auto own = db_.views_of(a.id);
  if (!own) {
    warn("view-not-made", sentence(own.why()));
    return out;
  }
  for (const auto& view : *own) {
    const auto wish = parse_view(view.view);
    if (!view.flaw.empty() && wish) out.push_back(*wish);
  }
  return out;
}

outcome showroom::remove(const artifact_id& id, const view_wish& wish) {
  HIVE_TRY(auto views, db_.views_of(id));
  std::erase_if(views, [&](const tool_view& one) { return one.view != to_string(wish); });
  if (views.empty())
    return fail(errc::not_found, "it has no view " + to_string(wish),
                "'hive show' lists its views");
  HIVE_CHECK(db_.remove_view(id, to_string(wish)));
  take_down(views);
  return {};
}

} // namespace hive::store
