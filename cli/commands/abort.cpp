#include "cli/commands/change_choice.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "runtime/api/target.hpp"

namespace troupe::cli {

namespace {

int abort_change(session& session, const change_choice& choice,
                 const std::vector<std::uint32_t>& lanes) {
  auto id = chosen_change(session, choice);
  json::object request{{"action", "abort"}};
  if (!lanes.empty())
    request["lanes"] = json::array(lanes.begin(), lanes.end());
  json::value result;
  if (id)
    result = session.post("/v2/changes/" + percent_encode(*id), request);
  if (session.json)
    print_json(result);
  return exit_code::ok;
}

} // namespace

void add_abort(CLI::App& app, session& session) {
  auto* command =
      app.add_subcommand("abort", "Stop a change and undo what it has done")->group(group::changes);
  auto choice = add_change_choice(*command);
  auto lanes = std::make_shared<std::vector<std::uint32_t>>();
  command->add_option("--lane", *lanes, "Only this lane of it, and what needs it; may be repeated")
      ->allow_extra_args(false)
      ->type_name("N");
  command->footer("Examples:\n"
                  "  troupe abort 12\n"
                  "  troupe abort 12 --lane 2    # leaves the change's other snaps alone\n"
                  "  troupe abort 12 && troupe watch 12");
  command->callback([&session, choice, lanes] {
    session.action = [&session, choice, lanes] { return abort_change(session, *choice, *lanes); };
  });
}

} // namespace troupe::cli
