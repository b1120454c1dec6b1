#include "actors/hook_contexts.hpp"

#include "runtime/rules/hook_commands.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

std::string event_of(const hook_context& hook, const health_report& said) {
  auto text = "hook " + hook.hook + " of " + hook.snap + " " + to_string(hook.rev) + " in task " +
              to_string(hook.task) + " says " + std::string{to_word(said.status)};
  return said.message.empty() ? text : text + ": " + as_one_line(said.message);
}

} // namespace

hook_contexts::hook_contexts(caf::actor_config& config, std::function<std::string()> new_cookie,
                             inspector_actor inspector)
    : actor_base{config, "hook contexts", inspector},
      new_cookie_{std::move(new_cookie)},
      inspector_{std::move(inspector)} {}

hook_contexts::behavior_type hook_contexts::make_behavior() {
  return {
      [this](const open_hook_context& what) {
        return answer<hook_access>([&] {
          auto cookie = new_cookie_();
          auto said = std::make_shared<said_words>();
          said->store(std::make_shared<const hook_words>(what.words));
          open_.insert_or_assign(cookie, open_context{what.what, said});
          return hook_access{cookie, said};
        });
      },
      [this](const close_hook_context& what) { open_.erase(what.cookie); },
      [this](const find_hook_context& what) {
        return answer<hook_context>([&] {
          const auto& found = find(what.cookie);
          return as_said(found.what, *found.said->load());
        });
      },
      [this](const say_in_hook& what) {
        return answer<words_noted>([&] {
          const auto& found = find(what.cookie);
          auto said = *found.said->load();
          add_words(said, what.words);
          as_said(found.what, said);
          found.said->store(std::make_shared<const hook_words>(std::move(said)));
          if (what.words.health)
            send(inspector_, event_noted{event_of(found.what, *what.words.health)});
          return words_noted{};
        });
      },
  };
}

const hook_contexts::open_context& hook_contexts::find(const std::string& cookie) const {
  auto found = open_.find(cookie);
  if (found == open_.end())
    throw failure{"cannot find the hook that asks: its cookie is not that of a running hook; snapctl "
                  "works in hooks only, while they run"};
  return found->second;
}

} // namespace troupe
