#include "actors/gateway_ask.hpp"
#include "runtime/api/why_resource.hpp"
#include "runtime/snap/names.hpp"

namespace troupe {

namespace {

why_question question_of(const std::map<std::string, std::string>& query) {
  if (query.size() == 1) {
    const auto& [key, value] = *query.begin();
    if (key == "change")
      return parse_id<change_id>(value, key);
    if (key == "task")
      return parse_id<task_id>(value, key);
    if (key == "snap") {
      check_instance_name(value);
      return value;
    }
  }
  throw failure{"cannot explain: the query must be one of change=ID, task=ID and snap=NAME"};
}

} // namespace

// Of the ended changes too, so that what has just ended isn't called unknown.
void gateway::why(const exchange_ptr& what, const std::string&) {
  auto question = question_of(what->what().query);
  ask<change_list>(what, director_, list_changes{"all", ""},
                   [question, clock = with_->host->os.clock](const change_list& list) {
                     return sync(why_resource(explain_wait(list, question, clock->now())));
                   });
}

} // namespace troupe
