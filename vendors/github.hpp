#pragma once
/// Releases of GitHub (gh:owner/repo[@tag][:glob]) and of GitHub Enterprise.
///
/// A name costs one request of the API's quota (60 an hour without a token), and one outside of it
/// that shows whether the files can be had without the API, as those of public repositories can. A
/// tag that is not there costs one more, to say what there is.
///
/// A file's digest is the one the API tells; older uploads have none, and then checksum files of
/// the release are read (at most `most_checksum_files`, each at most 1 MiB). What still has none is
/// trusted at first sight.

#include "vendors/vendor.hpp"

#include <memory>

namespace hive::vendors {

inline constexpr std::size_t most_checksum_files = 64;

/// The operator's token is bound to the origin of the API: the hosts that files come from never see
/// it.
std::unique_ptr<const vendor> make_github(const vendor_settings& settings);

} // namespace hive::vendors
