#include "runtime/api/why_resource.hpp"

#include <chrono>

#include "runtime/api/resources.hpp"
#include "runtime/rules/log_lines.hpp"

namespace troupe {

namespace {

json::object owner_resource(const change_record& change, time_point now) {
  auto age = std::chrono::duration_cast<std::chrono::seconds>(now - change.spawned_at).count();
  return {{"change", to_string(change.id)},
          {"kind", change.kind},
          {"summary", change.summary},
          {"requester-uid", change.requester_uid},
          {"since", to_rfc3339(change.spawned_at)},
          {"age-s", age}};
}

json::object link_resource(const why_link& link, time_point now) {
  auto waiting = wait_resource(link.reason);
  waiting["text"] = link.text;
  json::object result{{"change", to_string(link.lane.change)},
                      {"lane", link.lane.lane},
                      {"doing", link.doing},
                      {"task", to_string(link.task->id)},
                      {"kind", link.task->kind},
                      {"summary", link.task->summary},
                      {"status", to_word(link.task->status)},
                      {"since", to_rfc3339(link.since)},
                      {"waiting", std::move(waiting)},
                      {"owner", owner_resource(link.change->record, now)}};
  if (!link.snap.empty())
    result["snap"] = link.snap;
  return result;
}

} // namespace

json::object why_resource(const explanation& answer) {
  json::array chain;
  for (const auto& link : answer.chain)
    chain.push_back(link_resource(link, answer.at));
  json::array also;
  for (const auto& link : answer.also)
    also.push_back(link_resource(link, answer.at));
  json::array loop;
  for (auto id : answer.loop)
    loop.emplace_back(to_string(id));
  return {{"subject", answer.subject},
          {"waits", !answer.chain.empty()},
          {"chain", std::move(chain)},
          {"also", std::move(also)},
          {"loop", std::move(loop)},
          {"root", json::object{{"cause", answer.cause}, {"text", answer.root}}},
          {"ends-when", answer.ends_when}};
}

} // namespace troupe
