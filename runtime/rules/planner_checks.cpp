#include "runtime/rules/planner_checks.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/alias_checks.hpp"
#include "runtime/rules/config_edit.hpp"
#include "runtime/rules/epoch_path.hpp"
#include "runtime/rules/needed_base.hpp"
#include "runtime/rules/snap_plan.hpp"
#include "runtime/rules/store_request.hpp"
#include "runtime/rules/verbs.hpp"
#include "runtime/rules/wiring.hpp"

namespace troupe {

namespace {

constexpr std::array<std::string_view, 22> known_verbs{
    "install",         "refresh",       "revert",           "switch",          "remove",
    "enable",          "disable",       "save-snapshot",    "check-snapshot",  "restore-snapshot",
    "forget-snapshot", "alias",         "unalias",          "prefer",          "yield-aliases",
    "start-services",  "stop-services", "restart-services", "reload-services", "connect",
    "disconnect",      "configure"};

/// Whether operations of these kinds may stand in one change.
bool go_together(const std::string& a, const std::string& b) {
  auto brings_revision = [](const std::string& verb) {
    return verb == "install" || verb == "refresh" || verb == "switch";
  };
  auto prefers = [](const std::string& verb) { return kind_of_change(verb) == "prefer"; };
  return a == b || (brings_revision(a) && brings_revision(b)) || (prefers(a) && prefers(b));
}

failure refuse(const snap_request& request, const std::string& why,
               failure_kind kind = failure_kind::bad_request) {
  auto verb = request.verb;
  if (is_about_snapshots(verb) || is_about_services(verb))
    verb.replace(verb.find('-'), 1, " ").append(" of");
  return {kind, "cannot " + verb + " snap \"" + request.snap + "\": " + why};
}

/// A request and the host it is planned on.
struct checked {
  const plan_context& host;
  std::map<std::string, const snap_request*> by_name;

  const snap_request* find(const std::string& name) const {
    auto found = by_name.find(name);
    return found == by_name.end() ? nullptr : found->second;
  }
};

// --- install, refresh, revert, switch -------------------------------------------------------------

void check_source(const snap_request& wanted) {
  const auto* info = new_info(wanted);
  if (!info)
    throw refuse(wanted, "its file is missing");
  auto plain_name = wanted.snap.substr(0, wanted.snap.find('_'));
  if (plain_name != info->name)
    throw refuse(wanted, "the file holds snap \"" + info->name + "\"; use --name " + info->name +
                             "_KEY to name an instance of it");
}

/// Only a base that is named has to be there: a snap that names none uses the host's files without core.
void check_base(const snap_request& wanted, const snap_info& info, const checked& all) {
  auto base = info.base.empty() ? std::string{} : needed_base(info);
  if (base.empty() || !wanted.missing.empty())
    return;
  if (const auto* along = all.find(base); along && new_info(*along)) {
    if (!runs_on(info, along->snap, *new_info(*along)))
      throw refuse(wanted, "snap \"" + base + "\", which it names as its base, is none");
    return;
  }
  for (const auto* other : all.host.under_way)
    if (other->snap == base && !is_about_snapshots(other->verb) && !is_about_aliases(other->verb))
      throw refuse(wanted,
                   "its base \"" + base + "\" has \"" + kind_of_change(other->verb) +
                       "\" change in progress",
                   failure_kind::change_conflict);
  auto found = all.host.installed->find(base);
  if (found == all.host.installed->end())
    throw refuse(wanted, "its base \"" + base + "\" is not installed; install it first");
  if (!found->second->active)
    throw refuse(wanted, "its base \"" + base + "\" is not enabled; enable it first");
}

/// Classic snaps come to those alone who say that they want that, or have said so before.
void check_confinement(const snap_request& wanted, const snap_info& info, const snap_flags& former) {
  if (info.confinement == confinement::classic && !wanted.flags.classic && !former.classic)
    throw failure{failure_kind::snap_needs_classic,
                  "snap \"" + wanted.snap +
                      "\" requires classic confinement; use --classic to allow it"};
}

/// What a snap of a store may not have plugs or slots of; of a file's slots, what only other types of
/// snaps may have.
void check_ends(const snap_request& wanted, const snap_info& info, const checked& all) {
  if (!all.host.interfaces)
    return;
  const auto& book = *all.host.interfaces;
  const auto declared = declaration_of(wanted.origin);
  const auto check = [&](rule_side side, const endpoint_info& endpoint) {
    if (!book.fault_of(side, endpoint).empty())
      return;
    const policy_end end{&info, &endpoint, book.attributes_of(side, endpoint), declared.get()};
    const auto verdict = declared ? check_installation(side, end, book.base(), all.host.system)
                                  : check_local_installation(end, book.base(), all.host.system);
    if (!verdict.is_allowed)
      throw refuse(wanted, verdict.message);
  };
  for (const auto& slot : info.slots)
    check(rule_side::slot, slot);
  if (declared)
    for (const auto& plug : info.plugs)
      check(rule_side::plug, plug);
}

void check_install(const snap_request& wanted, const checked& all) {
  const auto& state = *all.host.claimed.at(wanted.snap);
  if (state.is_installed())
    throw refuse(wanted, "it is installed already (revision " + to_string(state.current) + ")",
                 failure_kind::snap_already_installed);
  check_confinement(wanted, *new_info(wanted), {});
  check_base(wanted, *new_info(wanted), all);
  check_ends(wanted, *new_info(wanted), all);
}

/// Refuses for what is not installed, or not enabled.
const snap_state& active_state(const snap_request& wanted, const checked& all) {
  const auto& state = *all.host.claimed.at(wanted.snap);
  if (!state.is_installed())
    throw refuse(wanted, "it is not installed", failure_kind::snap_not_installed);
  if (!state.active)
    throw refuse(wanted, "it is disabled; enable it first");
  return state;
}

void check_step(const snap_request& wanted, const snap_info& former, const snap_info& next,
                const checked& all) {
  if (former.type != next.type)
    throw refuse(wanted, "the new revision is of another type");
  if (!can_follow(next.epoch, former.epoch))
    throw refuse(wanted, "the new revision reads epoch " + to_string(next.epoch) +
                             ", and the data was written in epoch " + to_string(former.epoch));
  check_base(wanted, next, all);
  check_ends(wanted, next, all);
}

void check_vacancy(const snap_request& wanted) {
  if (!wanted.running.empty())
    throw refuse(wanted, wanted.running);
}

void check_refresh(const snap_request& wanted, const checked& all) {
  const auto& state = active_state(wanted, all);
  if (!wanted.steps.empty() && wanted.steps.back().rev == state.current)
    throw refuse(wanted, "it has no updates available", failure_kind::no_update_available);
  check_confinement(wanted, *new_info(wanted), state.flags);
  const auto* former = state.info();
  for (const auto& step : wanted.steps) {
    check_step(wanted, *former, *step.info, all);
    former = step.info.get();
  }
  if (wanted.steps.empty())
    check_step(wanted, *former, *wanted.info, all);
  check_vacancy(wanted);
}

void check_revert(const snap_request& wanted, const checked& all) {
  const auto& state = active_state(wanted, all);
  auto target = wanted.rev ? wanted.rev : former_revision(state);
  if (!target)
    throw refuse(wanted, "no former revision is installed");
  const auto* found = state.find(target);
  if (!found)
    throw refuse(wanted, "revision " + to_string(target) + " is not installed",
                 failure_kind::snap_not_installed);
  if (target == state.current)
    throw refuse(wanted, "revision " + to_string(target) + " is the current one already");
  check_base(wanted, *found->info, all);
  check_vacancy(wanted);
}

void check_switch(const snap_request& wanted, const checked& all) {
  if (!all.host.claimed.at(wanted.snap)->is_installed())
    throw refuse(wanted, "it is not installed", failure_kind::snap_not_installed);
}

// --- snapshots ---------------------------------------------------------------------------------------

/// What is saved has to be there, and what is restored goes to a snap that is there.
void check_snapshot(const snap_request& wanted, const checked& all) {
  if (wanted.verb != "save-snapshot" && wanted.verb != "restore-snapshot")
    return;
  const auto& state = *all.host.claimed.at(wanted.snap);
  if (!state.is_installed())
    throw refuse(wanted,
                 wanted.verb == "restore-snapshot" ? "it is not installed; install it first"
                                                   : "it is not installed",
                 failure_kind::snap_not_installed);
  if (!state.info())
    throw refuse(wanted, "its current revision is removed");
}

// --- services ----------------------------------------------------------------------------------------

void check_services(const snap_request& wanted, const checked& all) {
  const auto& info = *active_state(wanted, all).info();
  if (wanted.services.empty() && std::ranges::none_of(info.apps, &app_info::is_service))
    throw refuse(wanted, "it has none", failure_kind::app_not_found);
  for (const auto& name : wanted.services) {
    const auto* app = info.find_app(name);
    if (!app)
      throw refuse(wanted, "it has no application \"" + name + '"', failure_kind::app_not_found);
    if (!app->is_service())
      throw refuse(wanted, "its application \"" + name + "\" is no service");
  }
}

// --- connections -------------------------------------------------------------------------------------

void check_connections(const snap_request& wanted, const checked& all) {
  if (wanted.verb == "connect")
    active_state(wanted, all);
  else if (!all.host.claimed.at(wanted.snap)->is_installed())
    throw refuse(wanted, "it is not installed", failure_kind::snap_not_installed);
}

// --- configure ----------------------------------------------------------------------------------------

void check_configure(const snap_request& wanted, const checked& all) {
  const auto& state = active_state(wanted, all);
  const auto edits = json::parse_object(wanted.config);
  if (edits.empty())
    throw refuse(wanted, "no option is named");
  if (!state.info()->has_hook("configure"))
    throw refuse(wanted, "it has no \"configure\" hook");
  with_edits(json::parse_object(state.config), edits);
}

// --- remove, enable, disable ------------------------------------------------------------------------

/// Whether a remove of this revision leaves others.
bool leaves_revisions(const snap_request& wanted, const snap_state& state) {
  return wanted.verb == "remove" && wanted.rev && state.revisions.size() > 1;
}

/// The installed snaps of which a revision that stays runs on this one.
std::vector<std::string> users_that_stay(const snap_request& wanted, const snap_info& info,
                                         const checked& all) {
  std::vector<std::string> users;
  for (const auto& [name, state] : *all.host.installed) {
    const auto* along = all.find(name);
    if (along && !leaves_revisions(*along, *state))
      continue;
    if (std::ranges::any_of(state->revisions, [&](const installed_revision& r) {
          return !(along && r.rev == along->rev) && runs_on(*r.info, wanted.snap, info);
        }))
      users.push_back(name);
  }
  return users;
}

void check_users(const snap_request& wanted, const snap_info& info, const checked& all) {
  if (info.type != snap_type::base && info.type != snap_type::os && info.type != snap_type::snapd)
    return;
  auto disables = wanted.verb == "disable";
  if (disables && wanted.force)
    return;
  for (const auto* other : all.host.under_way)
    if (other->info && runs_on(*other->info, wanted.snap, info))
      throw refuse(wanted,
                   "snap \"" + other->snap + "\", which runs on it, has \"" +
                       kind_of_change(other->verb) + "\" change in progress",
                   failure_kind::change_conflict);
  auto users = users_that_stay(wanted, info, all);
  if (users.empty())
    return;
  std::string names;
  for (const auto& name : users)
    names += (names.empty() ? "\"" : ", \"") + name + '"';
  throw refuse(wanted, (users.size() == 1 ? "snap " + names + " runs on it; remove that first"
                                          : "snaps " + names + " run on it; remove those first") +
                           (disables ? ", or use --force" : ""));
}

void check_revision(const snap_request& wanted, const snap_state& state) {
  if (!state.find(wanted.rev))
    throw refuse(wanted, "revision " + to_string(wanted.rev) + " is not installed",
                 failure_kind::snap_not_installed);
  if (wanted.rev == state.current && state.active)
    throw refuse(wanted, "revision " + to_string(wanted.rev) +
                             " is the active one; remove the whole snap, or disable it first");
}

void check_installed(const snap_request& wanted, const checked& all) {
  const auto& state = *all.host.claimed.at(wanted.snap);
  if (!state.is_installed())
    throw refuse(wanted, "it is not installed", failure_kind::snap_not_installed);
  if (wanted.verb == "enable" && state.active)
    throw refuse(wanted, "it is enabled already");
  if (wanted.verb == "enable" && !state.info())
    throw refuse(wanted, "its current revision is removed");
  if (wanted.verb == "disable" && !state.active)
    throw refuse(wanted, "it is disabled already");
  if (wanted.verb == "remove" && wanted.rev)
    check_revision(wanted, state);
  if (wanted.verb != "enable" && !leaves_revisions(wanted, state))
    check_users(wanted, *any_info(state), all);
}

checked checked_together(const operation_request& request, const plan_context& context) {
  checked all{context, {}};
  for (const auto& wanted : request.snaps)
    all.by_name.emplace(wanted.snap, &wanted);
  return all;
}

void check_one(const snap_request& wanted, const checked& all) {
  if (wanted.verb == "install")
    check_install(wanted, all);
  else if (wanted.verb == "refresh")
    check_refresh(wanted, all);
  else if (wanted.verb == "revert")
    check_revert(wanted, all);
  else if (wanted.verb == "switch")
    check_switch(wanted, all);
  else if (is_about_snapshots(wanted.verb))
    check_snapshot(wanted, all);
  else if (is_about_aliases(wanted.verb))
    check_alias_request(wanted, *all.host.claimed.at(wanted.snap));
  else if (is_about_services(wanted.verb))
    check_services(wanted, all);
  else if (is_about_connections(wanted.verb))
    check_connections(wanted, all);
  else if (wanted.verb == "configure")
    check_configure(wanted, all);
  else
    check_installed(wanted, all);
}

// What stores offer was looked up before the snap was claimed.
std::string why_impossible(const snap_request& wanted, const operation_request& request,
                           const checked& all, alias_book& names) {
  const auto& state = *all.host.claimed.at(wanted.snap);
  auto why = wanted.steps.empty() ? std::string{} : why_passed_over(state, wanted.steps.back().rev);
  if (!why.empty())
    return why;
  try {
    check_one(wanted, all);
    names.enter(snap_plan{wanted, state, 0, request, all.host.now}.operations());
    return {};
  } catch (const failure& refusal) {
    return refusal.what();
  }
}

} // namespace

std::string why_passed_over(const snap_state& state, revision rev) {
  for (const auto& bad : state.bad)
    if (bad.rev == rev)
      return "revision " + to_string(rev) + " has failed here: " + bad.reason;
  auto current = std::ranges::find(state.revisions, state.current, &installed_revision::rev);
  auto later = std::find_if(current, state.revisions.end(),
                            [&](const installed_revision& r) { return r.rev == rev; });
  return later != state.revisions.end() && rev != state.current
             ? "revision " + to_string(rev) + " was reverted from"
             : std::string{};
}

const snap_info* any_info(const snap_state& state) {
  if (const auto* current = state.info())
    return current;
  return state.is_installed() ? state.revisions.back().info.get() : nullptr;
}

const snap_info* new_info(const snap_request& wanted) {
  return wanted.steps.empty() ? wanted.info.get() : wanted.steps.back().info.get();
}

bool runs_on(const snap_info& user, const std::string& name, const snap_info& info) {
  if (info.type == snap_type::snapd)
    return user.type != snap_type::snapd;
  return (info.type == snap_type::base || info.type == snap_type::os) && needed_base(user) == name;
}

void check_request(const operation_request& request) {
  const std::string start = "cannot start change: ";
  if (request.snaps.empty() && (request.refreshes_all || request.settings))
    return;
  if (request.snaps.empty())
    throw failure{start + "no snap is named"};
  if (request.snaps.size() > limits::change_snaps)
    throw failure{start + std::to_string(request.snaps.size()) + " snaps are named, and at most " +
                  std::to_string(limits::change_snaps) + " are allowed"};
  const auto& verb = request.snaps.front().verb;
  if (std::ranges::find(known_verbs, verb) == known_verbs.end())
    throw failure{start + "unknown operation \"" + verb + '"'};
  std::set<std::string> named;
  for (const auto& wanted : request.snaps) {
    if (!named.insert(wanted.snap).second)
      throw failure{start + "snap \"" + wanted.snap + "\" is named twice"};
    if (!go_together(verb, wanted.verb))
      throw failure{start + "it can't both " + verb + " and " + wanted.verb + " snaps"};
    if (wanted.verb == "install" || wanted.verb == "refresh")
      check_source(wanted);
    if (wanted.verb == "switch" && wanted.channel.empty())
      throw refuse(wanted, "no channel is named");
    if (is_about_connections(wanted.verb) && request.snaps.front().connections.empty())
      throw refuse(wanted, "no plug and slot are named");
    if (wanted.verb == "alias" && (wanted.app.empty() || wanted.alias.empty()))
      throw refuse(wanted, "an application and an alias must be named");
    if (is_about_snapshots(wanted.verb) && wanted.verb != "save-snapshot" &&
        (wanted.snapshot_set == 0 || !wanted.rev))
      throw refuse(wanted, "no snapshot is named");
  }
}

void check_host(const operation_request& request, const plan_context& context) {
  auto all = checked_together(request, context);
  for (const auto& wanted : request.snaps)
    check_one(wanted, all);
}

void pass_over_impossible(operation_request& request, const plan_context& context) {
  auto all = checked_together(request, context);
  alias_book names{context};
  std::set<std::string> impossible;
  for (const auto& wanted : request.snaps) {
    if (wanted.is_prerequisite)
      continue;
    if (auto why = why_impossible(wanted, request, all, names); !why.empty()) {
      impossible.insert(wanted.snap);
      request.notes.push_back("snap \"" + wanted.snap + "\" is passed over: " + why);
    }
  }
  std::erase_if(request.snaps, [&](const auto& wanted) { return impossible.contains(wanted.snap); });
  drop_unneeded_prerequisites(request);
  if (request.is_automatic && request.snaps.empty())
    throw failure{failure_kind::no_update_available,
                  "cannot refresh snaps: none that has an update can be refreshed now"};
}

} // namespace troupe
