#pragma once
/// /v1/artifacts, /v1/gc and /v1/blobs: what the catalog holds, and its bytes.

#include "apps/http/desk.hpp"
#include "apps/http/message.hpp"

#include <filesystem>
#include <string>

namespace hive::http {

void list_artifacts(desk& at, request asked, responder answer);
void show_artifact(desk& at, request asked, responder answer);
void change_artifact(desk& at, request asked, responder answer);
void remove_artifact(desk& at, request asked, responder answer);
void collect_garbage(desk& at, request asked, responder answer);
void check_artifact(desk& at, request asked, responder answer);
void verify_artifact(desk& at, request asked, responder answer);
void send_blob(desk& at, request asked, responder answer);

/// Answers a GET or HEAD of one immutable file: 200, 206, 304, 416, or 404 when it is not there.
/// Opens the file: for a disk thread. `etag` with its quotes; `headers` go on every success.
reply send_file(const request& asked, const std::filesystem::path& file, const std::string& etag,
                text_pairs headers);

} // namespace hive::http
