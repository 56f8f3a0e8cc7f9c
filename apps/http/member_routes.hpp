#pragma once
/// /v1/members: the hive as this node sees it, and what may be asked of members.

#include "apps/http/desk.hpp"
#include "apps/http/message.hpp"

namespace hive::http {

void list_members(desk& at, request asked, responder answer);
/// Dials them, and has them dial this node.
void check_members(desk& at, request asked, responder answer);
/// POST {action}: drain, undrain, forget.
void act_on_member(desk& at, request asked, responder answer);

} // namespace hive::http
