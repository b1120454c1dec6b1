#pragma once

#include "messages/history.hpp"
#include "messages/notice.hpp"
#include "runtime/json/json.hpp"

/// What the API shows of notices, warnings and the history, and what it is asked for of them.
/// Source of the shapes: the snap client's contract, sections 1 and 3.
namespace troupe {

json::object notice_resource(const notice& what);
json::object warning_resource(const warning& what);
json::object history_resource(const history_entry& what);

} // namespace troupe
