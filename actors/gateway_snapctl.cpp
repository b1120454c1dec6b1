#include "actors/gateway_ask.hpp"
#include "runtime/api/access.hpp"
#include "runtime/api/snapctl.hpp"
#include "runtime/rules/health.hpp"
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
      .then(
          [this, what, asked](const hook_context& context) {
            run_snapctl(what, asked.cookie, context.snap, asked.args);
          },
          refused(what));
}

void gateway::run_snapctl(const exchange_ptr& what, const std::string& cookie, const std::string& snap,
                          const std::vector<std::string>& args) {
  try {
    if (args.front() == "refresh") {
      check_snapctl_refresh(args);
      return tell_snap_of_pending(what, snap);
    }
    if (args.front() != "set-health")
      throw failure{"snapctl: command " + in_quotes(args.front()) + " is not known by this version"};
    say_health said{cookie, health_from_words({args.begin() + 1, args.end()})};
    request(with_->hook_contexts, limits::actor_request, std::move(said))
        .then([what](health_noted) { what->reply(snapctl_answer("")); }, refused(what));
  } catch (const failure& why) {
    what->reply(error(snapctl_failure(why)));
  } catch (const std::exception& why) {
    what->reply(error(snapctl_failure({failure_kind::internal, why.what()})));
  }
}

} // namespace troupe
