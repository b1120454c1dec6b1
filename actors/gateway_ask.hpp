#pragma once

#include "actors/gateway.hpp"
#include "runtime/api/envelope.hpp"
#include "runtime/limits.hpp"

namespace troupe {

template <class Answer, class Target, class Message, class Render>
void gateway::ask(const exchange_ptr& what, const Target& target, Message message, Render render) {
  request(target, limits::actor_request, std::move(message))
      .then(
          [this, what, render = std::move(render)](const Answer& answer) {
            try {
              reply_with_warnings(what, render(answer));
            } catch (const failure& why) {
              what->reply(error(why));
            } catch (const std::exception& why) {
              what->reply(error({failure_kind::internal, why.what()}));
            }
          },
          [what](const caf::error& why) { what->reply(error(to_failure(why))); });
}

} // namespace troupe
