#include "actors/gateway_ask.hpp"
#include "runtime/api/resources.hpp"

namespace troupe {

namespace {

/// The lanes that an abort is about; none: all of them.
std::vector<lane_number> lanes_in(const json::object& body) {
  std::vector<lane_number> lanes;
  const auto* given = body.if_contains("lanes");
  if (!given)
    return lanes;
  const auto* list = given->if_array();
  if (!list || list->empty())
    throw failure{"cannot abort lanes: \"lanes\" must be a list of lane numbers"};
  for (const auto& item : *list) {
    boost::system::error_code problem;
    lanes.push_back(item.to_number<lane_number>(problem));
    if (problem)
      throw failure{"cannot abort lanes: " + json::write(item) + " is no lane number"};
  }
  return lanes;
}

response render_change(const change_view_ptr& view) { return sync(change_resource(*view)); }

} // namespace

void gateway::changes(const exchange_ptr& what, const std::string&) {
  const auto& query = what->what().query;
  auto value = [&](const std::string& key, const std::string& fallback) {
    auto found = query.find(key);
    return found == query.end() || found->second.empty() ? fallback : found->second;
  };
  auto select = value("select", "in-progress");
  if (select != "all" && select != "in-progress" && select != "ready")
    throw failure{"cannot list changes: select must be all, in-progress or ready, not \"" + select +
                  '"'};
  ask<change_list>(what, director_, list_changes{select, value("for", "")}, [](const change_list& list) {
    json::array all;
    for (const auto& view : list)
      all.push_back(change_resource(*view));
    return sync(std::move(all));
  });
}

void gateway::change(const exchange_ptr& what, const std::string& id) {
  ask<change_view_ptr>(what, director_, find_change{parse_id<change_id>(id, "change")}, render_change);
}

void gateway::act_on_change(const exchange_ptr& what, const std::string& id) {
  auto body = json::parse_object(what->what().body);
  auto action = json::string_or(body, "action");
  if (action != "abort")
    throw failure{"cannot act on change " + id + ": unknown action \"" + action +
                  "\"; abort is the only one"};
  ask<change_view_ptr>(what, director_,
                       abort_change_by_id{parse_id<change_id>(id, "change"), lanes_in(body)},
                       render_change);
}

} // namespace troupe
