#include "apps/hive/sample.hpp"

#include "core/base/digest.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <span>
#include <string_view>

namespace hive::cli {
namespace {

constexpr std::uint64_t megabyte = 1'000'000;
constexpr std::size_t chunk = 1u << 20;

failure trouble(const std::filesystem::path& file, const char* what) {
  return fail(errc::disk_failed, std::string{"cannot "} + what + " " + file.string());
}

/// xorshift64*: fast, and nothing about it needs to be secret.
class noise {
 public:
  explicit noise(std::uint64_t seed) : state_{seed} {}
  void fill(std::span<char> into) {
    for (std::size_t at = 0; at + sizeof state_ <= into.size(); at += sizeof state_) {
      state_ ^= state_ >> 12;
      state_ ^= state_ << 25;
      state_ ^= state_ >> 27;
      const std::uint64_t word = state_ * 0x2545f4914f6cdd1dull;
      std::memcpy(into.data() + at, &word, sizeof word);
    }
  }

 private:
  std::uint64_t state_;
};

result<sample_file> write_weights(const std::filesystem::path& folder, const std::string& name,
                                  std::uint64_t size, std::uint64_t seed) {
  // Magic, version 3, no tensors, no metadata: what a reader of GGUF looks at first.
  constexpr std::array<char, 24> head{'G', 'G', 'U', 'F', 3};
  std::ofstream out{folder / name, std::ios::binary};
  hasher sum{digest_kind::sha256};
  noise source{seed};
  std::vector<char> bytes(chunk);
  for (std::uint64_t at = 0; at < size && out;) {
    source.fill(bytes);
    if (at == 0) std::ranges::copy(head, bytes.begin());
    const std::string_view part{
        bytes.data(), static_cast<std::size_t>(std::min<std::uint64_t>(chunk, size - at))};
    sum.update(part);
    out.write(part.data(), static_cast<std::streamsize>(part.size()));
    at += part.size();
  }
  out.close();
  if (!out) return trouble(folder / name, "write");
  return sample_file{name, size, sum.finish().hex};
}

result<sample_file> write_text(const std::filesystem::path& folder, const std::string& name,
                               std::string_view text) {
  std::ofstream out{folder / name, std::ios::binary};
  out << text;
  out.close();
  if (!out) return trouble(folder / name, "write");
  return sample_file{name, text.size(), sha256_hex(text)};
}

} // namespace

result<std::vector<sample_file>> write_sample(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::vector<sample_file> out;
  const auto add = [&](result<sample_file> one) -> outcome {
    if (!one) return std::move(one).why();
    out.push_back(std::move(*one));
    return {};
  };
  HIVE_CHECK(
      add(write_text(folder, "config.json", "{\"model_type\":\"demo\",\"hidden_size\":64}\n")));
  HIVE_CHECK(add(write_text(folder, "tokenizer_config.json", "{\"tokenizer_class\":\"none\"}\n")));
  HIVE_CHECK(add(write_text(folder, "README.md", "# tiny-llm\nNoise in the shape of a model.\n")));
  HIVE_CHECK(add(write_weights(folder, "tiny-llm-Q4_K_M.gguf", 64 * megabyte, 4)));
  HIVE_CHECK(add(write_weights(folder, "tiny-llm-Q8_0.gguf", 128 * megabyte, 8)));
  return out;
}

result<std::string> sha256_of_file(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  hasher sum{digest_kind::sha256};
  std::vector<char> bytes(chunk);
  while (in) {
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    sum.update(std::string_view{bytes.data(), static_cast<std::size_t>(in.gcount())});
  }
  if (!in.eof()) return trouble(file, "read");
  return sum.finish().hex;
}

} // namespace hive::cli
