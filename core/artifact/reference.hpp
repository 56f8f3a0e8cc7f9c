#pragma once
/// References: what people type to name an artifact, parsed and printed. The accepted forms are in
/// docs/api.md; parsing is pure and total: any text gives a reference or errc::bad_reference with
/// the place and a corrected example.

#include "core/base/digest.hpp"
#include "core/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive {

/// Who is asked. The text in references and in the API is the scheme without its colon.
enum class scheme : std::uint8_t {
  hf = 0,     ///< a repository on a Hugging Face Hub (model or dataset)
  space = 1,  ///< a Space's repository
  ollama = 2, ///< an Ollama or OCI registry
  gh = 3,     ///< a GitHub release
  url = 4,    ///< one file at an http(s) URL
  file = 5,   ///< a file or directory of this machine
  build = 6,  ///< a local build recipe
};

std::string_view to_string(scheme s) noexcept;

/// Kind of a Hub repository.
enum class repo_kind : std::uint8_t { model = 0, dataset = 1, space = 2 };

/// A parsed reference. Fields a scheme has no use for are empty.
struct reference {
  scheme from{scheme::hf};
  repo_kind kind{repo_kind::model}; ///< hf and space only
  std::string host; ///< ollama: registry host[:port]; hf: host[:port] of a pasted web URL that is
                    ///< not the default endpoint; else empty
  std::string name; ///< "org/repo" (hf, space, gh), "ns/model" (ollama; elsewhere than at
                    ///< Ollama's any number of parts), the URL without its fragment (url),
                    ///< absolute path (file, build)
  std::string revision; ///< branch, tag, commit or registry tag as typed, or a manifest's
                        ///< "sha256:…" (ollama); empty: the vendor's default
  std::string
      selector; ///< after the revision: a quant ("Q4_K_M"), a file path, or a glob; empty: all
  std::optional<digest> expected;     ///< from "#sha256=…" (url only)
  std::vector<std::string> mirrors{}; ///< from "#mirror=…" (url only): where the same file is too

  friend bool operator==(const reference&, const reference&) = default;
};

/// Parses every form of DESIGN 7: "hf:org/repo[@rev][:QUANT|file|glob]", "hf:datasets/org/repo…",
/// "hf://…" URIs, Hub web URLs with /tree/, /blob/ or /resolve/, a bare "org/repo[:quant]",
/// "space:…", "ollama:[host/][ns/]model[:tag|@sha256:…]", "gh:owner/repo[@tag][:glob]",
/// "https://…[#sha256=…&mirror=https://…]" ("http://" on loopback or with a digest only),
/// "file:/…", "build:/…".
result<reference> parse_reference(std::string_view text);

/// Adds an address where the same file is too; to a url only, at most 16.
outcome add_mirror(reference& to, std::string_view address);

/// The canonical text; `parse_reference(to_string(r)) == r`.
std::string to_string(const reference& r);

/// `r` asked for by an artifact's immutable `revision` in place of a branch or tag; as it is where
/// a scheme knows no such form.
reference pinned(reference r, const std::string& revision);

/// Whether it names something of this machine, which may have changed since it was asked for last.
bool is_of_this_machine(const reference& r) noexcept;

/// Whether a selector is a quantisation tag ("Q4_K_M", "IQ2_XS", "BF16") rather than a path or
/// glob.
bool looks_like_quant(std::string_view selector) noexcept;

} // namespace hive
