#include "runtime/rules/wait_words.hpp"

#include "runtime/rules/log_lines.hpp"
#include "runtime/rules/running_apps.hpp"

namespace troupe {

namespace {

template <class... Cases>
struct overloaded : Cases... {
  using Cases::operator()...;
};

} // namespace

std::string lane_text(const lane_key& lane) {
  return "lane " + std::to_string(lane.lane) + " of change " + to_string(lane.change);
}

std::string_view wait_word(const wait_reason& reason) {
  using word = std::string_view;
  return std::visit(overloaded{
                        [](const waits::runnable&) -> word { return "runnable"; },
                        [](const waits::predecessor&) -> word { return "predecessor"; },
                        [](const waits::claim&) -> word { return "claim"; },
                        [](const waits::admission&) -> word { return "admission"; },
                        [](const waits::apps_running&) -> word { return "apps_running"; },
                        [](const waits::hold&) -> word { return "hold"; },
                        [](const waits::retry&) -> word { return "retry"; },
                        [](const waits::slot&) -> word { return "slot"; },
                        [](const waits::hook_turn&) -> word { return "hook_turn"; },
                        [](const waits::prerequisite&) -> word { return "prerequisite"; },
                        [](const waits::restart&) -> word { return "restart"; },
                        [](const waits::running&) -> word { return "running"; },
                    },
                    reason);
}

std::string wait_sentence(const wait_reason& reason) {
  using text = std::string;
  return std::visit(
      overloaded{
          [](const waits::runnable&) -> text { return "it can run and will at once"; },
          [](const waits::predecessor& w) -> text {
            return "task " + to_string(w.task) + " comes first";
          },
          [](const waits::claim& w) -> text {
            return "change " + to_string(w.owner) + " owns snap \"" + w.snap + '"';
          },
          [](const waits::admission& w) -> text {
            return lane_text(w.other) + " keeps it out: " + w.rule;
          },
          [](const waits::apps_running& w) -> text { return running_text(w.snap, w.processes); },
          [](const waits::hold& w) -> text {
            return "held by " + w.who + " until " + to_rfc3339(w.until);
          },
          [](const waits::retry& w) -> text {
            return "it is tried again at " + to_rfc3339(w.at) + (w.cause.empty() ? "" : ": " + w.cause);
          },
          [](const waits::slot& w) -> text {
            return w.pool == "journal" ? "its start is being written to the journal"
                                       : "it is in the queue for a free performer of " + w.pool;
          },
          [](const waits::hook_turn& w) -> text {
            return "another hook of snap \"" + w.snap + "\" runs";
          },
          [](const waits::prerequisite& w) -> text {
            return lane_text(w.lane) + " makes what it needs";
          },
          [](const waits::restart&) -> text {
            return "somebody has to resolve it, for instance by a restart of the host";
          },
          [](const waits::running& w) -> text { return "it runs since " + to_rfc3339(w.since); },
      },
      reason);
}

} // namespace troupe
