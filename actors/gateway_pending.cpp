#include <algorithm>

#include "actors/gateway_ask.hpp"
#include "actors/installed.hpp"
#include "runtime/api/pending_resource.hpp"
#include "runtime/api/snapctl.hpp"
#include "runtime/api/target.hpp"
#include "runtime/rules/store_request.hpp"
#include "runtime/snap/quote.hpp"

// Refreshes that wait for running applications.

namespace troupe {

namespace {

/// What a store offers a snap beyond what it has; what stores can't be asked is as if it weren't there.
pending_answer offered_to(const std::string& snap, const store_view& view) {
  auto updates = available_updates(view);
  auto found = std::ranges::find(updates, snap, [](const auto& update) { return update.request.snap; });
  if (found == updates.end())
    return {};
  return {pending_answer::state::ready, found->request.channel,
          as_one_line(found->revision->info->version), found->revision->rev};
}

} // namespace

void gateway::with_pending(
    const exchange_ptr& what,
    std::function<void(const std::vector<pending_refresh>&, const snap_list&)> use) {
  auto refused = [what](const caf::error& why) { what->reply(error(to_failure(why))); };
  request(director_, limits::actor_request, list_changes{"in-progress", ""})
      .then(
          [=, this](const change_list& changes) {
            request(director_, limits::actor_request, list_snaps{})
                .then(
                    [=](const snap_list& snaps) {
                      reply_failures(what, [&] { use(pending_refreshes(changes, snaps), snaps); });
                    },
                    refused);
          },
          refused);
}

void gateway::pending(const exchange_ptr& what, const std::string&) {
  auto names = query_list(what->what().query, "snaps");
  with_pending(what, [=, this](const std::vector<pending_refresh>& all, const snap_list& snaps) {
    for (const auto& name : names)
      find_installed(snaps, name);
    json::array result;
    for (const auto& one : all)
      if (one.waiting && (names.empty() || std::ranges::find(names, one.snap) != names.end()))
        result.push_back(pending_resource(one));
    reply_with_warnings(what, sync(std::move(result)));
  });
}

void gateway::tell_snap_of_pending(const exchange_ptr& what, const std::string& snap) {
  with_pending(what, [=, this](const std::vector<pending_refresh>& all, const snap_list&) {
    auto answer = pending_for(snap, all);
    if (answer.pending != pending_answer::state::none)
      return what->reply(snapctl_answer(pending_text(answer)));
    with_stores(what, [what, snap](const store_view& view) {
      what->reply(snapctl_answer(pending_text(offered_to(snap, view))));
    });
  });
}

} // namespace troupe
