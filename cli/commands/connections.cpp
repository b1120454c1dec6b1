#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "runtime/api/target.hpp"

namespace troupe::cli {

namespace {

/// `gtk:themes`, or `:network` of the system; "-" for none.
std::string end_text(const json::object& end, std::string_view side) {
  if (end.empty())
    return "-";
  auto snap = text_of(end, "snap");
  return (snap == "snapd" ? std::string{} : snap) + ":" + text_of(end, side);
}

std::string interface_text(const json::object& connection, const json::object& attributes) {
  auto content = text_of(attributes, "content");
  auto name = text_of(connection, "interface");
  return content.empty() ? name : name + "[" + content + "]";
}

int show(session& session, const std::string& snap, bool all) {
  auto query = std::string{all || !snap.empty() ? "?select=all" : ""};
  if (!snap.empty())
    query += "&snap=" + percent_encode(snap);
  auto result = session.get("/v2/connections" + query);
  if (session.json) {
    print_json(result);
    return exit_code::ok;
  }
  const auto& found = as_object(result);
  table table{{"Interface", "Plug", "Slot", "Notes"}};
  auto count = 0;
  const auto add = [&](const json::array& list, const std::string& note) {
    for (const auto& item : list) {
      const auto& one = as_object(item);
      table.add({interface_text(one, object_of(one, "plug-attrs")),
                 end_text(object_of(one, "plug"), "plug"), end_text(object_of(one, "slot"), "slot"),
                 !note.empty()            ? note
                 : flag_of(one, "manual") ? "manual"
                                          : "-"});
      ++count;
    }
  };
  const auto is_alone = [&](const json::object& end) {
    return array_of(end, "connections").empty() && (snap.empty() || text_of(end, "snap") == snap);
  };
  add(array_of(found, "established"), {});
  add(array_of(found, "undesired"), "disconnected");
  for (const auto* side : {"plug", "slot"})
    for (const auto& item : array_of(found, std::string{side} + "s")) {
      const auto& end = as_object(item);
      // The system has a slot of almost every interface.
      const auto is_of_system = text_of(end, "snap") == "snapd";
      if (!is_alone(end) || (is_of_system && snap != "snapd" && snap != "system"))
        continue;
      auto name = end_text(end, side);
      auto is_plug = std::string_view{side} == "plug";
      table.add({interface_text(end, object_of(end, "attrs")), is_plug ? name : "-",
                 is_plug ? "-" : name, text_of(end, "fault").empty() ? "-" : "unusable"});
      ++count;
    }
  if (count > 0)
    table.print(std::cout);
  else
    std::cerr << "Nothing is connected.\n";
  return exit_code::ok;
}

int show_why(session& session, const std::string& snap) {
  auto result = session.get("/v2/troupe/unconnected" +
                            (snap.empty() ? std::string{} : "?snap=" + percent_encode(snap)));
  if (session.json) {
    print_json(result);
    return exit_code::ok;
  }
  table table{{"Interface", "Plug", "Slot", "Not connected because"}};
  auto count = 0;
  for (const auto& item : as_array(result)) {
    const auto& one = as_object(item);
    const auto& plug = object_of(one, "plug");
    const auto& slot = object_of(one, "slot");
    table.add({text_of(one, "interface"), end_text(plug, "plug"), end_text(slot, "slot"),
               text_of(one, "why")});
    ++count;
  }
  if (count > 0)
    table.print(std::cout);
  else
    std::cerr << "All that could be connected is.\n";
  return exit_code::ok;
}

} // namespace

void add_connections(CLI::App& app, session& session) {
  auto snap = std::make_shared<std::string>();
  auto all = std::make_shared<bool>(false);
  auto why = std::make_shared<bool>(false);
  auto* command = app.add_subcommand("connections", "List what is connected")->group(group::interfaces);
  command->add_option("SNAP", *snap, "All plugs and slots of this snap")->type_name("");
  command->add_flag("--all", *all, "Plugs and slots of all snaps, connected or not");
  command->add_flag("--why", *why, "What could be connected and isn't, and why not");
  command->footer("Examples:\n"
                  "  troupe connections\n"
                  "  troupe connections player\n"
                  "  troupe connections player --why\n"
                  "  troupe connections --json | jq '.established[].interface'\n\n"
                  "Notes: manual, connected by hand; disconnected, by hand, and not connected by\n"
                  "itself again; unusable, as --why explains.");
  command->callback([&session, snap, all, why] {
    session.action = [&session, snap, all, why] {
      return *why ? show_why(session, *snap) : show(session, *snap, *all);
    };
  });
}

void add_interfaces(CLI::App& app, session& session) {
  auto snap = std::make_shared<std::string>();
  auto* command = app.add_subcommand("interfaces", "List all plugs and slots, connected or not")
                      ->group(group::interfaces);
  command->add_option("SNAP", *snap, "Those of this snap")->type_name("");
  command->footer("Example:\n"
                  "  troupe interfaces player\n\n"
                  "The same as `troupe connections --all`.");
  command->callback(
      [&session, snap] { session.action = [&session, snap] { return show(session, *snap, true); }; });
}

void add_interface(CLI::App& app, session& session) {
  auto name = std::make_shared<std::string>();
  auto all = std::make_shared<bool>(false);
  auto attributes = std::make_shared<bool>(false);
  auto* command =
      app.add_subcommand("interface", "List interfaces, or show one with its plugs and slots")
          ->group(group::interfaces);
  command->add_option("INTERFACE", *name, "Show this one")->type_name("");
  command->add_flag("--all", *all, "Also those of which nothing is connected");
  command->add_flag("--attrs", *attributes, "The attributes of plugs and slots too");
  command->footer("Examples:\n"
                  "  troupe interface --all\n"
                  "  troupe interface content --attrs");
  command->callback([&session, name, all, attributes] {
    session.action = [&session, name, all, attributes] {
      auto wanted = name->empty() ? std::string{*all ? "all" : "connected"}
                                  : "all&plugs=true&slots=true&names=" + percent_encode(*name);
      auto result = session.get("/v2/interfaces?select=" + wanted);
      if (!name->empty() && as_array(result).empty())
        throw failure{"cannot show interface \"" + *name +
                      "\": it isn't known; see: troupe interface --all"};
      if (session.json) {
        print_json(result);
        return exit_code::ok;
      }
      if (name->empty()) {
        table table{{"Name", "Summary"}};
        for (const auto& item : as_array(result))
          table.add({text_of(as_object(item), "name"), text_of(as_object(item), "summary")});
        table.print(std::cout);
        return exit_code::ok;
      }
      const auto& one = as_object(as_array(result).front());
      std::cout << "name:    " << text_of(one, "name") << "\nsummary: " << text_of(one, "summary")
                << '\n';
      for (const auto* side : {"plug", "slot"}) {
        const auto& ends = array_of(one, std::string{side} + "s");
        if (!ends.empty())
          std::cout << side << "s:\n";
        for (const auto& item : ends) {
          const auto& end = as_object(item);
          std::cout << "  - " << end_text(end, side);
          if (auto label = text_of(end, "label"); !label.empty())
            std::cout << " (" << label << ')';
          std::cout << '\n';
          if (*attributes)
            for (const auto& [key, value] : object_of(end, "attrs"))
              std::cout << "      " << printable(std::string{key}) << ": "
                        << printable(json::write(value)) << '\n';
        }
      }
      return exit_code::ok;
    };
  });
}

} // namespace troupe::cli
