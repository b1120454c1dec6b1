#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/commands/registry.hpp"

namespace troupe::cli {

namespace {

/// Replaces this process by the launcher that lies beside its program.
int run(const std::filesystem::path& root, const std::vector<std::string>& words) {
  if (words.empty())
    throw usage_error{"need the application to run as argument, see 'troupe run --help'"};
  auto launcher = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "troupe-run";
  std::vector<std::string> command{launcher.string(), "--root", root.string()};
  command.insert(command.end(), words.begin(), words.end());
  std::vector<char*> pointers;
  for (auto& word : command)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);
  execv(launcher.c_str(), pointers.data());
  throw failure{"cannot execute \"" + launcher.string() + "\": " + std::strerror(errno)};
}

} // namespace

void add_run(CLI::App& app, session& session) {
  auto* command = app.add_subcommand("run", "Start an application of a snap")->group(group::snaps);
  // Whatever stands after the application is the application's.
  command->fallthrough(false);
  command->prefix_command();
  command->footer(
      "In full: troupe run NAME[.APP] [ARGUMENTS...]\n\n"
      "Examples:\n"
      "  troupe run hello\n"
      "  troupe run hello.shout to all\n\n"
      "NAME alone starts the application that has its snap's name. The links in snap/bin do the\n"
      "same. Exit code: the application's; 126 or 127 if it can't be executed.");
  command->callback([&session, command] {
    session.action = [&session, command] { return run(session.root, command->remaining()); };
  });
}

} // namespace troupe::cli
