#include "runtime/api/snapctl.hpp"

#include <algorithm>
#include <array>

#include "runtime/api/envelope.hpp"

namespace troupe {

namespace {

constexpr std::array for_every_user{"get",         "services", "set-health", "is-connected",
                                    "system-mode", "model",    "help"};

constexpr auto help_of_all = R"(usage: snapctl COMMAND [WORDS...]

Lets a hook of a snap talk to the daemon, while the hook runs.

Commands:
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
  if (command == "help" || asks_for_help(command))
    return args.size() > 1 && args[1] == "set-health" ? help_of_set_health : help_of_all;
  if (command == "set-health" &&
      std::any_of(args.begin() + 1, std::find(args.begin() + 1, args.end(), "--"), asks_for_help))
    return help_of_set_health;
  return std::nullopt;
}

response snapctl_answer(const std::string& out) {
  return sync(json::object{{"stdout", out}, {"stderr", ""}});
}

failure snapctl_failure(const failure& why) {
  return {why.kind(), std::string{"error running snapctl: "} + why.what(), why.value()};
}

} // namespace troupe
