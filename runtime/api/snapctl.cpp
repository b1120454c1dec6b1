#include "runtime/api/snapctl.hpp"

#include <algorithm>
#include <array>

#include "runtime/api/envelope.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

constexpr std::array for_every_user{"get",     "services",    "set-health", "is-connected",
                                    "is-undo", "system-mode", "model",      "help"};

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

hook_command_result tell_connected(const wiring& wires, const std::string& snap,
                                   const std::vector<std::string>& args) {
  const std::vector<std::string> words(args.begin() + 1, args.end());
  if (words.size() != 1 || (words.front().starts_with('-') && words.front() != "--list"))
    throw failure{"cannot tell what is connected: name one plug or slot, or use --list"};
  std::set<std::string> connected;
  for (const auto& ref : wires.connected_to(snap))
    for (const auto* end : {&ref.plug, &ref.slot})
      if (end->snap == snap)
        connected.insert(end->name);
  if (words.front() == "--list") {
    hook_command_result result;
    for (const auto& name : connected)
      result.out += name + "\n";
    return result;
  }
  const endpoint_name end{snap, words.front()};
  if (!wires.find(rule_side::plug, end) && !wires.find(rule_side::slot, end))
    throw failure{"cannot tell whether " + in_quotes(end.name) + " is connected: snap " +
                  in_quotes(snap) + " has no plug or slot of that name"};
  return {{}, connected.contains(end.name) ? 0 : 1, {}};
}

std::string services_text(const hook_context& hook, const snap_state* state,
                          const std::set<std::string>& active, const std::vector<std::string>& args) {
  std::set<std::string> wanted;
  for (auto word = args.begin() + 1; word != args.end(); ++word) {
    const auto dot = word->find('.');
    const auto app = dot == word->npos ? std::string{} : word->substr(dot + 1);
    const auto* found = hook.info->find_app(app);
    if (word->substr(0, dot) != hook.snap || (dot != word->npos && !(found && found->is_service())))
      throw failure{"cannot list service " + in_quotes(*word) + ": snap " + in_quotes(hook.snap) +
                    " has none of that name"};
    if (!app.empty())
      wanted.insert(app);
  }
  std::string text = "Service  Startup  Current  Notes\n";
  for (const auto& app : hook.info->apps) {
    if (!app.is_service() || (!wanted.empty() && !wanted.contains(app.name)))
      continue;
    const auto is_active = active.contains(hook.snap + "." + app.name);
    const auto is_disabled =
        state && std::ranges::find(state->disabled_services, app.name) != state->disabled_services.end();
    text += hook.snap + "." + app.name + "  " + (is_disabled ? "disabled" : "enabled") + "  " +
            (is_active ? "active" : "inactive") + "  -\n";
  }
  return text;
}

failure ended_with(int exit_code, const std::string& out) {
  return {failure_kind::unsuccessful, "the command has ended with status " + std::to_string(exit_code),
          json::write(json::object{{"stdout", out}, {"stderr", ""}, {"exit-code", exit_code}})};
}

response snapctl_answer(const std::string& out) {
  return sync(json::object{{"stdout", out}, {"stderr", ""}});
}

failure snapctl_failure(const failure& why) {
  return {why.kind(), std::string{"error running snapctl: "} + why.what(), why.value()};
}

} // namespace troupe
