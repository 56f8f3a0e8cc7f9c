#pragma once
/// What a vendor's conversation yields: everything needed to fetch an artifact, and nothing secret.

#include "core/artifact/recipe.hpp"
#include "core/artifact/reference.hpp"
#include "core/base/digest.hpp"
#include "core/base/errc.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hive {

/// A header of the metadata hop that must have this value if the server sends it (weak marks and
/// quotes are stripped before comparing). Names are lower case.
struct header_check {
  std::string name;
  std::string value;
  bool last_hop{false}; ///< of the reply that brings the bytes, whoever sends it, and of no other
  friend bool operator==(const header_check&, const header_check&) = default;
};

/// What a refusal means whose header `name` has this `value`: a vendor's own codes say more than a
/// status does.
struct refusal_rule {
  std::string name; ///< lower case; ":status" is the status
  std::string value;
  errc code{errc::credentials_rejected};
  std::string detail;
  std::string hint;
  friend bool operator==(const refusal_rule&, const refusal_rule&) = default;
};

/// Where bytes come from. `url` is the stable one: asking it again yields a fresh signed link.
struct file_source {
  std::string url;
  std::vector<std::pair<std::string, std::string>>
      headers; ///< never Authorization: see net/origin.hpp
  std::vector<header_check> checks;
  bool given{false}; ///< a local file that nobody else needs: it is moved, not copied
  friend bool operator==(const file_source&, const file_source&) = default;
};

/// A file of this machine, in another program's store, whose name says that it has the content.
struct local_copy {
  std::filesystem::path path;
  std::string store; ///< for people: "the Hugging Face cache"
  friend bool operator==(const local_copy&, const local_copy&) = default;
};

/// One file of an artifact.
struct plan_file {
  std::string path;                  ///< relative, checked by check_relative_path
  std::optional<std::uint64_t> size; ///< bytes; unknown only where the vendor does not say
  std::optional<digest> expected;    ///< unknown: trust on first use, recorded
  std::vector<file_source> sources;  ///< tried in this order; a local file is "file:///…"
  std::vector<local_copy> copies{};  ///< looked at before any source; believed by their digest only
  std::size_t origin{0}; ///< whose secrets it is asked with: 0: `what`'s, n: the n-th of `inputs`
  friend bool operator==(const plan_file&, const plan_file&) = default;
};

/// Something about a plan that people should be told once.
struct remark {
  std::string action; ///< the word of its event: "digests-found"
  std::string human;
  bool warning{false};
  friend bool operator==(const remark&, const remark&) = default;
};

/// A resolved artifact: the mutable name has become an immutable identity.
struct download_plan {
  reference what;               ///< as asked
  std::string revision;         ///< immutable: commit, manifest digest, release id, content digest
  std::string requested;        ///< branch or tag that led there ("main"); empty for a pinned one
  std::vector<plan_file> files; ///< in the order to fetch: small configuration first
  std::vector<refusal_rule> refusals; ///< when a file's own address (not where it leads) says no
  std::vector<remark> remarks{};      ///< the vendor's own
  std::optional<recipe> how{}; ///< the artifact is made of the files like this; empty: it is them
  std::vector<reference> inputs{}; ///< where those come from
  friend bool operator==(const download_plan&, const download_plan&) = default;
};

/// Whether what comes as `file` is trusted at first sight: nobody said what its digest is. A file
/// of this machine is its own word.
bool first_sight(const plan_file& file) noexcept;

/// The vendor's remarks, and what any plan deserves: digests nobody published, files that were cut.
std::vector<remark> remarks_on(const download_plan& plan);

/// Sum of the known sizes.
std::uint64_t known_bytes(const download_plan& plan) noexcept;

/// What one content is called before its SHA-256 is known: "sha256:…" or "git-sha1:…" when the plan
/// expects one, else "url:<sha256 of the first source's URL and checks>". Names the partial file
/// and is what two jobs for the same bytes share.
std::string content_key(const plan_file& file);

/// Same repository, revision and set of files: 16 hex characters of a SHA-256 over them. Of what is
/// made by a recipe the revision says it all: inputs and outputs have one key.
std::string artifact_key(const download_plan& plan);

} // namespace hive
