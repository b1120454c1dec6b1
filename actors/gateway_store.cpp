#include <algorithm>

#include "actors/gateway_ask.hpp"
#include "actors/store_reading.hpp"
#include "runtime/api/store_resources.hpp"
#include "runtime/rules/store_choice.hpp"
#include "runtime/rules/store_request.hpp"

namespace troupe {

namespace {

/// What the store offers a host that asks for no channel, or for this one.
json::object offer(const store_snap& snap, const store_view& view) {
  auto choice = choose_revision(view.index, {snap.name, {}, {}, view.architecture, "install"});
  return store_snap_resource(snap, *choice.revision, choice.comes_from);
}

json::array search(const store_view& view, const std::string& words) {
  json::array found;
  for (const auto& [name, snap] : view.index.snaps) {
    if (snap.revisions.empty() || !is_found_by(*snap.revisions.back().info, words))
      continue;
    try {
      found.push_back(offer(snap, view));
    } catch (const failure&) {
      // One without a stable release for this host is found by its name alone.
    }
  }
  return found;
}

/// A snap whose stable channel offers nothing shows the newest of what it has.
json::array find_by_name(const store_view& view, const std::string& instance) {
  auto name = instance.substr(0, instance.find('_'));
  auto found = view.index.snaps.find(name);
  if (found == view.index.snaps.end() || found->second.revisions.empty()) {
    auto text = "cannot find snap \"" + name + "\" in any store";
    for (const auto& fault : view.faults)
      text += "; " + fault;
    throw failure{failure_kind::snap_not_found, text, json::write(json::value(name))};
  }
  try {
    return {offer(found->second, view)};
  } catch (const failure&) {
    return {store_snap_resource(found->second, found->second.revisions.back(), "")};
  }
}

json::array list_updates(const store_view& view) {
  json::array found;
  for (const auto& update : available_updates(view)) {
    auto resource = store_snap_resource(*update.snap, *update.revision, update.request.channel);
    resource["name"] = update.request.snap;
    if (!update.passed_over.empty())
      resource["passed-over"] = update.passed_over;
    if (!update.held.empty())
      resource["held"] = update.held;
    found.push_back(std::move(resource));
  }
  return found;
}

} // namespace

void gateway::with_stores(const exchange_ptr& what, std::function<void(const store_view&)> use) {
  read_stores(this, director_, with_, std::move(use),
              [what](const failure& why) { what->reply(error(why)); });
}

void gateway::fill_from_stores(const exchange_ptr& what, operation_request wanted,
                               std::function<void(operation_request)> then) {
  if (!wants_store(wanted))
    return then(std::move(wanted));
  with_stores(what, [wanted = std::move(wanted), then = std::move(then)](const store_view& view) {
    auto filled = wanted;
    filled.notes = troupe::fill_from_stores(filled, view);
    then(std::move(filled));
  });
}

void gateway::find_in_store(const exchange_ptr& what, const std::string&) {
  auto word = [&](const std::string& key) {
    auto found = what->what().query.find(key);
    return found == what->what().query.end() ? std::string{} : found->second;
  };
  auto name = word("name");
  auto select = word("select");
  if (select == "private")
    return what->reply(sync(json::array{}));
  with_stores(what, [this, what, name, select, words = word("q")](const store_view& view) {
    auto result = select == "refresh" ? list_updates(view)
                  : name.empty()      ? search(view, words)
                                      : find_by_name(view, name);
    reply_with_warnings(what, sync(std::move(result)));
  });
}

} // namespace troupe
