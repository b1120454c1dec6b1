#include "cli/commands/install_form.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace troupe::cli {

namespace {

void check_file(const std::string& path) {
  auto refuse = [&path](const std::string& reason) {
    throw failure{"cannot open snap file \"" + path + "\": " + reason};
  };
  // Opening a pipe would wait for its other end, so that its type is looked at before.
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0)
    refuse(std::strerror(errno));
  if (S_ISDIR(found.st_mode))
    refuse("it is a directory; `troupe pack` makes a snap file of one");
  if (!S_ISREG(found.st_mode))
    refuse("it isn't a plain file");
  auto file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    refuse(std::strerror(errno));
  ::close(file);
}

} // namespace

std::shared_ptr<install_options> add_install_options(CLI::App& command) {
  auto options = std::make_shared<install_options>();
  command
      .add_option("NAME|FILE", options->files,
                  "A snap in a store, or a .snap file; several in one change")
      ->required()
      ->type_name("");
  command.add_option("--name", options->name, "Install under this instance name, such as hello_two")
      ->type_name("NAME");
  command
      .add_option("--channel", options->channel, "From this channel, such as beta; it is followed then")
      ->type_name("CHANNEL");
  command.add_option("--revision", options->revision, "This revision, such as 7")->type_name("REV");
  command.add_flag("--dangerous", options->dangerous, "Accept a file that nobody has signed");
  command.add_flag("--devmode", options->devmode, "Don't confine it (implies --dangerous)");
  command.add_flag("--classic", options->classic, "Allow a snap that asks for no confinement");
  command.add_flag("--jailmode", options->jailmode, "Confine it even if it asks for devmode");
  command.add_flag("--unaliased", options->unaliased, "Turn its automatic aliases off");
  return options;
}

bool names_file(const std::string& argument) {
  return argument.ends_with(".snap") || argument.find('/') != std::string::npos;
}

json::object store_install(const install_options& options) {
  if (options.dangerous || !options.name.empty())
    throw usage_error{"cannot use --dangerous or --name but with files"};
  if (options.files.size() > 1 && !options.revision.empty())
    throw usage_error{"cannot use --revision with more than one snap"};
  json::object request{{"action", "install"}};
  if (!options.channel.empty())
    request["channel"] = options.channel;
  if (!options.revision.empty())
    request["revision"] = options.revision;
  const std::pair<const char*, bool> modes[] = {{"devmode", options.devmode},
                                                {"classic", options.classic},
                                                {"jailmode", options.jailmode},
                                                {"unaliased", options.unaliased}};
  for (auto [mode, wanted] : modes)
    if (wanted)
      request[mode] = true;
  return request;
}

file_form install_form(const install_options& options) {
  if (!options.channel.empty() || !options.revision.empty())
    throw usage_error{"cannot use --channel or --revision with a file"};
  if (options.files.size() > 1 && !options.name.empty())
    throw usage_error{"cannot use --name with more than one file"};
  file_form form;
  form.fields.emplace_back("action", "install");
  if (!options.name.empty())
    form.fields.emplace_back("name", options.name);
  if (options.files.size() == 1)
    form.fields.emplace_back("snap-path", options.files.front());
  const std::pair<const char*, bool> modes[] = {{"devmode", options.devmode},
                                                {"classic", options.classic},
                                                {"jailmode", options.jailmode},
                                                {"dangerous", options.dangerous},
                                                {"unaliased", options.unaliased}};
  for (auto [mode, wanted] : modes)
    if (wanted)
      form.fields.emplace_back(mode, "true");
  for (const auto& file : options.files) {
    check_file(file);
    form.files.emplace_back(file);
  }
  return form;
}

} // namespace troupe::cli
