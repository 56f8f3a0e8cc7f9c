#pragma once
/// Taking a damaged blob out of service without losing what is right of it. One thread at a time.

#include "core/base/result.hpp"
#include "core/store/audit.hpp"
#include "core/store/home.hpp"

namespace hive::store {

/// Moves what stands of a damaged content aside, so that nobody is served it. What is known to be
/// right becomes the content's partial, with a journal that says so: whoever fetches it next, a
/// repair or a pull, fetches the rest only. Where nothing is known to be right, or a partial is
/// there already, the bytes are kept in damaged/ until the content stands again. Views go first
/// (views.hpp, take_out_of_views): a file with another name somewhere is copied, not changed.
///
/// Yields the bytes the partial claims. Nothing to do for a content that is not there.
result<std::uint64_t> set_aside(const home& where, const blob_finding& found);

} // namespace hive::store
