#include "cli/stress/scenario.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <limits>
#include <unordered_set>
#include <utility>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe::stress {

namespace {

/// What is wrong with the meaning of a document, and where in it; the file's name is added later.
struct misread {
  std::string where;
  std::string what;
};

constexpr std::array<std::pair<std::string_view, fault_kind>, 5> fault_words{
    {{"block", fault_kind::block},
     {"retry", fault_kind::retry},
     {"error", fault_kind::error},
     {"set-ready", fault_kind::set_ready},
     {"wait", fault_kind::wait}}};

constexpr std::array<std::string_view, 6> event_suffixes{"",       "-error",   "-retry",
                                                         "-block", "-unblock", "-wait"};

[[noreturn]] void refuse(std::string where, std::string what) {
  throw misread{std::move(where), std::move(what)};
}

std::string below(const std::string& where, std::string_view key) {
  return where.empty() ? std::string{key} : where + "." + std::string{key};
}

std::string item(const std::string& where, std::size_t index) {
  return where + "[" + std::to_string(index) + "]";
}

const json::object& an_object(const json::value& from, const std::string& where) {
  if (!from.is_object())
    refuse(where, "must be an object");
  return from.get_object();
}

const json::array& an_array(const json::value& from, const std::string& where) {
  if (!from.is_array())
    refuse(where, "must be an array");
  return from.get_array();
}

std::string a_string(const json::value& from, const std::string& where) {
  if (!from.is_string())
    refuse(where, "must be a string");
  return std::string{from.get_string()};
}

bool a_bool(const json::value& from, const std::string& where) {
  if (!from.is_bool())
    refuse(where, "must be true or false");
  return from.get_bool();
}

void only_keys(const json::object& from, const std::string& where,
               std::initializer_list<std::string_view> known) {
  for (const auto& entry : from)
    if (std::find(known.begin(), known.end(), std::string_view{entry.key()}) == known.end()) {
      std::string list;
      for (auto key : known)
        list += (list.empty() ? "" : ", ") + std::string{key};
      refuse(where, "unknown key " + in_quotes(entry.key()) + "; known are " + list);
    }
}

/// The value under a key; null counts as absent.
const json::value* find(const json::object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  return found && !found->is_null() ? found : nullptr;
}

const json::value& need(const json::object& from, const std::string& where, std::string_view key) {
  const auto* found = find(from, key);
  if (!found)
    refuse(below(where, key), "missing");
  return *found;
}

std::vector<lane_number> lanes(const json::value& from, const std::string& where) {
  std::vector<lane_number> result;
  for (const auto& entry : an_array(from, where)) {
    boost::json::error_code fault;
    auto number = entry.is_double() ? 0 : entry.to_number<lane_number>(fault);
    if (entry.is_double() || fault)
      refuse(item(where, result.size()), "must be a whole number from 0 to " +
                                             std::to_string(std::numeric_limits<lane_number>::max()));
    result.push_back(number);
  }
  return result;
}

task_status a_status(const json::value& from, const std::string& where) {
  auto word = a_string(from, where);
  auto status = status_from_word(word);
  if (!status) {
    std::string list;
    for (auto known : detail::status_words)
      list += (list.empty() ? "" : ", ") + std::string{known};
    refuse(where, "unknown status " + in_quotes(word) + "; known are " + list);
  }
  return *status;
}

using task_ids = std::unordered_set<std::string>;

scenario_task a_task(const json::value& from, const std::string& where) {
  const auto& object = an_object(from, where);
  only_keys(object, where, {"id", "waits_for", "lanes", "undo", "status", "waited"});
  scenario_task task;
  task.id = a_string(need(object, where, "id"), below(where, "id"));
  if (task.id.empty())
    refuse(below(where, "id"), "must not be empty");
  if (const auto* waits = find(object, "waits_for"))
    for (const auto& entry : an_array(*waits, below(where, "waits_for")))
      task.waits_for.push_back(a_string(entry, item(below(where, "waits_for"), task.waits_for.size())));
  if (const auto* in = find(object, "lanes"))
    task.lanes = lanes(*in, below(where, "lanes"));
  if (const auto* undo = find(object, "undo"))
    task.has_undo = a_bool(*undo, below(where, "undo"));
  if (const auto* status = find(object, "status"))
    task.status = a_status(*status, below(where, "status"));
  if (const auto* waited = find(object, "waited")) {
    task.waited = a_status(*waited, below(where, "waited"));
    if (task.status != task_status::wait && task.waited != task_status::done)
      refuse(below(where, "waited"), "only a task with status Wait has a waited status other than Done");
    if (task.waited == task_status::wait)
      refuse(below(where, "waited"), "a Wait can't be resolved to Wait");
  }
  return task;
}

task_ids read_tasks(const json::value& from, const std::string& where,
                    std::vector<scenario_task>& into) {
  const auto& entries = an_array(from, where);
  if (entries.size() > limits::change_tasks)
    refuse(where,
           std::to_string(entries.size()) + " tasks; at most " + std::to_string(limits::change_tasks));
  task_ids ids;
  for (const auto& entry : entries) {
    auto place = item(where, into.size());
    into.push_back(a_task(entry, place));
    if (!ids.insert(into.back().id).second)
      refuse(below(place, "id"), "there is another task " + in_quotes(into.back().id));
  }
  for (std::size_t i = 0; i < into.size(); ++i)
    for (std::size_t j = 0; j < into[i].waits_for.size(); ++j)
      if (!ids.contains(into[i].waits_for[j]))
        refuse(item(below(item(where, i), "waits_for"), j),
               "there is no task " + in_quotes(into[i].waits_for[j]));
  return ids;
}

scenario_fault a_fault(const json::value& from, const std::string& where, const task_ids& ids) {
  const auto& object = an_object(from, where);
  only_keys(object, where, {"task", "on", "what"});
  scenario_fault fault;
  fault.task = a_string(need(object, where, "task"), below(where, "task"));
  if (!ids.contains(fault.task))
    refuse(below(where, "task"), "there is no task " + in_quotes(fault.task));
  auto on = a_string(need(object, where, "on"), below(where, "on"));
  if (on != "do" && on != "undo")
    refuse(below(where, "on"), "unknown word " + in_quotes(on) + "; known are do, undo");
  fault.on_undo = on == "undo";
  auto what = a_string(need(object, where, "what"), below(where, "what"));
  const auto* known = std::find_if(fault_words.begin(), fault_words.end(),
                                   [&](const auto& entry) { return entry.first == what; });
  if (known == fault_words.end())
    refuse(below(where, "what"),
           "unknown word " + in_quotes(what) + "; known are error, retry, block, wait, set-ready");
  fault.what = known->second;
  return fault;
}

void check_event(const std::string& event, const std::string& where, const task_ids& ids) {
  auto colon = event.rfind(':');
  auto kind = colon == event.npos ? std::string{} : event.substr(colon + 1);
  auto is_known = std::any_of(event_suffixes.begin(), event_suffixes.end(), [&](auto suffix) {
    return kind == "do" + std::string{suffix} || kind == "undo" + std::string{suffix};
  });
  if (!is_known)
    refuse(where, in_quotes(event) +
                      " is no event; an event is a task's id and :do or :undo, and after that "
                      "nothing or -error, -retry, -block, -unblock or -wait");
  if (!ids.contains(event.substr(0, colon)))
    refuse(where, in_quotes(event) + ": there is no task " + in_quotes(event.substr(0, colon)));
}

void check_lanes_exist(const std::vector<lane_number>& wanted, const std::string& where,
                       const std::vector<scenario_task>& tasks) {
  std::unordered_set<lane_number> known;
  for (const auto& task : tasks) {
    if (task.lanes.empty())
      known.insert(0);
    known.insert(task.lanes.begin(), task.lanes.end());
  }
  if (wanted.empty())
    refuse(where, "must name a lane");
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (!known.contains(wanted[i]))
      refuse(item(where, i), "there is no task in lane " + std::to_string(wanted[i]));
}

scenario_abort an_abort(const json::value& from, const std::string& where, const scenario& of,
                        const task_ids& ids) {
  const auto& object = an_object(from, where);
  only_keys(object, where, {"when", "what"});
  scenario_abort abort;
  abort.when = a_string(need(object, where, "when"), below(where, "when"));
  if (abort.when != "before") {
    check_event(abort.when, below(where, "when"), ids);
    if (!of.run)
      refuse(below(where, "when"), "contradictory options: with run false only \"before\" can be");
  }
  const auto& what = need(object, where, "what");
  auto place = below(where, "what");
  if (what.is_object()) {
    only_keys(what.get_object(), place, {"lanes"});
    auto list = lanes(need(what.get_object(), place, "lanes"), below(place, "lanes"));
    check_lanes_exist(list, below(place, "lanes"), of.tasks);
    abort.what = std::move(list);
  } else if (what.is_string() && what.get_string() == "change") {
    abort.what = whole_change{};
  } else if (what.is_string() && what.get_string() == "unready_lanes") {
    abort.what = unready_lanes{};
  } else {
    refuse(place, R"(must be "change", "unready_lanes" or {"lanes":[…]})");
  }
  return abort;
}

scenario a_scenario(const json::value& from, const std::string& where) {
  const auto& object = an_object(from, where);
  only_keys(object, where, {"name", "tasks", "faults", "abort", "run", "restart_after"});
  scenario result;
  if (const auto* name = find(object, "name"))
    result.name = a_string(*name, below(where, "name"));
  auto ids = read_tasks(need(object, where, "tasks"), below(where, "tasks"), result.tasks);
  if (const auto* run = find(object, "run"))
    result.run = a_bool(*run, below(where, "run"));
  if (const auto* faults = find(object, "faults"))
    for (const auto& entry : an_array(*faults, below(where, "faults")))
      result.faults.push_back(a_fault(entry, item(below(where, "faults"), result.faults.size()), ids));
  if (const auto* abort = find(object, "abort"))
    result.abort = an_abort(*abort, below(where, "abort"), result, ids);
  if (const auto* restart = find(object, "restart_after")) {
    auto place = below(where, "restart_after");
    result.restart_after = a_string(*restart, place);
    check_event(result.restart_after, place, ids);
    if (!result.run)
      refuse(place,
             "contradictory options: with run false nothing happens that a restart could come after");
  }
  return result;
}

scenario_file a_file(const json::value& document) {
  scenario_file result;
  result.is_array = document.is_array();
  if (!result.is_array) {
    result.scenarios.push_back(a_scenario(document, {}));
    return result;
  }
  for (const auto& entry : document.get_array())
    result.scenarios.push_back(a_scenario(entry, item({}, result.scenarios.size())));
  if (result.scenarios.empty())
    refuse({}, "there is no scenario in the array");
  return result;
}

json::value parse_json(std::string_view text) {
  constexpr std::string_view verb = "cannot read JSON: ";
  try {
    return json::parse(text);
  } catch (const failure& fault) {
    std::string what = fault.what();
    throw misread{{}, what.starts_with(verb) ? what.substr(verb.size()) : what};
  }
}

} // namespace

scenario_file parse_scenarios(std::string_view text, const std::string& name) {
  try {
    if (text.size() > limits::scenario_file_bytes)
      refuse({}, "larger than " + std::to_string(limits::scenario_file_bytes) + " bytes");
    return a_file(parse_json(text));
  } catch (const misread& fault) {
    throw failure{"cannot read scenario file " + in_quotes(name) + ": " + fault.where +
                  (fault.where.empty() ? "" : ": ") + fault.what};
  }
}

} // namespace troupe::stress
