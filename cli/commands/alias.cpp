#include <iostream>

#include "cli/commands/alias_changes.hpp"
#include "cli/commands/registry.hpp"

namespace troupe::cli {

void add_alias(CLI::App& app, session& session) {
  auto target = std::make_shared<std::string>();
  auto alias = std::make_shared<std::string>();
  auto* command = app.add_subcommand("alias", "Give an application another name")->group(group::names);
  command->add_option("SNAP.APP", *target, "An application of an installed snap")
      ->required()
      ->type_name("");
  command->add_option("ALIAS", *alias, "Its other name")->required()->type_name("");
  auto options = add_change_options(*command, false);
  command->footer(
      "Examples:\n"
      "  troupe alias hello.greet hi    # then `hi` starts hello.greet\n"
      "  troupe alias hello h           # of the application that has its snap's name\n\n"
      "It stays with refreshes and reverts; while a revision has no such application it is\n"
      "disabled. An alias that the snap has already starts this application from now on. One that\n"
      "another snap has, or that could be another snap's command, is refused. See what there is\n"
      "with: troupe aliases. With --json: the change.");
  command->callback([&session, target, alias, options] {
    session.action = [&session, target, alias, options] {
      auto dot = target->find('.');
      auto snap = target->substr(0, dot);
      auto app = dot == target->npos ? snap.substr(0, snap.find('_')) : target->substr(dot + 1);
      return change_aliases(
          session, {{"action", "alias"}, {"snap", snap}, {"app", app}, {"alias", *alias}}, *options);
    };
  });
}

void add_unalias(CLI::App& app, session& session) {
  auto name = std::make_shared<std::string>();
  auto* command =
      app.add_subcommand("unalias", "Disable an alias, or all aliases of a snap")->group(group::names);
  command->add_option("ALIAS|SNAP", *name, "An alias that was given by hand, or an installed snap")
      ->required()
      ->type_name("");
  auto options = add_change_options(*command, false);
  command->footer("Examples:\n"
                  "  troupe unalias hi       # one that `troupe alias` has made\n"
                  "  troupe unalias hello    # all of the snap, and its automatic ones from now on\n\n"
                  "To enable a snap's automatic aliases again: troupe prefer SNAP.");
  command->callback([&session, name, options] {
    session.action = [&session, name, options] {
      return change_aliases(session, {{"action", "unalias"}, {"snap", *name}, {"alias", *name}},
                            *options);
    };
  });
}

void add_prefer(CLI::App& app, session& session) {
  auto name = std::make_shared<std::string>();
  auto* command = app.add_subcommand("prefer", "Enable a snap's automatic aliases before other snaps'")
                      ->group(group::names);
  command->add_option("SNAP", *name, "An installed snap")->required()->type_name("");
  auto options = add_change_options(*command, false);
  command->footer(
      "Example:\n"
      "  troupe prefer hello\n\n"
      "Of other snaps that have enabled one of these, the automatic aliases are turned off,\n"
      "and the same ones that were given by hand are removed. All of it is done or nothing.");
  command->callback([&session, name, options] {
    session.action = [&session, name, options] {
      return change_aliases(session, {{"action", "prefer"}, {"snap", *name}}, *options);
    };
  });
}

} // namespace troupe::cli
