#include <iostream>

#include "cli/commands/change_options.hpp"
#include "cli/commands/end_names.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/wait.hpp"

namespace troupe::cli {

namespace {

/// Starts the change and follows it to its end.
int change_connection(session& session, json::object request, const change_options& options) {
  options.add_to(request);
  auto change = session.start_change("/v2/interfaces", request);
  return finish(session, change, [](const json::object&) {});
}

end_word must_name_end(const std::string& word) {
  auto end = end_from_word(word);
  if (end.name.empty())
    throw usage_error{"\"" + word + "\" names no plug or slot: write SNAP:NAME"};
  return end;
}

} // namespace

void add_connect(CLI::App& app, session& session) {
  auto plug = std::make_shared<std::string>();
  auto slot = std::make_shared<std::string>();
  auto* command = app.add_subcommand("connect", "Connect a plug to a slot")->group(group::interfaces);
  command->add_option("SNAP:PLUG", *plug, "A plug of an installed snap")->required()->type_name("");
  command->add_option("SNAP[:SLOT]", *slot, "A slot; the system's of the plug's interface unless given")
      ->type_name("");
  auto options = add_change_options(*command, false);
  command->footer(
      "Examples:\n"
      "  troupe connect player:camera            # to the system's slot of that interface\n"
      "  troupe connect player:themes gtk        # to the only slot of that interface that gtk has\n"
      "  troupe connect player:themes gtk:themes\n\n"
      "The hooks of both snaps run: prepare-plug-…, prepare-slot-…, then with the permissions\n"
      "connect-plug-…, connect-slot-…; where one fails, all is undone as far as it was done.\n"
      "See what there is with: troupe connections. With --json: the change.");
  command->callback([&session, plug, slot, options] {
    session.action = [&session, plug, slot, options] {
      return change_connection(session,
                               connection_request("connect", must_name_end(*plug),
                                                  slot->empty() ? end_word{} : end_from_word(*slot)),
                               *options);
    };
  });
}

void add_disconnect(CLI::App& app, session& session) {
  auto first = std::make_shared<std::string>();
  auto second = std::make_shared<std::string>();
  auto forget = std::make_shared<bool>(false);
  auto* command =
      app.add_subcommand("disconnect", "Disconnect a plug from a slot")->group(group::interfaces);
  command->add_option("SNAP:PLUG|SNAP:SLOT", *first, "A plug, or a slot if it is the only one named")
      ->required()
      ->type_name("");
  command->add_option("SNAP:SLOT", *second, "A slot; all that the first is connected to unless given")
      ->type_name("");
  command->add_flag("--forget", *forget,
                    "As if it had never been connected: it may be connected by itself again");
  auto options = add_change_options(*command, false);
  command->footer(
      "Examples:\n"
      "  troupe disconnect player:camera\n"
      "  troupe disconnect player:themes gtk:themes\n"
      "  troupe disconnect gtk:themes            # from all plugs\n"
      "  troupe disconnect player:network --forget\n\n"
      "What was connected by itself is remembered, and isn't connected by itself again, unless it\n"
      "is forgotten. The hooks of both snaps run: disconnect-slot-…, disconnect-plug-…, then without\n"
      "the permissions unprepare-slot-…, unprepare-plug-…. With --json: the change.");
  command->callback([&session, first, second, forget, options] {
    session.action = [&session, first, second, forget, options] {
      auto has_both = !second->empty();
      auto one = must_name_end(*first);
      auto request = connection_request("disconnect", has_both ? one : end_word{},
                                        has_both ? end_from_word(*second) : one);
      if (*forget)
        request["forget"] = true;
      return change_connection(session, std::move(request), *options);
    };
  });
}

} // namespace troupe::cli
