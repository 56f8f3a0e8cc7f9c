#pragma once
/// What tells one state of a local file from another: who reads it names the state it saw, and so
/// knows whether it was the same file, unchanged, all the time.

#include <string>

#include <sys/stat.h>

namespace hive {

/// "<inode>-<size>-<seconds>.<nanoseconds of the last change>".
std::string file_version(const struct stat& seen);

} // namespace hive
