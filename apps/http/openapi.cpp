#include "apps/http/contract.hpp"

#include <string>

namespace hive::http {
namespace {

constexpr std::string_view paths = R"json({
"openapi": "3.1.0",
"info": {
  "title": "hive",
  "version": "1",
  "description": "One hive node. On an address that is not loopback every request but /healthz needs 'Authorization: Bearer <token>'."
},
"security": [{}, {"bearer": []}],
"paths": {
  "/": {"get": {"summary": "The page: for people, in a browser", "security": [{}], "responses": {"200": {"description": "HTML; plain text of a node built without it"}, "304": {"description": "The client has it"}}}},
  "/assets/{name}": {"get": {"summary": "What the page loads", "security": [{}], "parameters": [{"name": "name", "in": "path", "required": true, "schema": {"type": "string"}}], "responses": {"200": {"description": "The same for ever"}, "304": {"description": "The client has it"}, "404": {"$ref": "#/components/responses/problem"}}}},
  "/healthz": {"get": {"summary": "The process is up", "security": [{}], "responses": {"200": {"$ref": "#/components/responses/health"}}}},
  "/readyz": {"get": {"summary": "The actors answer", "responses": {"200": {"$ref": "#/components/responses/health"}, "503": {"$ref": "#/components/responses/problem"}}}},
  "/metrics": {"get": {"summary": "Prometheus text format", "responses": {"200": {"description": "text/plain; version=0.0.4"}, "503": {"$ref": "#/components/responses/problem"}}}},
  "/v1/openapi.json": {"get": {"summary": "This document", "responses": {"200": {"description": "OpenAPI"}}}},
  "/v1/node": {"get": {"summary": "The node: versions, disk, counts", "responses": {"200": {"description": "Node", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/node"}}}}, "default": {"$ref": "#/components/responses/problem"}}}},
  "/v1/references": {
    "get": {
      "summary": "What a reference means; nobody is asked",
      "parameters": [{"name": "ref", "in": "query", "required": true, "schema": {"type": "string", "maxLength": 4096}}],
      "responses": {"200": {"description": "Its parts", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/reference"}}}}, "400": {"$ref": "#/components/responses/problem"}}
    }
  },
  "/v1/plans": {
    "post": {
      "summary": "What a submission would fetch, asked of its vendor; nothing is stored",
      "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/submission"}}}},
      "responses": {"200": {"description": "Plan", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/plan"}}}}, "400": {"$ref": "#/components/responses/problem"}, "415": {"$ref": "#/components/responses/problem"}, "503": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}
    }
  },
  "/v1/members": {"get": {"summary": "The members of the hive as this node sees them, and what each holds by its own word", "responses": {"200": {"$ref": "#/components/responses/members"}, "default": {"$ref": "#/components/responses/problem"}}}},
  "/v1/members/check": {"post": {"summary": "Dial every member, and have those with a link dial this node; answered within 12 s", "responses": {"200": {"description": "What was found", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/member_checks"}}}}, "default": {"$ref": "#/components/responses/problem"}}}},
  "/v1/members/{id}/{action}": {"post": {"summary": "drain or undrain this node, forget a member that is gone", "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}, {"name": "action", "in": "path", "required": true, "schema": {"enum": ["drain", "undrain", "forget"]}}], "requestBody": {"required": false, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "properties": {"force": {"type": "boolean", "default": false, "description": "Forget without a majority of the members in reach"}}}}}}, "responses": {"200": {"$ref": "#/components/responses/members"}, "404": {"$ref": "#/components/responses/problem"}, "409": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}}},
  "/v1/wishes": {
    "get": {
      "summary": "What the hive is to hold on several nodes, newest first",
      "parameters": [{"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/cursor"}],
      "responses": {"200": {"description": "A page", "content": {"application/json": {"schema": {"type": "object", "required": ["wishes", "next_cursor"], "properties": {"wishes": {"type": "array", "items": {"$ref": "#/components/schemas/wish"}}, "next_cursor": {"type": ["string", "null"]}}}}}}, "400": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}
    }
  },
  "/v1/wishes/{id}": {
    "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "minLength": 26, "maxLength": 26}}],
    "delete": {"summary": "Withdraw it: nobody begins to hold it any more, and who has begun gives up; copies stay. A repeated one succeeds", "responses": {"200": {"description": "The wish", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/wish"}}}}, "404": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}}
  },
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
      "parameters": [{"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/cursor"},
        {"name": "all", "in": "query", "schema": {"type": "boolean", "default": false}, "description": "Of all nodes of the hive that are in reach, each job with its node"}],
      "responses": {"200": {"description": "A page", "content": {"application/json": {"schema": {"type": "object", "required": ["jobs", "next_cursor"], "properties": {"jobs": {"type": "array", "items": {"$ref": "#/components/schemas/job"}}, "next_cursor": {"type": ["string", "null"]}, "missing": {"type": "array", "description": "With all: names of the nodes that did not answer", "items": {"type": "string"}}}}}}}, "400": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}
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
    "delete": {"summary": "Remove it, and the bytes nothing else needs", "parameters": [{"name": "force", "in": "query", "schema": {"type": "boolean", "default": false}, "description": "Also where no more than half of the hive's members are in reach"}], "responses": {"200": {"description": "Removed", "content": {"application/json": {"schema": {"type": "object", "required": ["id", "freed"], "properties": {"id": {"type": "string"}, "freed": {"type": "integer", "description": "bytes"}}}}}}, "404": {"$ref": "#/components/responses/problem"}, "409": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}}
  },
  "/v1/gc": {
    "post": {
      "summary": "Remove superseded revisions, leftovers, and above a budget what was used longest ago",
      "requestBody": {"required": false, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "properties": {"dry_run": {"type": "boolean", "default": false}, "force": {"type": "boolean", "default": false, "description": "Also where no more than half of the hive's members are in reach; a dry run needs none"}, "budget": {"type": ["integer", "null"], "minimum": 0, "description": "Bytes that may stay; 0: any number; null: the setting store_budget"}}}}}},
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
  "/v1/actors": {
    "get": {
      "summary": "Actors: all by id in pages, or the first of an order; with 'Accept: text/event-stream' the same answer again and again",
      "parameters": [
        {"name": "name", "in": "query", "schema": {"type": "string", "maxLength": 256}, "description": "Part of the name or label, whatever the case"},
        {"name": "job", "in": "query", "schema": {"type": "string", "maxLength": 26}, "description": "The beginning of a job's id"},
        {"name": "state", "in": "query", "schema": {"type": "string", "maxLength": 64}},
        {"name": "under", "in": "query", "schema": {"type": "integer", "minimum": 1}, "description": "Only this actor and what lives below it"},
        {"name": "by", "in": "query", "schema": {"type": "string", "enum": ["id", "queue", "age", "rate", "time", "growth"], "default": "id"}, "description": "The greatest first, but for id"},
        {"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/cursor"},
        {"name": "window", "in": "query", "schema": {"type": "string", "pattern": "^[0-9]+(s|ms)?$", "default": "0s"}, "description": "Rate, busy and growth are of at least so long, at most 10s; the answer waits until so much has been watched"},
        {"name": "interval", "in": "query", "schema": {"type": "string", "pattern": "^[0-9]+(s|ms)?$", "default": "1s"}, "description": "Of events: 250ms to 60s"}, {"$ref": "#/components/parameters/at"}
      ],
      "responses": {"200": {"description": "A page, or events 'actors' with pages", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/actors"}}, "text/event-stream": {"schema": {"$ref": "#/components/schemas/actors"}}}}, "400": {"$ref": "#/components/responses/problem"}, "503": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}
    }
  },
  "/v1/actors/trace": {
    "get": {
      "summary": "The messages actors handle from now on, as one Chrome trace (Perfetto opens it); ends with the client",
      "parameters": [
        {"name": "under", "in": "query", "schema": {"type": "integer", "minimum": 1}, "description": "Only this actor and what lives below it"},
        {"name": "seconds", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 60, "default": 5}},
        {"name": "messages", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 200000, "default": 20000}}
      ],
      "responses": {"200": {"description": "Trace Event Format, sent while it happens", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/trace"}}}}, "400": {"$ref": "#/components/responses/problem"}, "404": {"$ref": "#/components/responses/problem"}, "409": {"$ref": "#/components/responses/problem"}, "503": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}
    }
  },
  "/v1/actors/{id}": {
    "parameters": [{"$ref": "#/components/parameters/actor"}],
    "get": {"summary": "One actor: its links, its last messages, and what it says of itself", "parameters": [{"$ref": "#/components/parameters/at"}], "responses": {"200": {"description": "Actor", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/actor_detail"}}}}, "404": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}}
  },
  "/v1/actors/{id}/{action}": {
    "parameters": [{"$ref": "#/components/parameters/actor"}, {"name": "action", "in": "path", "required": true, "schema": {"type": "string", "enum": ["cancel", "pause", "resume", "restart", "crash", "freeze", "flood"]}, "description": "The last three are faults for tests"}],
    "post": {
      "summary": "Cancel, pause or resume what an actor works for, or restart it; told as an event and a line of the log",
      "requestBody": {"required": false, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "properties": {"lasting_ms": {"type": "integer", "minimum": 1, "maximum": 600000, "default": 5000, "description": "Of a freeze"}}}}}},
      "responses": {"200": {"description": "What follows", "content": {"application/json": {"schema": {"type": "object", "required": ["id", "action", "human"], "properties": {"id": {"type": "integer"}, "action": {"type": "string"}, "human": {"type": "string"}}}}}}, "400": {"$ref": "#/components/responses/problem"}, "404": {"$ref": "#/components/responses/problem"}, "409": {"$ref": "#/components/responses/problem"}, "415": {"$ref": "#/components/responses/problem"}, "default": {"$ref": "#/components/responses/problem"}}
    }
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
)json";

} // namespace

std::string_view openapi_text() {
  static const std::string document = std::string{paths} + std::string{openapi_components()};
  return document;
}

} // namespace hive::http
