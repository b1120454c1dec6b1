#include "runtime/rules/connection_tasks.hpp"

#include <chrono>
#include <set>

#include "runtime/limits.hpp"
#include "runtime/rules/connection_json.hpp"
#include "runtime/rules/interface_rule.hpp"

namespace troupe {

namespace {

json::object setup_of(const planned_connection& what) {
  return {{"connection", to_string(what.ref)}, {"former", to_json(what.former)}};
}

/// Runs DOES-SIDE-NAME at one end, and to undo it UNDOES-SIDE-NAME, where the snap has either.
void add_end_hook(task_chain& chain, const planned_connection& what, rule_side side,
                  const std::string& does, const std::string& undoes) {
  const auto& info = side == rule_side::plug ? what.plug : what.slot;
  const auto& end = side == rule_side::plug ? what.ref.plug : what.ref.slot;
  const auto of_end = "-" + std::string{to_word(side)} + "-" + end.name;
  if (!info || (!info->has_hook(does + of_end) && !info->has_hook(undoes + of_end)))
    return;
  auto setup = setup_of(what);
  setup["hook"] = does + of_end;
  setup["undo-hook"] = undoes + of_end;
  setup["snap"] = end.snap;
  setup["side"] = to_word(side);
  setup["time-limit-s"] = std::chrono::duration_cast<std::chrono::seconds>(limits::hook_run).count();
  chain.add("run-hook", "Run " + does + of_end + " hook of \"" + end.snap + "\" snap", setup);
}

/// The snaps that are let do something by connections that are there before and not after, or the other
/// way round: those of the plugs.
std::set<std::string> confined_by(const std::vector<planned_connection>& all, bool connects) {
  std::set<std::string> snaps;
  for (const auto& what : all)
    if (what.was_there != connects)
      snaps.insert(what.ref.plug.snap);
  return snaps;
}

// Profiles are written from what their snap is connected to at that moment, which others may change too:
// after the connections have changed, and in an undo after they have changed back.
void add_kept_profiles(task_chain& chain, const std::string& snap) {
  chain.add("keep-profiles", "Keep security profiles of snap \"" + snap + '"', {{"snap", snap}});
}

void add_profiles_after(task_chain& chain, const std::set<std::string>& snaps) {
  for (const auto& snap : snaps)
    chain.add("setup-profiles", "Setup security profiles of snap \"" + snap + '"', {{"snap", snap}});
}

std::string between(const connection_ref& ref, std::string_view word) {
  return to_string(ref.plug) + " " + std::string{word} + " " + to_string(ref.slot);
}

} // namespace

void add_connect_tasks(task_chain& chain, const std::vector<planned_connection>& all, bool automatic) {
  const auto confined = confined_by(all, true);
  auto not_kept = confined;
  for (const auto& what : all) {
    add_end_hook(chain, what, rule_side::plug, "prepare", "unprepare");
    add_end_hook(chain, what, rule_side::slot, "prepare", "unprepare");
    if (not_kept.erase(what.ref.plug.snap) > 0)
      add_kept_profiles(chain, what.ref.plug.snap);
    auto setup = setup_of(what);
    setup["automatic"] = automatic;
    chain.add("connect", "Connect " + between(what.ref, "to"), setup);
  }
  add_profiles_after(chain, confined);
  for (const auto& what : all) {
    add_end_hook(chain, what, rule_side::plug, "connect", "disconnect");
    add_end_hook(chain, what, rule_side::slot, "connect", "disconnect");
  }
}

void add_disconnect_tasks(task_chain& chain, const std::vector<planned_connection>& all,
                          disconnection how) {
  const auto confined = confined_by(all, false);
  for (const auto& what : all) {
    add_end_hook(chain, what, rule_side::slot, "disconnect", "connect");
    add_end_hook(chain, what, rule_side::plug, "disconnect", "connect");
  }
  for (const auto& snap : confined)
    add_kept_profiles(chain, snap);
  for (const auto& what : all) {
    auto setup = setup_of(what);
    setup["forget"] = how == disconnection::forgotten;
    chain.add("disconnect", "Disconnect " + between(what.ref, "from"), setup);
  }
  add_profiles_after(chain, confined);
  for (const auto& what : all) {
    add_end_hook(chain, what, rule_side::slot, "unprepare", "prepare");
    add_end_hook(chain, what, rule_side::plug, "unprepare", "prepare");
  }
}

std::vector<std::pair<connection_ref, lane_key>>
promised_connections(const std::vector<change_record>& changes) {
  std::vector<std::pair<connection_ref, lane_key>> result;
  for (const auto& change : changes)
    for (const auto& task : change.tasks) {
      if (is_set(change.ready_at) || task.kind != "connect" || is_ready(task.status))
        continue;
      const auto setup = json::parse_object(task.setup);
      const auto ref = connection_ref_from_text(json::string_or(setup, "connection"));
      if (ref && json::bool_or(setup, "automatic") && !task.lanes.empty())
        result.emplace_back(*ref, lane_key{change.id, task.lanes.front()});
    }
  return result;
}

} // namespace troupe
