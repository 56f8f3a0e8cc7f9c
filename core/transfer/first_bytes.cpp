#include "core/transfer/first_bytes.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace hive::transfer {

namespace {

/// A pointer is a handful of short lines; git-lfs itself reads no more than this as one.
constexpr std::uint64_t largest_pointer = 1024;

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool begins(std::string_view text, std::string_view with) noexcept {
  return text.size() >= with.size() &&
         std::ranges::equal(text.substr(0, with.size()), with, {}, lower);
}

bool ends(std::string_view path, std::string_view with) noexcept {
  return path.size() >= with.size() &&
         std::ranges::equal(path.substr(path.size() - with.size()), with, {}, lower);
}

bool is_page(std::string_view path) noexcept {
  return ends(path, ".html") || ends(path, ".htm") || ends(path, ".xhtml");
}

bool is_weights(std::string_view path) noexcept {
  constexpr std::array<std::string_view, 7> kinds{".gguf", ".safetensors", ".bin", ".pt",
                                                  ".pth",  ".onnx",        ".zip"};
  return std::ranges::any_of(kinds, [&](auto kind) { return ends(path, kind); });
}

} // namespace

std::optional<suspicion> suspect(std::span<const std::byte> head, const plan_file& file) {
  std::string_view text{reinterpret_cast<const char*>(head.data()), head.size()};
  const bool unchecked = !file.expected;
  if (text.starts_with("version https://git-lfs.github.com/spec/v1"))
    return suspicion{"a Git LFS pointer", unchecked || file.size.value_or(0) > largest_pointer};
  if (ends(file.path, ".gguf") && !text.starts_with("GGUF")) {
    return suspicion{begins(text, "<!doctype html") ? "a web page" : "no GGUF file", true};
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  if ((begins(text, "<!doctype html") || begins(text, "<html")) && !is_page(file.path))
    return suspicion{"a web page", unchecked || is_weights(file.path)};
  return std::nullopt;
}

} // namespace hive::transfer
