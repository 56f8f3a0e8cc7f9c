#pragma once
/// A model that is none: the files of the demo, the same bytes on every machine.

#include "core/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace hive::cli {

struct sample_file {
  std::string path;
  std::uint64_t size{0};
  std::string sha256;
};

/// Writes the sample below `folder`: two GGUF-shaped files of 192 MB together, and the small files
/// that come with a model. errc::disk_failed.
result<std::vector<sample_file>> write_sample(const std::filesystem::path& folder);

/// SHA-256 of a file's bytes as they are now; errc::disk_failed.
result<std::string> sha256_of_file(const std::filesystem::path& file);

} // namespace hive::cli
