#include "runtime/rules/task_lists.hpp"

#include <algorithm>
#include <chrono>

#include "runtime/limits.hpp"
#include "runtime/rules/aliases.hpp"

namespace troupe {

namespace {

std::string quoted(const std::string& name) { return '"' + name + '"'; }

std::string quoted(const std::string& name, revision rev) {
  return quoted(name) + " (" + to_string(rev) + ")";
}

bool has_services(const snap_info& info) {
  return std::any_of(info.apps.begin(), info.apps.end(),
                     [](const app_info& app) { return app.is_service(); });
}

void add_hook(task_chain& chain, const snap_info& info, const std::string& hook,
              json::object more = {}) {
  if (!info.has_hook(hook))
    return;
  auto limit =
      hook == "configure" || hook == "default-configure" ? limits::configure_hook_run : limits::hook_run;
  more["hook"] = hook;
  more["time-limit-s"] = std::chrono::duration_cast<std::chrono::seconds>(limit).count();
  chain.add("run-hook", "Run " + hook + " hook of " + quoted(chain.op().snap) + " snap", more);
}

/// One that is made up for by another hook of the same revision, where the snap has that.
void add_undoable_hook(task_chain& chain, const snap_info& info, const std::string& hook,
                       json::object more = {}) {
  more["undo-hook"] = "undo-" + hook;
  add_hook(chain, info, hook, std::move(more));
}

void add_start_services(task_chain& chain, const snap_info& info, revision rev) {
  if (has_services(info))
    chain.add("start-snap-services", "Start snap " + quoted(chain.op().snap, rev) + " services");
}

void add_stop_services(task_chain& chain, const snap_info& info) {
  if (has_services(info))
    chain.add("stop-snap-services", "Stop snap " + quoted(chain.op().snap) + " services");
}

void add_setup_profiles(task_chain& chain, revision rev) {
  chain.add("setup-profiles", "Setup snap " + quoted(chain.op().snap, rev) + " security profiles");
}

void add_link(task_chain& chain, revision rev) {
  chain.add("link-snap", "Make snap " + quoted(chain.op().snap, rev) + " available to the system");
}

void add_aliases(task_chain& chain) {
  const auto& name = chain.op().snap;
  chain.add("auto-connect", "Automatically connect eligible plugs and slots of snap " + quoted(name));
  chain.add("set-auto-aliases", "Set automatic aliases for snap " + quoted(name));
}

// Its undo waits for applications too, so that what the new revision's users have begun isn't pulled
// from under them.
void add_allow_apps_task(task_chain& chain) {
  chain.add("allow-apps", "Let applications of snap " + quoted(chain.op().snap) + " start again");
}

/// A failure of these is the revision's fault.
void add_judging_hooks(task_chain& chain, const snap_info& info) {
  add_hook(chain, info, "configure", {{"judges", true}});
  add_hook(chain, info, "check-health", {{"judges", true}});
}

void add_unlink(task_chain& chain, const snap_state& state) {
  const auto& name = chain.op().snap;
  chain.add("remove-aliases", "Remove aliases for snap " + quoted(name));
  chain.add("unlink-snap", "Make snap " + quoted(name, state.current) + " unavailable to the system");
  chain.add("remove-profiles", "Remove security profiles of snap " + quoted(name, state.current));
}

} // namespace

task_chain::task_chain(change_record& change, const plan_context& context, std::int32_t operation_index)
    : change_{change}, context_{context}, index_{operation_index} {
  if (context.after)
    awaited_.push_back(*context.after);
}

void task_chain::add(std::string kind, std::string summary, const json::object& setup) {
  task_record task;
  task.id = context_.next_task();
  task.kind = std::move(kind);
  task.summary = std::move(summary);
  task.setup = json::write(setup);
  task.operation = index_;
  task.lanes = {op().lane};
  task.spawned_at = context_.now;
  if (last_)
    task.waits_for = {last_};
  task.waits_for.insert(task.waits_for.end(), awaited_.begin(), awaited_.end());
  awaited_.clear();
  last_ = task.id;
  change_.tasks.push_back(std::move(task));
}

void add_image_tasks(task_chain& chain) {
  const auto& op = chain.op();
  chain.add("prerequisites", "Ensure prerequisites for " + quoted(op.snap) + " are available");
  if (op.download) {
    chain.add("download-snap",
              "Download snap " + quoted(op.snap, op.rev) + " from channel " + quoted(op.channel));
    chain.add("validate-snap", "Check the metadata of snap " + quoted(op.snap, op.rev));
  } else {
    chain.add("prepare-snap", "Prepare snap " + quoted(op.given_path, op.rev));
  }
  chain.add("mount-snap", "Mount snap " + quoted(op.snap, op.rev));
}

void add_known_image_tasks(task_chain& chain) {
  const auto& op = chain.op();
  chain.add("prerequisites", "Ensure prerequisites for " + quoted(op.snap) + " are available");
  chain.add("prepare-snap", "Prepare snap " + quoted(op.snap, op.rev));
}

void add_install_tasks(task_chain& chain) {
  const auto& op = chain.op();
  const auto& info = *op.info;
  add_image_tasks(chain);
  chain.add("copy-snap-data", "Copy snap " + quoted(op.snap) + " data");
  add_setup_profiles(chain, op.rev);
  add_link(chain, op.rev);
  add_aliases(chain);
  add_hook(chain, info, "install");
  add_hook(chain, info, "default-configure");
  add_start_services(chain, info, op.rev);
  add_hook(chain, info, "configure");
  add_hook(chain, info, "check-health");
}

void add_wait_for_apps_task(task_chain& chain, const vacancy_terms& terms, revision to) {
  auto setup = to_json(terms);
  setup["hook"] = "refresh-pending";
  setup["revision"] = to_string(chain.op().from);
  setup["to"] = to_string(to);
  setup["time-limit-s"] =
      std::chrono::duration_cast<std::chrono::seconds>(limits::refresh_pending_hook_run).count();
  chain.add("wait-for-apps", "Wait until no application of snap " + quoted(chain.op().snap) + " runs",
            setup);
}

void add_refresh_tasks(task_chain& chain, const snap_info& former, bool allows_apps) {
  const auto& op = chain.op();
  const auto& info = *op.info;
  add_undoable_hook(chain, former, "pre-refresh", {{"revision", to_string(op.from)}});
  add_stop_services(chain, former);
  chain.add("unlink-current-snap", "Make current revision for snap " + quoted(op.snap) + " unavailable");
  chain.add("copy-snap-data", "Copy snap " + quoted(op.snap) + " data");
  add_setup_profiles(chain, op.rev);
  add_link(chain, op.rev);
  if (allows_apps)
    add_allow_apps_task(chain);
  add_aliases(chain);
  add_undoable_hook(chain, info, "post-refresh", {{"judges", true}});
  add_start_services(chain, info, op.rev);
  add_judging_hooks(chain, info);
}

void add_revert_tasks(task_chain& chain, const snap_state& state,
                      const std::optional<vacancy_terms>& waits_for_apps) {
  const auto& op = chain.op();
  const auto& info = *state.find(op.rev)->info;
  add_known_image_tasks(chain);
  if (waits_for_apps)
    add_wait_for_apps_task(chain, *waits_for_apps, op.rev);
  add_stop_services(chain, *state.info());
  chain.add("unlink-current-snap", "Make current revision for snap " + quoted(op.snap) + " unavailable");
  add_setup_profiles(chain, op.rev);
  add_link(chain, op.rev);
  if (waits_for_apps)
    add_allow_apps_task(chain);
  add_aliases(chain);
  add_start_services(chain, info, op.rev);
  add_hook(chain, info, "configure");
  add_hook(chain, info, "check-health");
}

void add_switch_tasks(task_chain& chain, const snap_state& state) {
  const auto& op = chain.op();
  chain.add("switch-snap-channel", "Switch snap " + quoted(op.snap) + " from channel " +
                                       quoted(state.channel) + " to " + quoted(op.channel));
}

void add_drop_former_data_task(task_chain& chain) {
  chain.add("drop-former-data",
            "Remove the former data of snap " + quoted(chain.op().snap, chain.op().rev));
}

void add_enable_tasks(task_chain& chain, const snap_state& state) {
  const auto& name = chain.op().snap;
  chain.add("prepare-snap", "Prepare snap " + quoted(name, state.current));
  add_setup_profiles(chain, state.current);
  add_link(chain, state.current);
  chain.add("setup-aliases", "Setup snap " + quoted(name) + " aliases");
  add_start_services(chain, *state.info(), state.current);
}

void add_disable_tasks(task_chain& chain, const snap_state& state) {
  add_stop_services(chain, *state.info());
  add_unlink(chain, state);
}

void add_remove_tasks(task_chain& chain, const snap_state& state, bool keeps_snapshot) {
  const auto& name = chain.op().snap;
  if (state.active) {
    add_stop_services(chain, *state.info());
    add_hook(chain, *state.info(), "remove", {{"ignore-error", true}});
  }
  chain.add("auto-disconnect", "Disconnect interfaces of snap " + quoted(name));
  if (keeps_snapshot && state.info() && state.info()->type == snap_type::app)
    chain.add("save-snapshot", "Save data of snap " + quoted(name, state.current) + " in a snapshot",
              {{"revision", to_string(state.current)}, {"automatic", true}});
  if (state.active)
    add_unlink(chain, state);
}

void add_discard_all_tasks(task_chain& chain, const snap_state& state) {
  for (const auto& installed : state.revisions)
    if (installed.rev != state.current)
      add_discard_tasks(chain, installed.rev);
  if (state.current)
    add_discard_tasks(chain, state.current);
}

void add_discard_tasks(task_chain& chain, revision rev) {
  const auto& name = chain.op().snap;
  json::object setup{{"revision", to_string(rev)}};
  chain.add("clear-snap", "Remove data for snap " + quoted(name, rev), setup);
  chain.add("discard-snap", "Remove snap " + quoted(name, rev) + " from the system", setup);
}

void add_configure_tasks(task_chain& chain, const snap_info& info) {
  add_hook(chain, info, "configure", {{"edits", chain.op().config}});
}

namespace {

std::string summary_of_services(std::string verb, const std::vector<std::string>& apps,
                                const std::string& snap) {
  verb[0] = static_cast<char>(verb[0] - 'a' + 'A');
  std::string names;
  for (const auto& app : apps)
    names += (names.empty() ? " " : ", ") + quoted(app);
  return verb + (apps.size() == 1 ? " service" : " services") + names + " of snap " + quoted(snap);
}

} // namespace

void add_service_task(task_chain& chain) {
  const auto& op = chain.op();
  chain.add("service-command",
            summary_of_services(op.verb.substr(0, op.verb.find('-')), op.services, op.snap));
}

void add_asked_service_task(task_chain& chain, const std::string& verb,
                            const std::vector<std::string>& names, bool for_good) {
  chain.add("service-command", summary_of_services(verb, names, chain.op().snap),
            {{"verb", verb + "-services"},
             {"services", json::array(names.begin(), names.end())},
             {"for-good", for_good}});
}

void add_snapshot_tasks(task_chain& chain) {
  const auto& op = chain.op();
  const auto set = " snapshot set " + std::to_string(op.snapshot_set);
  if (op.verb == "save-snapshot")
    chain.add("save-snapshot", "Save data of snap " + quoted(op.snap, op.rev) + " in a snapshot");
  else if (op.verb == "check-snapshot")
    chain.add("check-snapshot", "Check data of snap " + quoted(op.snap, op.rev) + " in" + set);
  else if (op.verb == "restore-snapshot")
    chain.add("restore-snapshot", "Restore data of snap " + quoted(op.snap, op.rev) + " from" + set);
}

void add_final_snapshot_tasks(task_chain& chain) {
  const auto& op = chain.op();
  if (op.verb == "restore-snapshot")
    chain.add("drop-replaced-data", "Remove the replaced data of snap " + quoted(op.snap));
  else if (op.verb == "forget-snapshot")
    chain.add("forget-snapshot", "Forget data of snap " + quoted(op.snap, op.rev) + " in snapshot set " +
                                     std::to_string(op.snapshot_set));
}

void add_alias_tasks(task_chain& chain) {
  const auto& op = chain.op();
  if (op.verb == "alias")
    chain.add("alias",
              "Enable alias " + quoted(op.alias) + " for " + quoted(command_of(op.snap, op.app)));
  else if (op.verb == "unalias" && !op.alias.empty())
    chain.add("unalias", "Disable alias " + quoted(op.alias) + " of snap " + quoted(op.snap));
  else if (op.verb == "unalias")
    chain.add("unalias", "Disable aliases of snap " + quoted(op.snap));
  else if (op.verb == "prefer")
    chain.add("prefer", "Enable automatic aliases of snap " + quoted(op.snap));
  else
    chain.add("yield-aliases", "Disable aliases of snap " + quoted(op.snap) + " that another one gets");
}

} // namespace troupe
