#include "actors/inspector.hpp"

#include <algorithm>

#include "runtime/limits.hpp"

namespace troupe {

inspector::inspector(caf::actor_config& config) : actor_base{config, "inspector", inspector_actor{}} {}

inspector::behavior_type inspector::make_behavior() {
  cards_.push_back(card());
  return {
      [this](const actor_started& what) {
        cards_.push_back(what.card);
        if (cards_.size() >= forget_at_)
          forget_ended();
      },
      [this](list_actors) {
        forget_ended();
        actor_list result;
        for (const auto& card : cards_) {
          auto received = card->received.load();
          auto processed = std::min(card->processed.load(), received);
          result.push_back(
              {card->name, card->id, received - processed, processed, card->busy_ns / 1000});
        }
        return result;
      },
      [this](const event_noted& what) {
        events_.push_back(what.text);
        if (events_.size() > limits::events_kept)
          events_.pop_front();
      },
      [this](list_events) {
        return event_list{events_.begin(), events_.end()};
      },
  };
}

// Doubling the mark keeps the cost of forgetting constant for each actor that starts.
void inspector::forget_ended() {
  std::erase_if(cards_, [](const auto& card) { return card->ended.load(); });
  forget_at_ = std::max<std::size_t>(64, 2 * cards_.size());
}

} // namespace troupe
