#pragma once
/// /v1/jobs: submit, list, show, change, pause, resume, retry, cancel.

#include "apps/http/desk.hpp"
#include "apps/http/json_body.hpp"
#include "apps/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hive::http {

void submit_job(desk& at, request asked, responder answer);
void list_jobs(desk& at, request asked, responder answer);
void show_job(desk& at, request asked, responder answer);
void change_job(desk& at, request asked, responder answer);
void pause_job(desk& at, request asked, responder answer);
void resume_job(desk& at, request asked, responder answer);
void retry_job(desk& at, request asked, responder answer);
void cancel_job(desk& at, request asked, responder answer);
void cancel_jobs(desk& at, request asked, responder answer);

/// What a submitted job is answered with: 202, the job, and where it is.
actors::reply_to<job_record> answer_accepted(responder answer);

/// "?limit=&cursor=" of every list; a failure's detail names the parameter.
struct paging {
  std::size_t limit{100}; ///< 1 … 1000
  std::string cursor;
};
result<paging> read_paging(const request& asked);

inline constexpr std::size_t max_reference_bytes = 4096;

/// What POST /v1/jobs asks for.
struct submission {
  job_request asked;
  std::string token; ///< the job's own vendor secret; never shown again
  std::string on;    ///< other nodes; empty: this one
};
/// The body of POST /v1/jobs. Total: any text gives a submission or a fault.
tl::expected<submission, body_fault> read_submission(std::string_view body);

} // namespace hive::http
