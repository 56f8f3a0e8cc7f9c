#include "core/base/errc.hpp"

namespace hive {

namespace {

// What `exit_code` means to scripts; docs/errors.md explains them.
constexpr int failed = 1;
constexpr int usage = 2;
constexpr int missing = 3;
constexpr int refused = 4;
constexpr int damaged = 5;
constexpr int nobody = 6;
constexpr int interrupted = 130;
constexpr bool retry = true;
constexpr bool no_retry = false;

// Troubles with a vendor's credentials are 403, not 401: to an API client 401 means that its own
// token for this node is wrong.
constexpr std::array<errc_info, 59> table{{
    {errc::bad_reference, "bad_reference", "this is not a reference hive understands",
     "write it like hf:org/repo, ollama:llama3.2:1b, gh:owner/repo@v1 or https://host/file", 400,
     usage, no_retry},
    {errc::bad_request, "bad_request", "the request is malformed",
     "check the named field against docs/api.md", 400, usage, no_retry},
    {errc::bad_path, "bad_path", "the path cannot be used safely",
     "use a relative path with forward slashes and without '..'", 400, usage, no_retry},
    {errc::not_found, "not_found", "there is no such thing on this node",
     "list what is here with 'hive ls' and 'hive jobs'", 404, missing, no_retry},
    {errc::conflict, "conflict", "this cannot be done in the present state",
     "look at the present state with 'hive jobs show ID'", 409, refused, no_retry},
    {errc::too_large, "too_large", "the request is larger than allowed", "send a smaller request",
     413, usage, no_retry},
    {errc::unauthorized, "unauthorized", "this node wants a valid token",
     "set HIVE_TOKEN to the token in the node folder of its home", 401, refused, no_retry},
    {errc::bad_config, "bad_config", "a setting has a value that cannot be used",
     "correct the named setting; 'hive doctor' shows where each one comes from", 400, usage,
     no_retry},
    {errc::unsupported, "unsupported", "this version of hive cannot do that",
     "'hive --help' lists what it can do", 501, usage, no_retry},
    {errc::bad_recipe, "bad_recipe", "this is not a recipe this node runs",
     "correct it; docs/api.md has the keys of a recipe", 400, usage, no_retry},

    {errc::repo_missing, "repo_missing", "the vendor has no such repository, or hides it",
     "check the spelling; for a private repository set a token such as HF_TOKEN", 404, missing,
     no_retry},
    {errc::revision_missing, "revision_missing", "the repository has no such revision",
     "leave the revision out for the default one, or name an existing branch, tag or commit", 404,
     missing, no_retry},
    {errc::entry_missing, "entry_missing", "the repository has no such file",
     "look at the repository's list of files and correct the name or pattern", 404, missing,
     no_retry},
    {errc::gated, "gated", "the repository asks for its terms to be accepted",
     "accept the terms on the repository's page, then set HF_TOKEN and try again", 403, refused,
     no_retry},
    {errc::credentials_needed, "credentials_needed", "the vendor wants a token",
     "set the vendor's token, for the Hub HF_TOKEN", 403, refused, no_retry},
    {errc::credentials_rejected, "credentials_rejected", "the vendor does not accept the token",
     "replace the token, or unset it if the repository is public", 403, refused, no_retry},
    {errc::rate_limited, "rate_limited", "the vendor asks to slow down",
     "wait; a token often raises the limit", 429, failed, retry},
    {errc::vendor_unavailable, "vendor_unavailable", "the vendor has trouble of its own",
     "try again later", 502, failed, retry},
    {errc::unreadable_reply, "unreadable_reply", "the vendor's answer makes no sense",
     "check that the address leads to the vendor and not to a login page or proxy", 502, failed,
     no_retry},
    {errc::repo_disabled, "repo_disabled", "the vendor has disabled the repository",
     "choose another repository", 403, refused, no_retry},

    {errc::unreachable, "unreachable", "the host cannot be reached",
     "check the network, the name and the proxy settings", 502, failed, retry},
    {errc::tls_failed, "tls_failed", "no trusted connection to the host",
     "check this machine's clock and certificates; behind an inspecting proxy set ca_file", 502,
     failed, no_retry},
    {errc::timed_out, "timed_out", "the host did not answer in time",
     "try again later; check the network if it stays", 504, failed, retry},
    {errc::connection_cut, "connection_cut", "the connection ended too early",
     "try again; what has arrived is kept", 502, failed, retry},
    {errc::redirect_refused, "redirect_refused", "the host led to a place hive does not follow",
     "ask for the final address itself, with https", 502, refused, no_retry},
    {errc::proxy_failed, "proxy_failed", "the proxy did not let the request through",
     "check the proxy settings ('hive doctor' shows them)", 502, failed, retry},
    {errc::range_refused, "range_refused", "the host did not send the asked part of the file",
     "try again; what does not fit is fetched anew", 502, failed, retry},
    {errc::link_expired, "link_expired", "the download link has expired",
     "try again; a fresh link is asked for", 502, failed, retry},
    {errc::proxy_refused, "proxy_refused", "the proxy refuses the request",
     "give the proxy's user and password in its address (http://user:password@host:port), or ask "
     "whoever runs it",
     502, refused, no_retry},

    {errc::disk_full, "disk_full", "the disk has too little room",
     "free some space ('hive rm' frees what an artifact takes); jobs that wait for room go on by "
     "themselves",
     507, failed, retry},
    {errc::disk_failed, "disk_failed", "reading or writing the disk failed",
     "check the disk and its file system (the kernel's log says more), then pull again: what is "
     "durable is kept",
     500, failed, retry},
    {errc::home_unwritable, "home_unwritable", "hive's home cannot be written",
     "fix the permissions of the folder or choose another with HIVE_HOME", 500, refused, retry},
    {errc::home_locked, "home_locked", "another hive is using this home",
     "talk to the running node, or give this one its own HIVE_HOME", 409, refused, no_retry},
    {errc::port_in_use, "port_in_use", "the address to listen on is taken",
     "choose another with --listen, or stop what is using it", 500, failed, no_retry},
    {errc::database_damaged, "database_damaged", "hive's database cannot be read",
     "move hive.db away and start again; fetched files are safe without it", 500, failed, no_retry},
    {errc::no_node, "no_node", "no node answers",
     "start one with 'hive serve', or name it with --node", 503, nobody, no_retry},
    {errc::overloaded, "overloaded", "the node has too much to do", "try again in a moment", 503,
     failed, retry},
    {errc::source_unreadable, "source_unreadable", "a file of this machine may not be read",
     "let the user who runs the node read it and enter its folders, then import it again", 403,
     refused, no_retry},
    {errc::build_failed, "build_failed", "the build did not make what it should",
     "look at what its steps said ('hive jobs logs ID'), then correct the recipe", 500, failed,
     no_retry},

    {errc::digest_mismatch, "digest_mismatch", "the bytes are not those that were promised",
     "try again; if it stays, the source is damaged: tell its owner", 502, damaged, no_retry},
    {errc::size_mismatch, "size_mismatch", "the file does not have the promised size",
     "try again; if it stays, the source is damaged: tell its owner", 502, damaged, no_retry},
    {errc::not_the_artifact, "not_the_artifact", "something else came instead of the file",
     "check for a login page or proxy in between, and that the repository holds the real file", 502,
     damaged, no_retry},
    {errc::source_changed, "source_changed", "the source changed while it was being fetched",
     "try again to get the new content", 502, damaged, retry},
    {errc::blob_damaged, "blob_damaged", "bytes that are stored here are damaged",
     "'hive verify' of it fetches the damaged bytes again when its source can be reached", 500,
     damaged, no_retry},

    {errc::cancelled, "cancelled", "it was cancelled",
     "what has arrived is kept unless purged; 'hive pull' of the same reference goes on", 409,
     interrupted, no_retry},
    {errc::shutting_down, "shutting_down", "the node is stopping",
     "start the node again; jobs go on where they were", 503, failed, retry},
    {errc::actor_failed, "actor_failed", "something inside the node broke",
     "try again; if it stays, report it with the log", 500, failed, no_retry},
    {errc::no_answer, "no_answer", "the node did not answer in time",
     "try again; the node's log says what it is doing", 504, failed, retry},

    {errc::no_hive, "no_hive", "this home belongs to no hive",
     "found one with 'hive init', or join one with 'hive join TOKEN HOST:PORT'", 409, refused,
     no_retry},
    {errc::foreign_hive, "foreign_hive", "the other side belongs to another hive",
     "check the address and the token: hives do not mix", 403, refused, no_retry},
    {errc::token_unknown, "token_unknown", "the hive knows no such join token",
     "make one with 'hive token create' where 'hive init' was run", 403, refused, no_retry},
    {errc::token_expired, "token_expired", "the join token has expired",
     "make another with 'hive token create' where 'hive init' was run", 403, refused, no_retry},
    {errc::token_used_up, "token_used_up", "the join token has been used as often as it may be",
     "make another with 'hive token create' where 'hive init' was run", 403, refused, no_retry},
    {errc::token_revoked, "token_revoked", "the join token has been revoked",
     "ask whoever runs the hive for another", 403, refused, no_retry},
    {errc::node_revoked, "node_revoked", "the hive has revoked this node",
     "ask whoever runs the hive; docs/trust.md says how a node comes back", 403, refused, no_retry},
    {errc::certificate_refused, "certificate_refused", "the certificate is not accepted",
     "check the clocks of both machines; 'hive doctor' shows the certificate, 'hive join' gets a "
     "new one",
     403, refused, no_retry},
    {errc::node_taken, "node_taken", "another node of the hive has this id",
     "remove node/id in the home to get a new identity, then join again", 409, refused, no_retry},
    {errc::not_issuer, "not_issuer", "this node does not hold the hive's key",
     "do it where 'hive init' was run", 409, refused, no_retry},

    {errc::no_majority, "no_majority", "too few nodes of the hive are in reach for this",
     "bring the others back ('hive nodes' says who is away), or use --force: a copy that is "
     "removed "
     "here may be the last one",
     409, refused, no_retry},
}};

} // namespace

const std::array<errc_info, 59>& errc_table() noexcept {
  return table;
}

const errc_info& info(errc code) noexcept {
  const errc_info* unknown = nullptr;
  for (const auto& row : table) {
    if (row.code == code) return row;
    if (row.code == errc::actor_failed) unknown = &row;
  }
  // Only a cast of a foreign number gets here.
  return *unknown;
}

std::optional<errc> errc_from_name(std::string_view name) noexcept {
  for (const auto& row : table)
    if (row.name == name) return row.code;
  return std::nullopt;
}

std::optional<errc> errc_from_number(int number) noexcept {
  for (const auto& row : table)
    if (static_cast<int>(row.code) == number) return row.code;
  return std::nullopt;
}

} // namespace hive
