#include "runtime/api/alias_requests.hpp"

#include <algorithm>

#include "messages/failure.hpp"
#include "runtime/rules/aliases.hpp"
#include "runtime/rules/verbs.hpp"
#include "runtime/snap/names.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

/// How sure it is that this snap is meant by the alias; 0: it has none of that name.
int claim_on(const snap_state& state, const std::string& alias) {
  auto found = state.aliases.find(alias);
  if (found == state.aliases.end())
    return 0;
  if (found->second.manual.empty())
    return 1;
  return known_aliases(state).at(alias).status == alias_status::manual ? 3 : 2;
}

/// Says which snap is meant where only one name is given.
void find_snap(snap_request& wanted, std::span<const snap_state_ptr> installed) {
  auto name = wanted.alias.empty() ? wanted.snap : wanted.alias;
  auto is_snap = std::ranges::any_of(installed, [&](const auto& state) { return state->name == name; });
  if (is_snap) {
    wanted.snap = name;
    wanted.alias.clear();
    return;
  }
  auto best = std::ranges::max_element(
      installed, {}, [&](const snap_state_ptr& state) { return claim_on(*state, name); });
  if (best == installed.end() || claim_on(**best, name) == 0)
    throw failure{failure_kind::not_found, "cannot disable " + in_quotes(name) +
                                               ": no snap of that name is installed, and none has "
                                               "such an alias; see what there is with: troupe aliases"};
  wanted.snap = (*best)->name;
  wanted.alias = name;
}

json::array listed(const std::string& snap, const alias_map& aliases) {
  json::array result;
  for (const auto& [alias, app] : aliases)
    result.push_back(json::object{{"snap", snap}, {"app", app}, {"alias", alias}});
  return result;
}

} // namespace

snap_request alias_request_of(const json::object& body, std::span<const snap_state_ptr> installed) {
  snap_request wanted;
  wanted.verb = json::string_or(body, "action");
  wanted.snap = json::string_or(body, "snap");
  if (wanted.verb == "alias") {
    wanted.app = json::string_or(body, "app");
    wanted.alias = json::string_or(body, "alias");
    check_app_name(wanted.app);
    check_alias_name(wanted.alias);
  } else if (wanted.verb == "unalias") {
    wanted.alias = json::string_or(body, "alias");
    if (wanted.snap.empty() || wanted.snap == wanted.alias || wanted.alias.empty()) {
      check_alias_name(wanted.alias.empty() ? wanted.snap : wanted.alias);
      find_snap(wanted, installed);
    }
  } else if (wanted.verb != "prefer") {
    throw failure{"cannot act on aliases: unknown action " + in_quotes(wanted.verb)};
  }
  check_instance_name(wanted.snap);
  return wanted;
}

json::object aliases_resource(std::span<const snap_state_ptr> installed) {
  json::object result;
  for (const auto& state : installed) {
    json::object of_snap;
    for (const auto& [alias, known] : known_aliases(*state)) {
      const auto& targets = state->aliases.at(alias);
      json::object one{{"command", command_of(state->name, known.app)},
                       {"status", to_word(known.status)}};
      if (!targets.manual.empty())
        one["manual"] = targets.manual;
      if (!targets.automatic.empty())
        one["auto"] = targets.automatic;
      of_snap[alias] = std::move(one);
    }
    if (!of_snap.empty())
      result[state->name] = std::move(of_snap);
  }
  return result;
}

void add_alias_changes(json::object& data, const change_record& change) {
  json::array added;
  json::array removed;
  auto is_about_them = false;
  for (const auto& op : change.operations) {
    if (!is_about_aliases(op.verb))
      continue;
    is_about_them = true;
    for (auto& one : listed(op.snap, op.aliases_added))
      added.push_back(std::move(one));
    for (auto& one : listed(op.snap, op.aliases_removed))
      removed.push_back(std::move(one));
  }
  if (!is_about_them)
    return;
  data["aliases-added"] = std::move(added);
  data["aliases-removed"] = std::move(removed);
}

} // namespace troupe
