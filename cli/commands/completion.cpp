#include <algorithm>
#include <iostream>
#include <sstream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"

namespace troupe::cli {

namespace {

constexpr auto script_head = R"(# Completion of troupe's commands for bash. Load it by:
#   source <(troupe completion bash)

_troupe_words() {
    case $1 in
)";

// clang-format off
constexpr auto script_tail = R"bash(    esac
}

_troupe_ids() {
    troupe "${global[@]}" "$1" 2>/dev/null | awk 'NR > 1 { print $1 }'
}

_troupe_aliases() {
    troupe "${global[@]}" aliases 2>/dev/null | awk 'NR > 1 { print $2 }'
}

_troupe() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= words= i
    local -a global=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
            --root) global+=(--root "${COMP_WORDS[i+1]}"); ((i++)) ;;
            -*) ;;
            plan) command=plan ;;
            *) command=${COMP_WORDS[i]}; break ;;
        esac
    done
    if [[ $before == --root ]]; then
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
        return
    fi
    if [[ $word == -* || -z $command ]]; then
        words=$(_troupe_words "$command")
    else
        case $command in
            remove|enable|disable|list|run|changes|info|refresh|revert|switch|save|saved|prefer|aliases|alias|connect|disconnect|connections)
                words=$(_troupe_ids list) ;;
            services|start|stop|restart|logs)
                words="$(_troupe_ids list) $(_troupe_ids services)" ;;
            check-snapshot|restore|forget) words="$(_troupe_ids saved)" ;;
            unalias) words="$(_troupe_ids list) $(_troupe_aliases)" ;;
            tasks|watch|abort) words=$(_troupe_ids changes) ;;
            why) words="$(_troupe_ids changes) $(_troupe_ids list)" ;;
            plan) words="install remove enable disable" ;;
            get|set|unset) words="system $(_troupe_ids list)" ;;
            completion) words=bash ;;
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    case $command:$word in
        *:-*) ;;
        install:*|inspect:*|info:*|pack:*)
            mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$word") ;;
    esac
}

complete -o filenames -F _troupe troupe
)bash";
// clang-format on

std::string options_of(const CLI::App& command) {
  std::string words;
  for (const auto* option : command.get_options())
    for (const auto& name : option->get_lnames())
      words += " --" + name;
  return words;
}

std::string bash_script(const CLI::App& app) {
  std::ostringstream script;
  script << script_head;
  auto global = options_of(app);
  std::string names;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names += " " + command->get_name();
    auto own = options_of(*command);
    script << "        " << command->get_name() << ") echo \"" << own.substr(own.empty() ? 0 : 1)
           << global << "\" ;;\n";
  }
  script << "        *) echo \"" << names.substr(1) << global << "\" ;;\n" << script_tail;
  return script.str();
}

} // namespace

void add_completion(CLI::App& app, session& session) {
  auto shell = std::make_shared<std::string>();
  auto* command =
      app.add_subcommand("completion", "Print a script that completes these commands in a shell")
          ->group(group::other);
  command->add_option("SHELL", *shell, "bash")->required()->type_name("");
  command->footer("Example:\n"
                  "  source <(troupe completion bash)");
  command->callback([&app, &session, shell] {
    session.action = [&app, &session, shell] {
      if (*shell != "bash")
        throw usage_error{"cannot complete for shell \"" + *shell + "\": only bash is known"};
      if (session.json)
        print_json(json::value(bash_script(app)));
      else
        std::cout << bash_script(app);
      return exit_code::ok;
    };
  });
}

} // namespace troupe::cli
