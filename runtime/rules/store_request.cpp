#include "runtime/rules/store_request.hpp"

#include <algorithm>
#include <set>

#include "messages/failure.hpp"
#include "runtime/json/json.hpp"
#include "runtime/rules/epoch_path.hpp"
#include "runtime/rules/needed_base.hpp"
#include "runtime/rules/planner_checks.hpp"
#include "runtime/rules/store_choice.hpp"

namespace troupe {

namespace {

std::string plain_name(const std::string& instance) { return instance.substr(0, instance.find('_')); }

bool lacks_image(const snap_request& wanted) {
  return (wanted.verb == "install" || wanted.verb == "refresh") && !new_info(wanted);
}

/// A store that couldn't be read may be the one that has it.
failure with_faults(const failure& why, const store_view& view) {
  std::string text = why.what();
  for (const auto& fault : view.faults)
    text += "; " + fault;
  return {why.kind(), text, why.value()};
}

const snap_state* state_of(const store_view& view, const std::string& name) {
  auto found = view.installed.find(name);
  return found == view.installed.end() ? nullptr : found->second.get();
}

/// The revisions to go through from the installed one to the chosen one.
std::vector<store_revision> steps_to(const store_choice& choice, const snap_state& state,
                                     const store_view& view) {
  if (choice.revision->rev == state.current)
    return {*choice.revision};
  epoch_trip trip;
  trip.snap = state.name;
  trip.current = state.info()->epoch;
  trip.target = choice.revision->rev;
  trip.channel = choice.comes_from.empty() ? choice.channel : choice.comes_from;
  trip.followed = state.channel;
  trip.is_usable = [&](const store_revision& step) {
    return fits_architecture(*step.info, view.architecture) &&
           std::ranges::find(state.bad, step.rev, &bad_revision::rev) == state.bad.end();
  };
  std::vector<store_revision> steps;
  for (auto rev : epoch_steps(trip, *choice.snap))
    steps.push_back(*choice.snap->find(rev));
  return steps;
}

store_choice choose(const snap_request& wanted, const std::string& channel, const store_view& view) {
  try {
    return choose_revision(
        view.index, {plain_name(wanted.snap), channel, wanted.rev, view.architecture, wanted.verb});
  } catch (const failure& why) {
    throw with_faults(why, view);
  }
}

/// Returns a sentence for the requester, or nothing.
std::string fill(snap_request& wanted, const store_view& view) {
  const auto* state = state_of(view, wanted.snap);
  auto refreshes = wanted.verb == "refresh";
  if (refreshes && !state)
    throw failure{failure_kind::snap_not_installed,
                  "cannot refresh snap \"" + wanted.snap + "\": it is not installed"};
  if (!refreshes && state)
    throw failure{failure_kind::snap_already_installed, "cannot install snap \"" + wanted.snap +
                                                            "\": it is installed already (revision " +
                                                            to_string(state->current) + ")"};
  if (refreshes && state->origin.snap_id.empty())
    throw failure{failure_kind::snap_local,
                  "cannot refresh snap \"" + wanted.snap +
                      "\": it came from a file; give its new file to troupe install"};
  auto channel = wanted.channel.empty() && refreshes ? state->channel : wanted.channel;
  auto choice = choose(wanted, channel, view);
  if (refreshes && state->origin.snap_id != choice.snap->id)
    throw failure{"cannot refresh snap \"" + wanted.snap +
                  "\": what stores offer under this name by now is another snap (id " + choice.snap->id +
                  ", installed is " + state->origin.snap_id + ")"};
  wanted.steps =
      refreshes && state->info() ? steps_to(choice, *state, view) : std::vector{*choice.revision};
  // A revision that is asked for by its number doesn't change what is followed.
  wanted.channel = wanted.rev && channel.empty() ? std::string{} : choice.channel;
  wanted.rev = {};
  wanted.origin = {choice.snap->id, choice.snap->publisher, choice.snap->aliases,
                   choice.snap->declaration};
  return choice.warning;
}

bool is_named(const operation_request& request, const std::string& name) {
  return std::ranges::any_of(request.snaps, [&](const auto& wanted) { return wanted.snap == name; });
}

snap_request prerequisite(const std::string& name) {
  snap_request wanted;
  wanted.verb = "install";
  wanted.snap = name;
  wanted.is_prerequisite = true;
  return wanted;
}

/// Adds a snap that another one needs, unless it is there or comes along. Returns why it can't be had.
std::string add_needed(operation_request& request, const std::string& name, const store_view& view) {
  if (name.empty() || state_of(view, name) || is_named(request, name))
    return {};
  auto needed = prerequisite(name);
  try {
    fill(needed, view);
  } catch (const failure& why) {
    return why.what();
  }
  request.snaps.push_back(std::move(needed));
  return {};
}

void add_prerequisites(operation_request& request, const store_view& view,
                       std::vector<std::string>& told) {
  // What is added may need something itself.
  for (std::size_t i = 0; i < request.snaps.size(); ++i) {
    const auto* info = new_info(request.snaps[i]);
    if (!info)
      continue;
    auto base = info->base.empty() ? std::string{} : needed_base(*info);
    auto missing = add_needed(request, base, view);
    if (!missing.empty())
      request.snaps[i].missing = "its base \"" + base + "\" is not installed: " + missing;
    // Without it the snap runs, only not connected.
    for (const auto& provider : default_providers(*info))
      if (auto why = add_needed(request, provider, view); !why.empty())
        told.push_back("snap \"" + request.snaps[i].snap +
                       "\" comes without its default provider: " + why);
  }
}

} // namespace

std::vector<std::string> default_providers(const snap_info& info) {
  std::vector<std::string> result;
  for (const auto& plug : info.plugs) {
    if (plug.interface != "content")
      continue;
    auto provider = json::string_or(json::parse_object(plug.attributes), "default-provider");
    provider = provider.substr(0, provider.find(':'));
    if (!provider.empty() && std::ranges::find(result, provider) == result.end())
      result.push_back(provider);
  }
  return result;
}

bool wants_store(const operation_request& request) {
  return request.refreshes_all || std::ranges::any_of(request.snaps, lacks_image);
}

namespace {

std::string why_held(const store_view& view, const std::string& snap, refresh_cause cause) {
  auto holds = holds_on(view.holds, snap, cause, view.now);
  return holds.empty() ? std::string{} : hold_text(holds.front());
}

/// Adds the refreshes of all snaps that nothing keeps back, and says of the others what does.
void add_refreshes(operation_request& request, const store_view& view, std::vector<std::string>& told) {
  auto cause = request.is_automatic ? refresh_cause::automatic : refresh_cause::all;
  for (auto& update : available_updates(view)) {
    auto why = update.passed_over;
    if (why.empty())
      why = why_held(view, update.request.snap, cause);
    if (why.empty())
      request.snaps.push_back(std::move(update.request));
    else
      told.push_back("snap \"" + update.request.snap + "\" is passed over: " + why);
  }
}

} // namespace

std::vector<available_update> available_updates(const store_view& view) {
  std::vector<available_update> result;
  for (const auto& [name, state] : view.installed) {
    if (state->origin.snap_id.empty() || !state->active || !view.index.snaps.contains(plain_name(name)))
      continue;
    available_update update;
    update.request.verb = "refresh";
    update.request.snap = name;
    update.held = why_held(view, name, refresh_cause::automatic);
    try {
      auto choice = choose(update.request, state->channel, view);
      if (choice.revision->rev == state->current)
        continue;
      update.snap = choice.snap;
      update.revision = choice.revision;
      update.passed_over = why_passed_over(*state, choice.revision->rev);
      fill(update.request, view);
    } catch (const failure& why) {
      // Without a revision there is nothing to tell of, such as for a snap that the store closed.
      if (!update.revision)
        continue;
      update.passed_over = why.what();
    }
    result.push_back(std::move(update));
  }
  return result;
}

void drop_unneeded_prerequisites(operation_request& request) {
  std::set<std::string> needed;
  auto add_needs = [&] {
    for (const auto& wanted : request.snaps) {
      const auto* info = new_info(wanted);
      if (!info || (wanted.is_prerequisite && !needed.contains(wanted.snap)))
        continue;
      if (!info->base.empty())
        needed.insert(needed_base(*info));
      for (const auto& provider : default_providers(*info))
        needed.insert(provider);
    }
    return needed.size();
  };
  // What is needed may need something itself.
  std::size_t before = 0;
  while (add_needs() != before)
    before = needed.size();
  std::erase_if(request.snaps, [&](const snap_request& wanted) {
    return wanted.is_prerequisite && !needed.contains(wanted.snap);
  });
}

std::vector<std::string> fill_from_stores(operation_request& request, const store_view& view) {
  std::vector<std::string> told;
  if (request.refreshes_all)
    add_refreshes(request, view, told);
  auto named = request.snaps.size();
  for (std::size_t i = 0; i < named; ++i)
    if (lacks_image(request.snaps[i]))
      if (auto warning = fill(request.snaps[i], view); !warning.empty())
        told.push_back(warning);
  add_prerequisites(request, view, told);
  if (request.refreshes_all) {
    std::erase_if(request.snaps, [&](const snap_request& wanted) {
      if (!wanted.missing.empty())
        told.push_back("snap \"" + wanted.snap + "\" is passed over: " + wanted.missing);
      return !wanted.missing.empty();
    });
    drop_unneeded_prerequisites(request);
    return told;
  }
  auto lacks = std::ranges::find_if(request.snaps, [](const auto& s) { return !s.missing.empty(); });
  if (named == 1 && lacks != request.snaps.end())
    throw with_faults({failure_kind::bad_request,
                       "cannot " + lacks->verb + " snap \"" + lacks->snap + "\": " + lacks->missing},
                      view);
  return told;
}

} // namespace troupe
