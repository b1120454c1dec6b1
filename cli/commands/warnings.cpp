#include <algorithm>
#include <iostream>
#include <sstream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/warnings_seen.hpp"

namespace troupe::cli {

namespace {

struct warnings_options {
  bool all = false;
  bool absolute = false;
};

void print_warning(const json::object& warning, const warnings_options& options) {
  auto show_time = [&](const char* title, const char* key) {
    std::cout << title << human_time(text_of(warning, key), options.absolute) << '\n';
  };
  if (options.all) {
    show_time("first-occurrence:  ", "first-added");
    show_time("last-occurrence:   ", "last-added");
    show_time("acknowledged:      ", "last-shown");
    std::cout << "repeats-after:     " << text_of(warning, "repeat-after") << '\n';
    std::cout << "expires-after:     " << text_of(warning, "expire-after") << '\n';
  } else {
    show_time("last-occurrence:  ", "last-added");
  }
  std::cout << "warning: |\n";
  std::istringstream message{text_of(warning, "message")};
  for (std::string line; std::getline(message, line);)
    std::cout << "  " << line << '\n';
}

/// What was just printed may be said okay to; that this can't be noted is no reason to fail.
void remember(const session& session, const json::array& shown) {
  std::string newest;
  for (const auto& item : shown)
    newest = std::max(newest, text_of(as_object(item), "last-added"));
  if (newest.empty())
    return;
  try {
    remember_warnings_seen(session, newest);
  } catch (const failure& why) {
    std::cerr << printable(why.what()) << '\n';
  }
}

int warnings(session& session, const warnings_options& options) {
  auto found = session.get(options.all ? "/v2/warnings?select=all" : "/v2/warnings");
  const auto& list = as_array(found);
  if (session.json) {
    print_json(found);
  } else if (list.empty()) {
    std::cout << "No warnings.\n";
  } else {
    for (const auto& item : list) {
      if (&item != list.begin())
        std::cout << "---\n";
      print_warning(as_object(item), options);
    }
  }
  remember(session, list);
  return exit_code::ok;
}

} // namespace

void add_warnings(CLI::App& app, session& session) {
  auto options = std::make_shared<warnings_options>();
  auto* command = app.add_subcommand("warnings", "List what the daemon warns of")->group(group::look);
  command->add_flag("--all", options->all,
                    "Also those that somebody said okay to, with all their times");
  command->add_flag("--abs-time", options->absolute, "Show times as RFC 3339");
  command->footer("Examples:\n"
                  "  troupe warnings\n"
                  "  troupe warnings && troupe okay");
  command->callback([&session, options] {
    session.action = [&session, options] { return warnings(session, *options); };
  });
}

} // namespace troupe::cli
