#pragma once
/// GGUF files made for tests, byte by byte as the format has them.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace hive::testing {

class gguf_file {
 public:
  explicit gguf_file(std::uint32_t version = 3) : version_(version) {}

  gguf_file& text(std::string_view key, std::string_view value) {
    begin(key, 8);
    put_text(entries_, value);
    return *this;
  }
  gguf_file& u32(std::string_view key, std::uint32_t value) {
    begin(key, 4);
    put(entries_, value);
    return *this;
  }
  gguf_file& u16(std::string_view key, std::uint16_t value) {
    begin(key, 2);
    put(entries_, value);
    return *this;
  }
  gguf_file& i32(std::string_view key, std::int32_t value) {
    begin(key, 5);
    put(entries_, value);
    return *this;
  }
  gguf_file& f32(std::string_view key, float value) {
    begin(key, 6);
    put(entries_, value);
    return *this;
  }
  gguf_file& boolean(std::string_view key, bool value) {
    begin(key, 7);
    entries_ += static_cast<char>(value);
    return *this;
  }
  gguf_file& numbers(std::string_view key, const std::vector<std::int32_t>& values) {
    begin(key, 9);
    put(entries_, std::uint32_t{5});
    put(entries_, std::uint64_t{values.size()});
    for (const auto one : values) put(entries_, one);
    return *this;
  }
  gguf_file& texts(std::string_view key, const std::vector<std::string>& values) {
    begin(key, 9);
    put(entries_, std::uint32_t{8});
    put(entries_, std::uint64_t{values.size()});
    for (const auto& one : values) put_text(entries_, one);
    return *this;
  }
  /// An entry of raw bytes: for what no writer would write.
  gguf_file& raw(std::string_view key, std::uint32_t kind, std::string_view bytes) {
    begin(key, kind);
    entries_ += bytes;
    return *this;
  }
  gguf_file& tensor(std::string_view name, const std::vector<std::uint64_t>& extents,
                    std::uint32_t type) {
    ++tensor_count_;
    put_text(tensors_, name);
    put(tensors_, static_cast<std::uint32_t>(extents.size()));
    for (const auto extent : extents) put(tensors_, extent);
    put(tensors_, type);
    put(tensors_, std::uint64_t{0});
    return *this;
  }

  std::string bytes() const {
    std::string out = "GGUF";
    put(out, version_);
    put(out, tensor_count_);
    put(out, entry_count_);
    return out + entries_ + tensors_;
  }

 private:
  template <class T>
  static void put(std::string& to, T value) { // of this machine, which is little-endian
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    to.append(raw, sizeof value);
  }
  static void put_text(std::string& to, std::string_view value) {
    put(to, std::uint64_t{value.size()});
    to += value;
  }
  void begin(std::string_view key, std::uint32_t kind) {
    ++entry_count_;
    put_text(entries_, key);
    put(entries_, kind);
  }

  std::uint32_t version_;
  std::uint64_t entry_count_{0};
  std::uint64_t tensor_count_{0};
  std::string entries_;
  std::string tensors_;
};

/// A small model that says everything: 2 layers, 4 heads, 2 of them for keys and values.
inline gguf_file small_model() {
  gguf_file f;
  f.text("general.architecture", "llama").text("general.name", "Small Model");
  f.text("general.basename", "Small").u32("general.file_type", 15);
  f.u32("llama.context_length", 4096).u32("llama.embedding_length", 64).u32("llama.block_count", 2);
  f.u32("llama.attention.head_count", 4).u32("llama.attention.head_count_kv", 2);
  f.text("tokenizer.ggml.model", "gpt2").texts("tokenizer.ggml.tokens", {"a", "b"});
  f.text("tokenizer.chat_template", "{{ messages }}");
  f.tensor("token_embd.weight", {64, 100}, 12).tensor("output_norm.weight", {64}, 0);
  return f;
}

} // namespace hive::testing
