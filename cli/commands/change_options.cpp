#include "cli/commands/change_options.hpp"

namespace troupe::cli {

std::vector<std::pair<std::string, std::string>> change_options::fields() const {
  std::vector<std::pair<std::string, std::string>> given;
  if (!transaction.empty())
    given.emplace_back("transaction", transaction);
  if (!conflict.empty())
    given.emplace_back("conflict", conflict);
  if (ignores_running)
    given.emplace_back("ignore-running", "true");
  else if (!running_apps.empty())
    given.emplace_back("running-apps", running_apps);
  return given;
}

void change_options::add_to(json::object& request) const {
  for (const auto& [name, value] : fields())
    request[name] = value == "true" ? json::value(true) : json::value(value);
}

void add_running_apps_options(CLI::App& command, change_options& options) {
  options.running_apps = "wait";
  auto* waits =
      command
          .add_option("--running-apps", options.running_apps,
                      "While applications of a snap run: wait (the default), wait=TIME such as\n"
                      "wait=10m, or fail")
          ->type_name("WHAT");
  command
      .add_flag("--ignore-running", options.ignores_running,
                "Replace a snap although its applications run")
      ->excludes(waits);
}

std::shared_ptr<change_options> add_change_options(CLI::App& command, bool several_snaps) {
  auto options = std::make_shared<change_options>();
  command
      .add_option(
          "--conflict", options->conflict,
          "Where another change has a snap: fail (the default), wait, wait=TIME such as wait=30s,\n"
          "or replace, which ends a change that only waits for applications to be closed")
      ->type_name("WHAT");
  if (several_snaps)
    command
        .add_option(
            "--transaction", options->transaction,
            "Whether a snap that fails leaves the others alone (per-snap, the default) or undoes\n"
            "them all (all-snaps)")
        ->check(CLI::IsMember({"per-snap", "all-snaps"}))
        ->type_name("HOW");
  return options;
}

std::string start_change_on(session& session, const std::vector<std::string>& names,
                            json::object request, const change_options& options) {
  options.add_to(request);
  if (names.size() == 1)
    return session.start_change(snap_target(names.front()), request);
  json::array list;
  for (const auto& name : names) {
    snap_target(name);
    list.emplace_back(name);
  }
  request["snaps"] = std::move(list);
  return session.start_change("/v2/snaps", request);
}

} // namespace troupe::cli
