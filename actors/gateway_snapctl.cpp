#include <algorithm>

#include "actors/gateway_ask.hpp"
#include "runtime/api/access.hpp"
#include "runtime/api/resources.hpp"
#include "runtime/api/snapctl.hpp"
#include "runtime/rules/health.hpp"
#include "runtime/rules/hook_commands.hpp"
#include "runtime/rules/wiring.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

/// Replies with what was wrong.
auto refused(const exchange_ptr& what) {
  return [what](const caf::error& why) { what->reply(error(snapctl_failure(to_failure(why)))); };
}

} // namespace

void gateway::snapctl(const exchange_ptr& what, const std::string&) {
  auto asked = snapctl_request_of(what->what().body);
  const auto& command = asked.args.front();
  if (auto help = snapctl_help(asked.args))
    return what->reply(snapctl_answer(*help));
  if (!is_for_every_user(command) && !is_trusted(what->what().from))
    throw failure{failure_kind::forbidden,
                  "cannot use snapctl " + in_quotes(command) + ": only root may"};
  request(with_->hook_contexts, limits::actor_request, find_hook_context{asked.cookie})
      .then([this, what, asked](
                const hook_context& context) { run_snapctl(what, asked.cookie, context, asked.args); },
            refused(what));
}

void gateway::run_snapctl(const exchange_ptr& what, const std::string& cookie, const hook_context& hook,
                          const std::vector<std::string>& args) {
  const auto& command = args.front();
  auto say = [this, what, cookie](hook_words words, const std::string& out) {
    request(with_->hook_contexts, limits::actor_request, say_in_hook{cookie, std::move(words)})
        .then([what, out](words_noted) { what->reply(snapctl_answer(out)); }, refused(what));
  };
  try {
    if (command == "refresh") {
      check_snapctl_refresh(args);
      return tell_snap_of_pending(what, hook.snap);
    }
    if (command == "is-connected")
      return tell_snap_of_connections(what, hook.snap, args);
    if (command == "services")
      return tell_snap_of_services(what, hook, args);
    if (command == "set-health") {
      hook_words words;
      words.health = health_from_words({args.begin() + 1, args.end()});
      return say(std::move(words), "");
    }
    if (!is_answered_in_hook(command))
      throw failure{"snapctl: command " + in_quotes(command) + " is not known by this version"};
    auto result = run_hook_command(hook, args);
    if (result.exit_code != 0)
      throw ended_with(result.exit_code, result.out);
    say(std::move(result.words), result.out);
  } catch (const failure& why) {
    what->reply(error(snapctl_failure(why)));
  } catch (const std::exception& why) {
    what->reply(error(snapctl_failure({failure_kind::internal, why.what()})));
  }
}

void gateway::tell_snap_of_connections(const exchange_ptr& what, const std::string& snap,
                                       const std::vector<std::string>& args) {
  auto answer = std::make_shared<hook_command_result>();
  auto look = [answer, snap, args](const wiring& wires) { *answer = tell_connected(wires, snap, args); };
  request(with_->switchboard, limits::actor_request,
          use_wiring{std::make_shared<const std::function<void(wiring&)>>(std::move(look))})
      .then(
          [what, answer](wiring_used) {
            what->reply(answer->exit_code != 0 ? error(ended_with(answer->exit_code, answer->out))
                                               : snapctl_answer(answer->out));
          },
          refused(what));
}

void gateway::tell_snap_of_services(const exchange_ptr& what, const hook_context& hook,
                                    const std::vector<std::string>& args) {
  ask_snaps(what, [hook, args](const snap_list& list, const active_services& active) {
    const auto state =
        std::ranges::find_if(list, [&](const snap_state_ptr& each) { return each->name == hook.snap; });
    try {
      return snapctl_answer(
          services_text(hook, state == list.end() ? nullptr : state->get(), active, args));
    } catch (const failure& why) {
      return error(snapctl_failure(why));
    }
  });
}

} // namespace troupe
