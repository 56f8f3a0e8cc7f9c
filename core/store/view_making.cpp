#include "core/store/view_making.hpp"

#include "core/store/disk_file.hpp"
#include "core/store/views.hpp"

#include <utility>

#include <unistd.h>

namespace hive::store {

view_making::~view_making() {
  for (const auto& one : copies_) {
    ::unlink(one.fresh.c_str()); // those that have their name are gone from here
    remove_empty_folders(one.fresh.parent_path(), view_->root);
  }
}

outcome view_making::begin() {
  HIVE_TRY(copies_, copies_for(where_, *view_));
  return {};
}

/// False: everything is copied.
result<bool> view_making::copy() {
  if (copied_ == copies_.size()) return false;
  const auto& one = copies_[copied_];
  if (!now_) {
    HIVE_CHECK(make_folders(one.fresh.parent_path()));
    HIVE_TRY(auto begun, duplication::begin(one.from, one.fresh));
    now_.emplace(std::move(begun));
  }
  HIVE_TRY(const bool more, now_->step());
  if (!more) {
    now_.reset();
    ++copied_;
  }
  return true;
}

std::optional<view_sight> view_making::step() {
  outcome so_far;
  if (!view_) {
    auto begun = room_.begin(what_, wish_);
    if (!begun) return view_sight{to_string(wish_), "", "", view_state::failed, begun.why()};
    view_.emplace(std::move(*begun));
    so_far = begin();
  }
  if (so_far) {
    const auto more = copy();
    if (more && *more) return std::nullopt;
    if (!more) so_far = more.why();
  }
  return room_.finish(*view_, std::move(so_far), copies_);
}

} // namespace hive::store
