#pragma once

#include <memory>

#include "messages/actors.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe {

/// The actors and the host that every change, lane and snap works with.
struct company {
  inspector_actor inspector;
  journal_actor journal;
  scheduler_actor scheduler;
  switchboard_actor switchboard;
  notices_actor notices;
  settings_actor settings;
  snapshots_actor snapshots;
  services_actor services;
  hook_contexts_actor hook_contexts;
  performers_actor effects;
  performers_actor copies;
  performers_actor downloads;
  performers_actor hooks;
  const task_host* host = nullptr; ///< Outlives all actors.
  task_kind_finder find_kind = find_task_kind;

  static const char* pool_name(workplace where) {
    switch (where) {
    case workplace::hooks:
      return "hooks";
    case workplace::copies:
      return "copies";
    case workplace::downloads:
      return "downloads";
    default:
      return "effects";
    }
  }
  const performers_actor& pool(workplace where) const {
    switch (where) {
    case workplace::hooks:
      return hooks;
    case workplace::copies:
      return copies;
    case workplace::downloads:
      return downloads;
    default:
      return effects;
    }
  }
};

using company_ptr = std::shared_ptr<const company>;

} // namespace troupe
