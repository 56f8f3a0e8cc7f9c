/// Drives a fuzz target without libFuzzer:  fuzz_x RUNS CORPUS_FOLDER
/// Runs every seed as it is, then RUNS mutations of them; the same ones each time. When the target
/// ends the process, the input that did it is left in ./crash-input.

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
/// Of the sanitizers' runtime, where there is one.
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*)());

namespace {

constexpr std::size_t longest_input = 64 * 1024;
constexpr std::array<std::string_view, 14> tokens{"\"",
                                                  "{",
                                                  "[",
                                                  "null",
                                                  "-1",
                                                  "18446744073709551616",
                                                  "../",
                                                  "%2F",
                                                  "\n===\n",
                                                  "\r\n",
                                                  std::string_view{"\0", 1},
                                                  "\xff",
                                                  "\"lfs\":{}",
                                                  "<>; rel=\"next\""};

std::string current; ///< the input being run

void leave_input() {
  if (std::FILE* out = std::fopen("crash-input", "wb")) {
    std::fwrite(current.data(), 1, current.size(), out);
    std::fclose(out);
  }
}

void on_signal(int number) {
  leave_input();
  std::signal(number, SIG_DFL);
  std::raise(number);
}

void run(std::string input) {
  current = std::move(input);
  // A copy of exactly that size lets a sanitizer see a read past the end.
  const std::vector<std::uint8_t> bytes(current.begin(), current.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

class mutator {
 public:
  explicit mutator(std::vector<std::string> seeds) : seeds_(std::move(seeds)) {}

  std::string next() {
    auto text = any_seed();
    for (std::size_t left = 1 + below(6); left > 0; --left) change(text);
    if (text.size() > longest_input) text.resize(longest_input);
    return text;
  }

 private:
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }
  const std::string& any_seed() { return seeds_[below(seeds_.size())]; }
  std::string_view piece(const std::string& text) {
    const auto from = below(text.size() + 1);
    return std::string_view{text}.substr(from, below(64));
  }
  void change(std::string& text) {
    const auto at = below(text.size() + 1);
    switch (below(6)) {
    case 0: text.insert(at, 1, static_cast<char>(below(256))); return;
    case 1: text.erase(at, 1 + below(32)); return;
    case 2: text.insert(at, tokens[below(tokens.size())]); return;
    case 3: text.insert(at, std::string{piece(any_seed())}); return;
    case 4: text.insert(at, std::string{piece(text)}); return;
    default:
      if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
    }
  }

  std::vector<std::string> seeds_;
  std::mt19937_64 random_{20261121};
};

std::vector<std::string> read_seeds(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator{folder})
    paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> out{""};
  for (const auto& path : paths) {
    std::ifstream in{path, std::ios::binary};
    out.emplace_back(std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{});
  }
  return out;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s RUNS CORPUS_FOLDER\n", argv[0]);
    return 2;
  }
  std::signal(SIGABRT, on_signal);
  std::signal(SIGSEGV, on_signal);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(leave_input);
  const auto seeds = read_seeds(argv[2]);
  if (seeds.size() < 2) {
    std::fprintf(stderr, "no seeds in %s\n", argv[2]);
    return 2;
  }
  for (const auto& seed : seeds) run(seed);
  const auto runs = std::strtoul(argv[1], nullptr, 10);
  mutator noise{seeds};
  for (unsigned long i = 0; i < runs; ++i) run(noise.next());
  std::printf("%zu seeds, %lu mutations\n", seeds.size() - 1, runs);
  return 0;
}
