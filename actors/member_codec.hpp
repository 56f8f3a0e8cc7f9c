#pragma once
/// Messages of core/cluster as CAF carries them. What comes from the wire is checked and sealed.

#include "actors/hive_words.hpp"

namespace hive::actors {

member_words to_words(const cluster::message& what);
/// errc::bad_request names the bound that is exceeded.
result<cluster::message> from_words(const member_words& words);

} // namespace hive::actors
