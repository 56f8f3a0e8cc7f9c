#include "apps/http/contract.hpp"

namespace hive::http {
namespace {

constexpr std::string_view components = R"json("components": {
  "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
  "parameters": {
    "limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1000}},
    "cursor": {"name": "cursor", "in": "query", "schema": {"type": "string"}, "description": "next_cursor of the page before"},
    "job": {"name": "id", "in": "path", "required": true, "schema": {"type": "string", "minLength": 26, "maxLength": 26}},
    "actor": {"name": "id", "in": "path", "required": true, "schema": {"type": "integer", "minimum": 1}},
    "at": {"name": "node", "in": "query", "schema": {"type": "string"}, "description": "Name or id of another member, whose actors they are"},
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
    "health": {"description": "Status", "content": {"application/json": {"schema": {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}, "reason": {"type": ["string", "null"], "description": "Why it is degraded; of /readyz"}}}}}},
    "artifact": {"description": "Artifact", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/artifact"}}}},
    "members": {"description": "Members", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/members"}}}},
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
        "on": {"type": "string", "minLength": 1, "maxLength": 255, "default": "local", "description": "local, a member's name or id, all, k=3, label=NAME"},
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
      "required": ["received", "durable", "verified", "discarded", "total"],
      "properties": {
        "received": {"type": "integer"}, "durable": {"type": "integer"}, "verified": {"type": "integer"}, "discarded": {"type": "integer"},
        "wan_bytes": {"type": "integer", "description": "received from vendors in all"},
        "peer_bytes": {"type": "integer", "description": "received from other nodes in all"},
        "cache_bytes": {"type": "integer", "description": "of those received: came over no wire"},
        "total": {"type": ["integer", "null"]}, "path": {"type": "string"}
      }
    },
    "progress": {
      "allOf": [{"$ref": "#/components/schemas/counts"}],
      "type": "object",
      "properties": {"wan_ratio": {"type": ["number", "null"], "description": "wan_bytes / total: 1 is once over the WAN"}, "rate": {"type": "integer", "description": "bytes per second"}, "eta_s": {"type": ["integer", "null"]}, "files": {"type": "array", "items": {"$ref": "#/components/schemas/counts"}}}
    },
    "reference": {
      "type": "object",
      "required": ["ref", "scheme", "host", "name", "revision", "selector", "quant", "whole"],
      "properties": {
        "ref": {"type": "string", "description": "As hive writes it"}, "scheme": {"type": "string", "enum": ["hf", "space", "ollama", "gh", "url", "file", "build"]},
        "host": {"type": ["string", "null"]}, "name": {"type": "string"}, "revision": {"type": ["string", "null"]}, "selector": {"type": ["string", "null"]},
        "quant": {"type": "boolean", "description": "The selector is a quantisation"}, "whole": {"type": "string", "description": "Without the selector"}
      }
    },
    "plan": {
      "type": "object",
      "required": ["ref", "revision", "requested", "files", "file_count", "bytes", "sizes_known", "to_come", "lacks", "lacks_human", "artifact", "choices", "remarks"],
      "properties": {
        "ref": {"type": "string"}, "revision": {"type": "string"}, "requested": {"type": ["string", "null"], "description": "Branch or tag that led there"},
        "files": {"type": "array", "description": "At most 5000", "items": {"type": "object", "required": ["path", "size", "digest"], "properties": {"path": {"type": "string"}, "size": {"type": ["integer", "null"]}, "digest": {"type": ["string", "null"], "description": "Nobody has published one: null"}}}},
        "file_count": {"type": "integer"}, "bytes": {"type": "integer", "description": "As far as known"}, "sizes_known": {"type": "boolean"},
        "to_come": {"type": "integer", "description": "Bytes it still takes on the disk, as far as known"}, "lacks": {"type": "integer", "description": "Bytes of room the disk lacks; 0: it fits"}, "lacks_human": {"type": ["string", "null"]},
        "artifact": {"type": ["string", "null"], "description": "It is here already, as this"},
        "choices": {"type": "array", "description": "Quantisations among the files", "items": {"type": "object", "required": ["selector", "bytes", "files"], "properties": {"selector": {"type": "string"}, "bytes": {"type": "integer"}, "files": {"type": "integer"}}}},
        "remarks": {"type": "array", "items": {"type": "object", "required": ["action", "human", "level"], "properties": {"action": {"type": "string"}, "human": {"type": "string"}, "level": {"type": "string", "enum": ["info", "warning"]}}}}
      }
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
        "node": {"type": "object", "description": "When those of all nodes are listed, and in the answer to a submission for other nodes", "required": ["id", "name"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}}},
        "placed": {"type": "array", "description": "In the answer to a submission for other nodes: the job of each that has begun", "items": {"type": "object", "required": ["node", "name", "job"], "properties": {"node": {"type": "string"}, "name": {"type": "string"}, "job": {"type": "string"}}}},
        "away": {"type": "array", "description": "In the same: who gets it later, and why", "items": {"type": "string"}}, "wish": {"type": ["string", "null"], "description": "In the same: what the hive keeps; null for one node"},
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
        "artifacts": {"type": "integer"}, "artifact_bytes": {"type": "integer"}, "transfers": {"type": "integer"}, "lanes": {"type": "integer"}, "bytes_received": {"type": "integer", "description": "Since the start"},
        "actors": {"type": "integer"}, "messages_handled": {"type": "integer", "description": "By all actors, since the start"}, "restarts": {"type": "integer"}, "last_event": {"type": "integer"}
      }
    },
    "members": {
      "type": "object",
      "required": ["members", "next_cursor", "artifacts", "island", "in_hive"],
      "properties": {
        "members": {"type": "array", "items": {"$ref": "#/components/schemas/member"}}, "next_cursor": {"type": ["string", "null"]},
        "artifacts": {"type": "array", "description": "What the ids in `artifacts` of members stand for, each once", "items": {"$ref": "#/components/schemas/held_artifact"}},
        "island": {"type": "object", "required": ["visible", "expected", "majority", "isolated", "stretch", "since"], "properties": {
          "visible": {"type": "integer", "description": "Members in reach, this node included"}, "expected": {"type": "integer", "description": "Members that have not left"},
          "majority": {"type": "boolean"}, "isolated": {"type": "boolean"},
          "stretch": {"type": "integer", "minimum": 1, "maximum": 8, "description": "This node wakes late, and multiplies its time-outs for the silence of others by this"}, "since": {"type": ["string", "null"], "format": "date-time"}}},
        "in_hive": {"type": "boolean"}
      }
    },
    "held_artifact": {"type": "object", "required": ["id", "ref", "revision"], "properties": {"id": {"type": "string"}, "ref": {"type": "string"}, "revision": {"type": "string"}}},
    "member": {
      "type": "object",
      "required": ["id", "name", "state", "reachability", "self", "linked", "draining", "version", "incarnation", "addresses", "labels", "free_disk", "seen", "artifacts", "artifact_count"],
      "properties": {
        "id": {"type": "string"}, "name": {"type": "string"}, "state": {"type": "string", "enum": ["joining", "up", "leaving", "left", "forgotten"]},
        "reachability": {"type": "string", "enum": ["ok", "suspect", "unreachable", "down"]}, "self": {"type": "boolean"}, "linked": {"type": "boolean"}, "draining": {"type": "boolean"},
        "version": {"type": ["string", "null"], "description": "Of hive; null until there was a link"}, "incarnation": {"type": "integer"},
        "addresses": {"type": "array", "items": {"type": "string"}}, "labels": {"type": "array", "items": {"type": "string"}}, "free_disk": {"type": "integer", "description": "Bytes, rounded down to a power of two"},
        "seen": {"type": "array", "description": "Who misses it since when and why", "items": {"type": "object", "required": ["by", "since", "cause"], "properties": {"by": {"type": "string"}, "since": {"type": "string", "format": "date-time"}, "cause": {"type": "string"}}}},
        "artifacts": {"type": "array", "maxItems": 256, "description": "Ids of the newest it holds, by its own last word", "items": {"type": "string"}},
        "artifact_count": {"type": "integer", "description": "Of all it holds"}
      }
    },
    "dials": {"type": "array", "description": "To each address, as far as the TLS handshake", "items": {"type": "object", "required": ["address", "ok", "cause", "detail", "certificate_until"], "properties": {
      "address": {"type": "string"}, "ok": {"type": "boolean"}, "cause": {"type": ["string", "null"]}, "detail": {"type": ["string", "null"]}, "certificate_until": {"type": ["string", "null"], "format": "date-time", "description": "Of the certificate that was shown"}}}},
    "member_checks": {
      "type": "object",
      "required": ["members", "addresses", "left_out"],
      "properties": {
        "members": {"type": "array", "items": {"type": "object", "required": ["id", "name", "linked", "version", "there", "back", "skew_ms", "skew_within_ms"], "properties": {
          "id": {"type": "string"}, "name": {"type": "string"}, "linked": {"type": "boolean"}, "version": {"type": ["string", "null"]},
          "there": {"$ref": "#/components/schemas/dials"}, "back": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/dials"}], "description": "By that node, to this one's addresses; null: it has not answered"},
          "skew_ms": {"type": ["integer", "null"], "description": "Its clock less this node's"}, "skew_within_ms": {"type": ["integer", "null"], "description": "How far off that may be"}}}},
        "addresses": {"type": "array", "description": "At which this node tells others to dial it", "items": {"type": "string"}},
        "left_out": {"type": "integer", "description": "Members that were not dialled, being too many"}
      }
    },
    "wish": {
      "type": "object",
      "required": ["id", "ref", "on", "asked_by", "asked_at", "withdrawn", "holders", "job"],
      "properties": {
        "id": {"type": "string"}, "ref": {"type": "string"}, "on": {"type": "string", "description": "all, k=3, label=NAME"},
        "asked_by": {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}, "asked_at": {"type": "string", "format": "date-time"},
        "withdrawn": {"type": "boolean"}, "holders": {"type": "array", "description": "Names of the nodes that hold it, or are to", "items": {"type": "string"}},
        "job": {"type": ["object", "null"], "description": "By which this node holds it; null: it does not have to, or has not begun", "required": ["id", "state", "failures", "next_try_at"], "properties": {
          "id": {"type": "string"}, "state": {"$ref": "#/components/schemas/state"}, "failures": {"type": "integer", "description": "In a row, since the node started"}, "next_try_at": {"type": ["string", "null"], "format": "date-time"}}}
      }
    },
    "actors": {
      "type": "object",
      "required": ["actors", "next_cursor", "alive", "window_s"],
      "properties": {
        "actors": {"type": "array", "items": {"$ref": "#/components/schemas/actor"}}, "next_cursor": {"type": ["string", "null"]},
        "alive": {"type": "integer", "description": "In all, without filters"}, "window_s": {"type": ["number", "null"], "description": "What rate, busy and growth are of"}
      }
    },
    "actor": {
      "type": "object",
      "required": ["id", "parent", "name", "label", "job", "state", "age_s", "mailbox", "handled"],
      "properties": {
        "id": {"type": "integer"}, "parent": {"type": ["integer", "null"]}, "name": {"type": "string", "description": "Of its class"}, "label": {"type": ["string", "null"], "description": "What it works at"},
        "job": {"type": ["string", "null"]}, "state": {"type": "string", "description": "Its own word, else handling, queued or idle"}, "children": {"type": "integer"}, "age_s": {"type": "number"},
        "blocks": {"type": "boolean", "description": "Waits for disks, on a thread of its own"}, "mailbox": {"type": "integer", "description": "Messages that wait, the one in hand included"}, "mailbox_max": {"type": "integer"},
        "handled": {"type": "integer", "description": "Messages"}, "skipped": {"type": "integer", "description": "Put back for later"}, "slow": {"type": "integer", "description": "That took longer than 250 ms"},
        "restarts": {"type": "integer", "description": "Crashes of its class"}, "last_error": {"type": ["string", "null"]},
        "oldest_s": {"type": ["number", "null"], "description": "Age of the longest waiting message"},
        "handling": {"$ref": "#/components/schemas/latency"}, "waiting": {"$ref": "#/components/schemas/latency"},
        "rate": {"type": ["number", "null"], "description": "Messages per second"}, "busy": {"type": ["number", "null"], "description": "Share of the time spent in handlers"}, "growth": {"type": ["integer", "null"], "description": "Of the mailbox"}
      }
    },
    "latency": {
      "type": ["object", "null"],
      "description": "Since it is watched; null when it is not",
      "properties": {"count": {"type": "integer"}, "total_s": {"type": "number"}, "p50_s": {"type": "number"}, "p99_s": {"type": "number"}, "max_s": {"type": "number"}}
    },
    "actor_name": {"type": "object", "required": ["id", "name", "label"], "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "label": {"type": ["string", "null"]}}},
    "actor_detail": {
      "allOf": [{"$ref": "#/components/schemas/actor"}],
      "type": "object",
      "required": ["above", "below", "messages", "description", "undescribed"],
      "properties": {
        "above": {"type": "array", "description": "From its parent up to the root", "items": {"$ref": "#/components/schemas/actor_name"}},
        "below": {"type": "array", "description": "Its children, at most 1000", "items": {"$ref": "#/components/schemas/actor_name"}},
        "messages": {"type": "array", "description": "The last 64 since it is looked at, newest last", "items": {"type": "object", "properties": {"type": {"type": "string"}, "sender": {"type": ["integer", "null"]}, "ago_s": {"type": "number"}, "took_s": {"type": "number"}, "waited_s": {"type": "number"}}}},
        "description": {"type": ["object", "null"], "description": "What it says of itself; its members depend on its class"},
        "undescribed": {"type": ["string", "null"], "description": "Why it says nothing"}
      }
    },
    "trace": {
      "type": "object",
      "required": ["traceEvents", "otherData"],
      "properties": {
        "displayTimeUnit": {"type": "string"},
        "traceEvents": {"type": "array", "description": "ph X: a message, its thread the actor's id; ph M: names", "items": {"type": "object", "required": ["ph", "pid", "tid", "name"], "properties": {"ph": {"type": "string", "enum": ["M", "X"]}, "pid": {"type": "integer"}, "tid": {"type": "integer"}, "ts": {"type": "number", "description": "microseconds"}, "dur": {"type": "number", "description": "microseconds"}, "name": {"type": "string"}, "cat": {"type": "string"}, "args": {"type": "object"}}}},
        "otherData": {"type": "object", "properties": {"lost_messages": {"type": "integer"}, "ended": {"type": "string", "description": "time, messages, over (the actor has gone), or a failure's code"}}}
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

std::string_view openapi_components() noexcept {
  return components;
}

} // namespace hive::http
