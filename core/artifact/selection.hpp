#pragma once
/// Choosing files of a repository: globs, one quantisation, whole split sets.

#include "core/artifact/reference.hpp"
#include "core/base/result.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hive {

/// What the user wants of a repository's files.
struct file_wish {
  std::string selector;             ///< reference::selector
  std::vector<std::string> include; ///< globs, as core/artifact/pattern.hpp
  std::vector<std::string> exclude;
  friend bool operator==(const file_wish&, const file_wish&) = default;
};

/// One text for "this of that": equal texts mean the same artifact is wanted.
std::string wish_key(const reference& what, const file_wish& wish);

/// The chosen paths, in the order of `paths`.
/// - A quant selector takes the first whole model whose name carries it (case-insensitive, followed
///   by '.' or '-'), a split set ("-00001-of-00003.gguf") with all its parts, and with it one
///   projector: nearest to it, with the nearest number of bits. A repository that has no models but
///   projectors is chosen from likewise. Drafts and importance matrices are named by path only.
///   Missing parts are errc::entry_missing, naming them.
/// - A path or glob selector picks by pattern. A part of a set brings the whole set and its index,
/// a
///   piece of a file that was cut (or the name it had whole) all pieces,
///   safetensors what they cannot be used without: configuration and tokenizer beside or above.
/// - Nothing chosen is errc::entry_missing, naming what there is (quants found, or some paths).
result<std::vector<std::string>> choose_files(std::span<const std::string> paths,
                                              const file_wish& wish);

/// Quantisation tags found among GGUF names, sorted, without repeats: for messages and previews.
std::vector<std::string> quants_of(std::span<const std::string> paths);

/// One quantisation that can be chosen of a repository.
struct quant_choice {
  std::string tag;
  std::vector<std::string> paths; ///< what choosing it takes
};

/// Each quantisation of which there is a whole model, in the order of `quants_of`.
std::vector<quant_choice> quant_choices(std::span<const std::string> paths);

/// Position of a path in the order of fetching: configuration and tokenizer files (small) before
/// weights. Lower first.
int fetch_order(std::string_view path) noexcept;

} // namespace hive
