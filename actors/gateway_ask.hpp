#pragma once

#include <charconv>
#include <string>

#include "actors/gateway.hpp"
#include "runtime/api/envelope.hpp"
#include "runtime/limits.hpp"

namespace troupe {

/// The id that this text is. Throws failure not_found where it is none.
template <class Id>
Id parse_id(const std::string& text, const std::string& what) {
  Id id;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), id.value);
  if (code != std::errc{} || end != text.data() + text.size() || !id)
    throw failure{failure_kind::not_found, "cannot find " + what + " with id \"" + text + '"'};
  return id;
}

/// Does what an answer makes possible; what it throws becomes the reply.
template <class Work>
void reply_failures(const exchange_ptr& what, Work work) {
  try {
    work();
  } catch (const failure& why) {
    what->reply(error(why));
  } catch (const std::exception& why) {
    what->reply(error({failure_kind::internal, why.what()}));
  }
}

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
