#include "apps/http/node_routes.hpp"

namespace hive::http {
namespace {

constexpr std::string_view document = R"json({
"openapi": "3.1.0",
"info": {
  "title": "hive",
  "version": "1",
  "description": "One hive node. On an address that is not loopback every request but /healthz needs 'Authorization: Bearer <token>'."
},
"security": [{}, {"bearer": []}],
"paths": {
  "/": {"get": {"summary": "A page that says what runs here", "responses": {"200": {"description": "HTML"}}}},
  "/healthz": {"get": {"summary": "The process is up", "security": [{}], "responses": {"200": {"$ref": "#/components/responses/health"}}}},
  "/readyz": {"get": {"summary": "The actors answer", "responses": {"200": {"$ref": "#/components/responses/health"}, "503": {"$ref": "#/components/responses/problem"}}}},
  "/metrics": {"get": {"summary": "Prometheus text format", "responses": {"200": {"description": "text/plain; version=0.0.4"}, "503": {"$ref": "#/components/responses/problem"}}}},
  "/v1/openapi.json": {"get": {"summary": "This document", "responses": {"200": {"description": "OpenAPI"}}}},
  "/v1/node": {"get": {"summary": "The node: versions, disk, counts", "responses": {"200": {"description": "Node", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/node"}}}}, "default": {"$ref": "#/components/responses/problem"}}}},
  "/v1/jobs": {
    "post": {
      "summary": "Submit a job",
      "parameters": [
        {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 255}, "description": "The same key yields the same job; 409 when it asks for something else"},
        {"$ref": "#/components/parameters/correlation"}
      ],
      "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/submission"}}}},
      "responses": {
        "202": {"description": "Accepted", "headers": {"Location": {"schema": {"type": "string"}}, "X-Correlation-Id": {"schema": {"type": "string"}}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/job"}}}},
        "400": {"$ref": "#/components/responses/problem"},
        "409": {"$ref": "#/components/responses/problem"},
        "413": {"$ref": "#/components/responses/problem"},
        "415": {"$ref": "#/components/responses/problem"},
        "default": {"$ref": "#/components/responses/problem"}
      }
    },
    "get": {
      "summary": "Jobs, newest first",
      "parameters": [{"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/cursor"}],
      "responses": {"200": {"description": "A page", "content": {"application/json": {"schema": {"type": "object", "required": ["jobs", "next_cursor"], "properties": {"jobs": {"type": "array", "items": {"$ref": "#/components/schemas/job"}}, "next_cursor": {"type": ["string", "null"]}}}}}}, "400": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}
    }
  },
  "/v1/jobs/{id}": {
    "parameters": [{"$ref": "#/components/parameters/job"}],
    "get": {"summary": "One job with its files", "responses": {"200": {"$ref": "#/components/responses/job"}, "404": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}},
    "patch": {
      "summary": "Change a job while it lives",
      "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "properties": {"max_rate": {"type": "integer", "minimum": 0, "maximum": 1000000000000, "description": "Bytes per second; 0 is no limit of its own"}, "priority": {"type": "integer"}, "position": {"type": "integer", "minimum": 1, "description": "Its place among queued jobs; takes the priority of its neighbours there when its own does not allow the place"}}}}}},
      "responses": {"200": {"$ref": "#/components/responses/job"}, "400": {"$ref": "#/components/responses/problem"}, "404": {"$ref": "#/components/responses/problem"}, "409": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}
    },
    "delete": {"summary": "Cancel, keeping what is fetched for a later resume", "responses": {"202": {"$ref": "#/components/responses/job"}, "404": {"$ref": "#/components/responses/problem"}, "409": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}}
  },
  "/v1/jobs/cancel": {
    "post": {
      "summary": "Cancel every job that has not ended",
      "requestBody": {"required": false, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "properties": {"purge": {"type": "boolean", "default": false, "description": "Also remove what is fetched"}}}}}},
      "responses": {"202": {"description": "How many", "content": {"application/json": {"schema": {"type": "object", "required": ["cancelled"], "properties": {"cancelled": {"type": "integer"}}}}}}, "400": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}
    }
  },
  "/v1/jobs/{id}/pause": {
    "parameters": [{"$ref": "#/components/parameters/job"}],
    "post": {"summary": "Stop a job for now, keeping what is fetched; answered when it is paused", "responses": {"200": {"$ref": "#/components/responses/job"}, "404": {"$ref": "#/components/responses/problem"}, "409": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}}
  },
  "/v1/jobs/{id}/resume": {
    "parameters": [{"$ref": "#/components/parameters/job"}],
    "post": {"summary": "Queue a paused job again", "responses": {"200": {"$ref": "#/components/responses/job"}, "404": {"$ref": "#/components/responses/problem"}, "409": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}}
  },
  "/v1/jobs/{id}/retry": {
    "parameters": [{"$ref": "#/components/parameters/job"}],
    "post": {"summary": "Queue a failed or cancelled job again, under its id", "responses": {"200": {"$ref": "#/components/responses/job"}, "404": {"$ref": "#/components/responses/problem"}, "409": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}}
  },
  "/v1/jobs/{id}/cancel": {
    "parameters": [{"$ref": "#/components/parameters/job"}],
    "post": {
      "summary": "Cancel; a repeated cancel succeeds",
      "requestBody": {"required": false, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "properties": {"purge": {"type": "boolean", "default": false, "description": "Also remove what is fetched"}}}}}},
      "responses": {"202": {"$ref": "#/components/responses/job"}, "404": {"$ref": "#/components/responses/problem"}, "409": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}
    }
  },
  "/v1/jobs/{id}/events": {
    "parameters": [{"$ref": "#/components/parameters/job"}, {"$ref": "#/components/parameters/after"}, {"$ref": "#/components/parameters/last"}],
    "get": {"summary": "Server-Sent Events of one job: its history, then what happens, closed after 'end'", "responses": {"200": {"$ref": "#/components/responses/events"}, "204": {"description": "The job is over and the client has every event"}, "404": {"$ref": "#/components/responses/problem"}, "503": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}}
  },
  "/v1/events": {
    "parameters": [{"$ref": "#/components/parameters/after"}, {"$ref": "#/components/parameters/last"}],
    "get": {"summary": "Server-Sent Events of the node; without 'after' from now on", "responses": {"200": {"$ref": "#/components/responses/events"}, "503": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}}
  },
  "/v1/limits": {
    "get": {"summary": "Limits in force, and where each comes from", "responses": {"200": {"$ref": "#/components/responses/limits"}, "default": {"$ref": "#/components/responses/problem"}}},
    "patch": {
      "summary": "Change limits, live and kept; null takes a change back",
      "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "properties": {
        "download_rate": {"type": ["integer", "null"], "minimum": 0, "maximum": 1000000000000}, "upload_rate": {"type": ["integer", "null"], "minimum": 0, "maximum": 1000000000000},
        "max_jobs": {"type": ["integer", "null"], "minimum": 1, "maximum": 1024}, "max_lanes": {"type": ["integer", "null"], "minimum": 1, "maximum": 1024}}}}}},
      "responses": {"200": {"$ref": "#/components/responses/limits"}, "400": {"$ref": "#/components/responses/problem"}, "415": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}
    }
  },
  "/v1/artifacts": {
    "get": {
      "summary": "The catalog, newest first",
      "parameters": [{"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/cursor"}],
      "responses": {"200": {"description": "A page", "content": {"application/json": {"schema": {"type": "object", "required": ["artifacts", "next_cursor"], "properties": {"artifacts": {"type": "array", "items": {"$ref": "#/components/schemas/artifact"}}, "next_cursor": {"type": ["string", "null"]}}}}}}, "400": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}
    }
  },
  "/v1/artifacts/{id}": {
    "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"}}],
    "get": {"summary": "One artifact with its files", "responses": {"200": {"$ref": "#/components/responses/artifact"}, "404": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}},
    "patch": {
      "summary": "Pin it, say that a tool was told where it is, or take views in other tools' folders away",
      "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "properties": {"pinned": {"type": "boolean", "description": "Neither DELETE nor a gc takes it"}, "used": {"const": true}, "remove_views": {"type": "array", "items": {"type": "string"}, "description": "As `views` of the artifact names them; the artifact stays"}}}}}},
      "responses": {"200": {"$ref": "#/components/responses/artifact"}, "400": {"$ref": "#/components/responses/problem"}, "404": {"$ref": "#/components/responses/problem"}, "415": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}
    },
    "delete": {"summary": "Remove it, and the bytes nothing else needs", "responses": {"200": {"description": "Removed", "content": {"application/json": {"schema": {"type": "object", "required": ["id", "freed"], "properties": {"id": {"type": "string"}, "freed": {"type": "integer", "description": "bytes"}}}}}}, "404": {"$ref": "#/components/responses/problem"}, "409": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}}
  },
  "/v1/gc": {
    "post": {
      "summary": "Remove superseded revisions, leftovers, and above a budget what was used longest ago",
      "requestBody": {"required": false, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "properties": {"dry_run": {"type": "boolean", "default": false}, "budget": {"type": ["integer", "null"], "minimum": 0, "description": "Bytes that may stay; 0: any number; null: the setting store_budget"}}}}}},
      "responses": {"200": {"description": "What went and what stayed", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/gc"}}}}, "400": {"$ref": "#/components/responses/problem"}, "409": {"$ref": "#/components/responses/problem"}, "415": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}
    }
  },
  "/v1/artifacts/{id}/check": {
    "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"}}],
    "post": {"summary": "Ask its source whether the branch or tag it was asked by has moved on; nothing is fetched", "responses": {"200": {"description": "What there is", "content": {"application/json": {"schema": {"type": "object", "required": ["id", "revision", "newest", "moved"], "properties": {"id": {"type": "string"}, "ref": {"type": "string"}, "requested": {"type": ["string", "null"]}, "revision": {"type": "string"}, "newest": {"type": "string"}, "moved": {"type": "boolean"}}}}}}, "404": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}}
  },
  "/v1/artifacts/{id}/verify": {
    "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"}}],
    "post": {"summary": "Check every byte of it on the disk, and fetch what is damaged again: a job of kind verify", "responses": {"202": {"description": "Accepted", "headers": {"Location": {"schema": {"type": "string"}}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/job"}}}}, "404": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}}
  },
  "/v1/blobs/{digest}": {
    "parameters": [{"name": "digest", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}}],
    "get": {
      "summary": "Bytes by content; also HEAD",
      "parameters": [
        {"name": "Range", "in": "header", "schema": {"type": "string"}, "description": "One range of bytes"},
        {"name": "If-Range", "in": "header", "schema": {"type": "string"}},
        {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}
      ],
      "responses": {"200": {"description": "The whole"}, "206": {"description": "The range"}, "304": {"description": "The client has it"}, "400": {"$ref": "#/components/responses/problem"}, "404": {"$ref": "#/components/responses/problem"}, "416": {"$ref": "#/components/responses/problem"}}
    }
  },
  "/api/{kind}/{org}/{repo}": {"parameters": [{"$ref": "#/components/parameters/kind"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/repo"}], "get": {"summary": "Hub: a repository this node holds", "responses": {"200": {"description": "Repository"}, "404": {"$ref": "#/components/responses/hub"}}}},
  "/api/{kind}/{org}/{repo}/revision/{rev}": {"parameters": [{"$ref": "#/components/parameters/kind"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/repo"}, {"$ref": "#/components/parameters/rev"}], "get": {"summary": "Hub: a repository at a revision", "parameters": [{"name": "blobs", "in": "query", "schema": {"type": "boolean"}}], "responses": {"200": {"description": "Repository"}, "404": {"$ref": "#/components/responses/hub"}}}},
  "/api/{kind}/{org}/{repo}/refs": {"parameters": [{"$ref": "#/components/parameters/kind"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/repo"}], "get": {"summary": "Hub: branches", "responses": {"200": {"description": "Refs"}, "404": {"$ref": "#/components/responses/hub"}}}},
  "/api/{kind}/{org}/{repo}/tree/{rev}": {"parameters": [{"$ref": "#/components/parameters/kind"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/repo"}, {"$ref": "#/components/parameters/rev"}], "get": {"summary": "Hub: files, 1000 a page, next page in Link", "parameters": [{"name": "recursive", "in": "query", "schema": {"type": "boolean"}}, {"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/cursor"}], "responses": {"200": {"description": "Entries"}, "404": {"$ref": "#/components/responses/hub"}}}},
  "/api/{kind}/{org}/{repo}/tree/{rev}/{path}": {"parameters": [{"$ref": "#/components/parameters/kind"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/repo"}, {"$ref": "#/components/parameters/rev"}, {"$ref": "#/components/parameters/path"}], "get": {"summary": "Hub: files of a folder", "responses": {"200": {"description": "Entries"}, "404": {"$ref": "#/components/responses/hub"}}}},
  "/api/{kind}/{org}/{repo}/paths-info/{rev}": {"parameters": [{"$ref": "#/components/parameters/kind"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/repo"}, {"$ref": "#/components/parameters/rev"}], "post": {"summary": "Hub: some paths", "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {"paths": {"type": "array", "items": {"type": "string"}}}}}, "application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": {"paths": {"type": "array", "items": {"type": "string"}}}}}}}, "responses": {"200": {"description": "Entries"}, "404": {"$ref": "#/components/responses/hub"}}}},
  "/{org}/{repo}/resolve/{rev}/{path}": {"parameters": [{"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/repo"}, {"$ref": "#/components/parameters/rev"}, {"$ref": "#/components/parameters/path"}], "get": {"summary": "Hub: a model's file; also HEAD and Range", "responses": {"200": {"description": "The whole"}, "206": {"description": "The range"}, "404": {"$ref": "#/components/responses/hub"}}}},
  "/{kind}/{org}/{repo}/resolve/{rev}/{path}": {"parameters": [{"$ref": "#/components/parameters/kind"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/repo"}, {"$ref": "#/components/parameters/rev"}, {"$ref": "#/components/parameters/path"}], "get": {"summary": "Hub: a file of a dataset or Space", "responses": {"200": {"description": "The whole"}, "206": {"description": "The range"}, "404": {"$ref": "#/components/responses/hub"}}}},
  "/{org}/{repo}/raw/{rev}/{path}": {"parameters": [{"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/repo"}, {"$ref": "#/components/parameters/rev"}, {"$ref": "#/components/parameters/path"}], "get": {"summary": "Hub: a file as git holds it (an LFS pointer for large ones)", "responses": {"200": {"description": "Text"}, "404": {"$ref": "#/components/responses/hub"}}}},
  "/{kind}/{org}/{repo}/raw/{rev}/{path}": {"parameters": [{"$ref": "#/components/parameters/kind"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/repo"}, {"$ref": "#/components/parameters/rev"}, {"$ref": "#/components/parameters/path"}], "get": {"summary": "Hub: the same of a dataset or Space", "responses": {"200": {"description": "Text"}, "404": {"$ref": "#/components/responses/hub"}}}}
},
"components": {
  "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
  "parameters": {
    "limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1000}},
    "cursor": {"name": "cursor", "in": "query", "schema": {"type": "string"}, "description": "next_cursor of the page before"},
    "job": {"name": "id", "in": "path", "required": true, "schema": {"type": "string", "minLength": 26, "maxLength": 26}},
    "after": {"name": "after", "in": "query", "schema": {"type": "integer"}, "description": "The last event id the client has; comes before Last-Event-ID"},
    "last": {"name": "Last-Event-ID", "in": "header", "schema": {"type": "integer"}},
    "correlation": {"name": "X-Correlation-Id", "in": "header", "schema": {"type": "string", "maxLength": 128, "pattern": "^[!-~]+$"}, "description": "Comes back in the reply, and names the job in its events and log lines; one is made when it is missing or of another form"},
    "kind": {"name": "kind", "in": "path", "required": true, "schema": {"type": "string", "enum": ["models", "datasets", "spaces"]}},
    "org": {"name": "org", "in": "path", "required": true, "schema": {"type": "string"}},
    "repo": {"name": "repo", "in": "path", "required": true, "schema": {"type": "string"}},
    "rev": {"name": "rev", "in": "path", "required": true, "schema": {"type": "string"}, "description": "Branch, tag or commit; '/' as %2F"},
    "path": {"name": "path", "in": "path", "required": true, "schema": {"type": "string"}}
  },
  "responses": {
    "problem": {"description": "What went wrong", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}}},
    "hub": {"description": "Hub error, code in X-Error-Code", "content": {"application/json": {"schema": {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}}}},
    "health": {"description": "Status", "content": {"application/json": {"schema": {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}}}},
    "artifact": {"description": "Artifact", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/artifact"}}}},
    "limits": {"description": "What is in force", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/limits"}}}},
    "job": {"description": "The job", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/job"}}}},
    "events": {"description": "Each event: id, event (state, progress, narration, end), data (JSON)", "content": {"text/event-stream": {"schema": {"$ref": "#/components/schemas/event"}}}}
  },
  "schemas": {
    "submission": {
      "type": "object", "required": ["ref"], "additionalProperties": false,
      "properties": {
        "kind": {"type": "string", "enum": ["pull", "import"], "default": "pull"},
        "ref": {"type": "string", "maxLength": 4096, "examples": ["hf:org/repo@main:Q4_K_M"]},
        "include": {"type": "array", "maxItems": 256, "items": {"type": "string", "minLength": 1, "maxLength": 1024}},
        "exclude": {"type": "array", "maxItems": 256, "items": {"type": "string", "minLength": 1, "maxLength": 1024}},
        "priority": {"type": "integer", "default": 0},
        "max_rate": {"type": "integer", "minimum": 0, "maximum": 1000000000000, "default": 0, "description": "Bytes per second; 0 is no limit of its own"},
        "on": {"type": "string", "enum": ["local"], "default": "local"},
        "update": {"type": "boolean", "default": false, "description": "Ask the vendor although the same wish is already here"},
        "as": {"type": "string", "description": "Import: the reference to catalogue it under"},
        "views": {"type": "array", "maxItems": 16, "description": "In other tools' folders: hf, ollama, lmstudio, dir:/absolute/path; left out: the node's setting", "items": {"type": "string"}},
        "token": {"type": "string", "maxLength": 4096, "description": "This job's own vendor token, for a registry also user:password; never shown again"}
      }
    },
    "limits": {
      "type": "object",
      "required": ["download_rate", "upload_rate", "max_jobs", "max_lanes", "origins", "schedule"],
      "properties": {
        "download_rate": {"type": "integer", "description": "Bytes per second of all downloads; 0 is no limit"},
        "upload_rate": {"type": "integer", "description": "The same for what the node serves"},
        "max_jobs": {"type": "integer", "description": "Jobs at once"}, "max_lanes": {"type": "integer", "description": "Connections of all downloads"},
        "origins": {"type": "object", "additionalProperties": {"type": "object", "properties": {"from": {"type": "string", "enum": ["set", "schedule", "flag", "environment", "file", "default"]}, "source": {"type": ["string", "null"]}}}},
        "schedule": {"type": "array", "items": {"type": "object", "properties": {"from": {"type": "string"}, "to": {"type": "string"}, "days": {"type": "array", "items": {"type": "string"}}, "download_rate": {"type": ["integer", "null"]}, "upload_rate": {"type": ["integer", "null"]}, "open": {"type": "boolean"}}}}
      }
    },
    "counts": {
      "type": "object",
      "properties": {
        "received": {"type": "integer"}, "durable": {"type": "integer"}, "verified": {"type": "integer"}, "discarded": {"type": "integer"},
        "total": {"type": ["integer", "null"]}, "path": {"type": "string"}
      }
    },
    "progress": {
      "allOf": [{"$ref": "#/components/schemas/counts"}],
      "type": "object",
      "properties": {"rate": {"type": "integer", "description": "bytes per second"}, "eta_s": {"type": ["integer", "null"]}, "files": {"type": "array", "items": {"$ref": "#/components/schemas/counts"}}}
    },
    "state": {"type": "string", "enum": ["queued", "resolving", "fetching", "committing", "paused", "waiting", "succeeded", "failed", "cancelled"]},
    "job": {
      "type": "object",
      "required": ["id", "kind", "ref", "state", "cause", "progress", "error", "created_at"],
      "properties": {
        "id": {"type": "string"}, "kind": {"type": "string", "enum": ["pull", "import", "verify"]}, "ref": {"type": "string"},
        "state": {"$ref": "#/components/schemas/state"},
        "cause": {"type": ["string", "null"]}, "until": {"type": ["string", "null"], "format": "date-time"},
        "progress": {"$ref": "#/components/schemas/progress"},
        "error": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/error"}]},
        "artifact": {"type": ["string", "null"]}, "revision": {"type": ["string", "null"]},
        "include": {"type": "array", "items": {"type": "string"}}, "exclude": {"type": "array", "items": {"type": "string"}},
        "priority": {"type": "integer"}, "position": {"type": ["integer", "null"], "description": "Place in the line of queued jobs, from 1"}, "max_rate": {"type": "integer"}, "update": {"type": "boolean"},
        "as": {"type": ["string", "null"]}, "views": {"type": "array", "items": {"type": "string"}}, "on": {"type": "string"},
        "correlation": {"type": ["string", "null"], "description": "X-Correlation-Id of the request that submitted it; in every event and log line of the job"},
        "created_at": {"type": "string", "format": "date-time"}, "started_at": {"type": ["string", "null"], "format": "date-time"}, "finished_at": {"type": ["string", "null"], "format": "date-time"}
      }
    },
    "event": {
      "type": "object",
      "required": ["seq", "time", "job", "actor", "action", "level", "human"],
      "description": "state events also have 'state', progress events the members of 'progress', end events the members of 'job' (its id stays in 'id' and 'job'); other members are details of the action",
      "properties": {
        "seq": {"type": "integer"}, "time": {"type": "string", "format": "date-time"}, "job": {"type": ["string", "null"]},
        "actor": {"type": "string"}, "actor_id": {"type": "integer", "minimum": 0, "description": "of the actor that tells; 0: none, or it told before the node started"}, "action": {"type": "string"}, "level": {"type": "string", "enum": ["debug", "info", "warning", "error"]}, "human": {"type": "string"},
        "correlation": {"type": ["string", "null"], "description": "Of the job"},
        "state": {"$ref": "#/components/schemas/state"}
      }
    },
    "gc": {
      "type": "object",
      "required": ["dry_run", "budget", "before", "freed", "left", "over_budget", "removed", "kept"],
      "properties": {
        "dry_run": {"type": "boolean"}, "budget": {"type": ["integer", "null"]}, "before": {"type": "integer"}, "freed": {"type": "integer"}, "left": {"type": "integer"}, "over_budget": {"type": "integer"},
        "removed": {"type": "array", "items": {"$ref": "#/components/schemas/gc_entry"}}, "kept": {"type": "array", "items": {"$ref": "#/components/schemas/gc_entry"}}
      }
    },
    "gc_entry": {
      "type": "object",
      "required": ["kind", "id", "reason", "bytes"],
      "properties": {
        "kind": {"type": "string", "enum": ["artifact", "content", "partial"]}, "id": {"type": "string"}, "ref": {"type": ["string", "null"]}, "revision": {"type": ["string", "null"]},
        "reason": {"type": "string", "enum": ["superseded", "over_budget", "unheld", "stale", "pinned", "in_use", "recent", "failed"]}, "bytes": {"type": "integer"}, "detail": {"type": ["string", "null"]}
      }
    },
    "artifact": {
      "type": "object",
      "required": ["id", "ref", "revision", "bytes", "path"],
      "properties": {
        "id": {"type": "string"}, "ref": {"type": "string"}, "source": {"type": "string", "description": "The reference without revision and selection"}, "revision": {"type": "string"}, "requested": {"type": ["string", "null"]},
        "bytes": {"type": "integer"}, "file_count": {"type": "integer"}, "path": {"type": "string", "description": "Where tools open it on the node's machine"},
        "health": {"type": "string", "enum": ["ok", "damaged"]}, "damaged": {"type": "array", "description": "Paths of files that are set aside or gone; 'verify' or a pull brings them back", "items": {"type": "string"}},
        "created_at": {"type": "string", "format": "date-time"}, "verified_at": {"type": "string", "format": "date-time"}, "last_used_at": {"type": ["string", "null"], "format": "date-time"}, "pinned": {"type": "boolean"},
        "views": {"type": "array", "description": "In other tools' folders", "items": {"type": "object", "properties": {"view": {"type": "string"}, "path": {"type": ["string", "null"]}, "how": {"type": ["string", "null"], "enum": ["hard link", "reflink", "copy", null]}, "state": {"type": "string", "enum": ["ok", "changed", "gone", "failed"]}, "detail": {"type": ["string", "null"]}}}},
        "model": {"$ref": "#/components/schemas/model"}, "memory": {"$ref": "#/components/schemas/memory"},
        "files": {"type": "array", "description": "Not in lists", "items": {"type": "object", "properties": {"path": {"type": "string"}, "size": {"type": "integer"}, "sha256": {"type": "string"}, "git_sha1": {"type": ["string", "null"]}, "first_sight": {"type": "boolean", "description": "Nobody had published its digest"}}}}
      }
    },
    "model": {
      "type": ["object", "null"],
      "description": "What the files say of themselves; null: no model in them, or nobody has looked yet",
      "properties": {
        "format": {"type": "string", "enum": ["gguf", "safetensors"]}, "path": {"type": "string", "description": "Of several models the largest; of a set the first file"}, "files": {"type": "integer"}, "weights": {"type": "integer", "description": "bytes"},
        "name": {"type": ["string", "null"]}, "architecture": {"type": ["string", "null"]}, "quantisation": {"type": ["string", "null"]}, "parameters": {"type": ["integer", "null"]}, "context_length": {"type": ["integer", "null"]},
        "embedding_length": {"type": ["integer", "null"]}, "layers": {"type": ["integer", "null"]}, "heads": {"type": ["integer", "null"]}, "kv_heads": {"type": ["integer", "null"]},
        "tokenizer": {"type": "boolean"}, "chat_template": {"type": "boolean"}, "flaw": {"type": ["string", "null"], "description": "Why its files could not be read"}
      }
    },
    "memory": {
      "type": ["object", "null"],
      "description": "What running it needs, beside what the node's machine has; bytes; not in lists",
      "properties": {
        "context": {"type": "integer", "description": "tokens"}, "weights": {"type": "integer"}, "kv_cache": {"type": ["integer", "null"], "description": "16-bit, at that context, at most"}, "total": {"type": ["integer", "null"]},
        "memory": {"type": ["integer", "null"]}, "available": {"type": ["integer", "null"]}, "devices": {"type": ["integer", "null"]}, "fits_memory": {"type": ["boolean", "null"]}, "fits_devices": {"type": ["boolean", "null"]}, "human": {"type": "string"}
      }
    },
    "node": {
      "type": "object",
      "properties": {
        "id": {"type": "string"}, "name": {"type": "string"}, "version": {"type": "string"}, "started_at": {"type": "string", "format": "date-time"}, "home": {"type": "string"},
        "health": {"type": "string", "enum": ["ok", "degraded"]}, "health_reason": {"type": ["string", "null"]},
        "health_reasons": {"type": "array", "items": {"type": "object", "properties": {"code": {"type": "string", "enum": ["disk-low", "memory-low", "clock-jumped", "restarted", "actor-silent", "held-up"]}, "human": {"type": "string"}}}},
        "uptime_s": {"type": "integer"}, "cpus": {"type": ["integer", "null"], "description": "That the node may use"},
        "load": {"type": ["object", "null"], "properties": {"1m": {"type": "number"}, "5m": {"type": "number"}, "15m": {"type": "number"}}},
        "memory": {"type": ["object", "null"], "description": "Of the machine, in bytes", "properties": {"total": {"type": "integer"}, "available": {"type": "integer"}}},
        "process": {"type": "object", "properties": {"resident": {"type": ["integer", "null"]}, "open_files": {"type": ["integer", "null"]}, "most_open_files": {"type": ["integer", "null"]}}},
        "devices": {"type": ["array", "null"], "description": "Graphics and compute devices; null until they have been looked for", "items": {"type": "object", "properties": {
          "vendor": {"type": "string", "enum": ["nvidia", "amd", "intel"]}, "name": {"type": ["string", "null"]}, "bus": {"type": "string"}, "driver": {"type": ["string", "null"]},
          "memory_total": {"type": ["integer", "null"]}, "memory_used": {"type": ["integer", "null"]}}}},
        "disk_free": {"type": ["integer", "null"]}, "disk_total": {"type": ["integer", "null"]},
        "disk_promised": {"type": "integer"}, "jobs": {"type": "object", "additionalProperties": {"type": "integer"}},
        "artifacts": {"type": "integer"}, "artifact_bytes": {"type": "integer"}, "transfers": {"type": "integer"}, "lanes": {"type": "integer"},
        "actors": {"type": "integer"}, "restarts": {"type": "integer"}, "last_event": {"type": "integer"}
      }
    },
    "error": {"type": "object", "required": ["code", "detail", "hint"], "properties": {"code": {"type": "string"}, "detail": {"type": "string"}, "hint": {"type": "string"}}},
    "problem": {
      "allOf": [{"$ref": "#/components/schemas/error"}],
      "type": "object",
      "properties": {"type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "field": {"type": "string", "description": "The member of the request that is wrong"}}
    }
  }
}
}
)json";

} // namespace

std::string_view openapi_text() noexcept {
  return document;
}

} // namespace hive::http
