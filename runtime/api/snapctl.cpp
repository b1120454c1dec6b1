#include "runtime/api/snapctl.hpp"

#include <algorithm>
#include <array>

#include "runtime/api/envelope.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

constexpr std::array for_every_user{"get",         "services", "set-health", "is-connected",
                                    "system-mode", "model",    "help"};

constexpr auto help_of_all = R"(usage: snapctl COMMAND [WORDS...]

Lets a hook of a snap talk to the daemon, while the hook runs.

Commands:
  refresh     ask whether another revision of the snap is pending
  set-health  say how the snap is
  help        show this; `snapctl set-health --help` says more of a command
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

/// The help of a command; null where it has none of its own.
const char* help_of(const std::string& command) {
  return command == "set-health" ? help_of_set_health : command == "refresh" ? help_of_refresh : nullptr;
}

bool asks_for_help(const std::string& word) { return word == "--help" || word == "-h"; }

} // namespace

snapctl_request snapctl_request_of(const std::string& body) {
  auto from = json::parse_object(body);
  snapctl_request asked{json::string_or(from, "context-id"), json::strings(from, "args")};
  if (asked.args.empty())
    throw failure{"snapctl cannot run without args"};
  return asked;
}

bool is_for_every_user(const std::string& command) {
  return std::ranges::find(for_every_user, command) != for_every_user.end();
}

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

void check_snapctl_refresh(const std::vector<std::string>& args) {
  for (auto word = args.begin() + 1; word != args.end(); ++word) {
    if (word->starts_with("--hold") || word->starts_with("--proceed"))
      throw failure{"cannot refresh: this version doesn't let a hook hold a refresh or have it proceed; "
                    "only --pending is known"};
    if (*word != "--pending")
      throw failure{"cannot refresh: unknown word " + in_quotes(*word) + "; only --pending is known"};
  }
  if (args.size() < 2)
    throw failure{"cannot refresh: a hook can only ask what is pending, by --pending"};
}

response snapctl_answer(const std::string& out) {
  return sync(json::object{{"stdout", out}, {"stderr", ""}});
}

failure snapctl_failure(const failure& why) {
  return {why.kind(), std::string{"error running snapctl: "} + why.what(), why.value()};
}

} // namespace troupe
