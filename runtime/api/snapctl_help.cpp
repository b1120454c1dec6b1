#include <algorithm>
#include <array>
#include <string_view>

#include "runtime/api/snapctl.hpp"

namespace troupe {

namespace {

constexpr auto help_of_all = R"(usage: snapctl COMMAND [WORDS...]

Lets a hook of a snap talk to the daemon, while the hook runs. What it says counts once it has ended well.

Commands:
  get           print options of the snap, or attributes of a connection
  set           set them
  unset         unset options
  is-connected  ask whether a plug or slot is connected
  is-undo       ask whether this hook undoes what another has done
  services      list the services of the snap
  start         start services of the snap
  stop          stop them
  restart       restart them
  set-health    say how the snap is
  refresh       ask whether another revision of the snap is pending
  system-mode   print that the system runs
  help          show this; `snapctl get --help` says more of a command
)";

constexpr auto help_of_get = R"(usage: snapctl get [-d] [-t] KEY...
       snapctl get [--plug|--slot] :NAME [KEY...]

Prints options of the snap, or, in a hook of a plug or slot, attributes of the connection that it is about.
One is printed as it is, several as a JSON document. An option that isn't set is an empty line.

-d      a JSON document for one too
-t      as JSON: a text with quotes, null where nothing is set
--plug  attributes of the plug, --slot: of the slot; those of the hook's own end unless told

Examples:
  snapctl get server.port
  snapctl get --slot :themes path
)";

constexpr auto help_of_set = R"(usage: snapctl set [-s] [-t] KEY=VALUE...
       snapctl set :NAME KEY=VALUE...

Sets options of the snap, or, in a prepare hook, attributes of its own plug or slot. A VALUE that is JSON is
taken as such, else as text. KEY! unsets. All of it counts once the hook has ended well, or nothing.

-s  values are texts, whatever they look like
-t  values are JSON, and nothing else

Examples:
  snapctl set server.port=8080 server.name=web
  snapctl set :themes path=/srv/themes
)";

constexpr auto help_of_unset = R"(usage: snapctl unset KEY...

Unsets options of the snap.

Example:
  snapctl unset server
)";

constexpr auto help_of_is_connected = R"(usage: snapctl is-connected PLUG|SLOT
       snapctl is-connected --list

Ends with 0 where the plug or slot of the snap is connected, else with 1.

Example:
  snapctl is-connected camera || echo "connect me: snap connect $SNAP_NAME:camera"
)";

constexpr auto help_of_is_undo = R"(usage: snapctl is-undo

Ends with 0 where the hook undoes what another one has done, and prints what has failed; else with 1.

Example:
  if snapctl is-undo; then restore; else clean-up; fi
)";

constexpr auto help_of_services = R"(usage: snapctl services [SNAP|SNAP.APP...]

Lists the services of the snap, or those that are named.

Example:
  snapctl services hello.web
)";

constexpr auto help_of_service_commands = R"(usage: snapctl start [--enable] SNAP|SNAP.APP...
       snapctl stop [--disable] SNAP|SNAP.APP...
       snapctl restart [--reload] SNAP|SNAP.APP...

Does that with services of the snap once the hook has ended well, as a task of the hook's change, which is
undone with it.

--enable   they are started by themselves from now on
--disable  they aren't any more
--reload   by their reload-command, where they have one

Example:
  snapctl restart hello.web
)";

constexpr auto help_of_set_health = R"(usage: snapctl set-health STATUS [MESSAGE] [--code=CODE]

Says how the snap is. The last word counts, once the hook has ended well. A check-health hook that says
error fails, and what it belongs to is undone.

STATUS   okay     all is well; takes neither message nor code
         waiting  all will be well once something comes that the snap waits for
         blocked  somebody has to do something
         error    the snap doesn't work
MESSAGE  at least 7 characters for people; what is beyond 70 is cut off
CODE     3 to 30 of a-z, 0-9 and - for programs; begins with a letter, ends with a letter or a digit

Examples:
  snapctl set-health okay
  snapctl set-health blocked "plug in a printer, please" --code=no-printer
)";

constexpr auto help_of_refresh = R"(usage: snapctl refresh --pending

Says whether another revision of the snap is pending, a line for each fact:

pending   none       no other one is known
          ready      one is, in a change or in a store, and no application keeps it waiting
          inhibited  one waits for running applications of the snap
channel   that the snap follows; not for one that came from a file
version   of the revision that is pending
revision  which one that is

Example:
  snapctl refresh --pending | grep -q inhibited && notify "Please close me to be refreshed"
)";

struct help_row {
  std::string_view command;
  const char* text;
};

constexpr std::array helps{help_row{"get", help_of_get},
                           help_row{"set", help_of_set},
                           help_row{"unset", help_of_unset},
                           help_row{"is-connected", help_of_is_connected},
                           help_row{"is-undo", help_of_is_undo},
                           help_row{"services", help_of_services},
                           help_row{"start", help_of_service_commands},
                           help_row{"stop", help_of_service_commands},
                           help_row{"restart", help_of_service_commands},
                           help_row{"set-health", help_of_set_health},
                           help_row{"refresh", help_of_refresh}};

/// The help of a command; null where it has none of its own.
const char* help_of(const std::string& command) {
  const auto* found = std::ranges::find(helps, command, &help_row::command);
  return found == helps.end() ? nullptr : found->text;
}

bool asks_for_help(const std::string& word) { return word == "--help" || word == "-h"; }

} // namespace

std::optional<std::string> snapctl_help(const std::vector<std::string>& args) {
  const auto& command = args.front();
  if (command == "help" || asks_for_help(command)) {
    const auto* help = args.size() > 1 ? help_of(args[1]) : nullptr;
    return help ? help : help_of_all;
  }
  const auto* help = help_of(command);
  if (help &&
      std::any_of(args.begin() + 1, std::find(args.begin() + 1, args.end(), "--"), asks_for_help))
    return help;
  return std::nullopt;
}

} // namespace troupe
