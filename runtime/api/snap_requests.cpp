#include "runtime/api/snap_requests.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "runtime/rules/channel.hpp"
#include "runtime/rules/duration_text.hpp"
#include "runtime/snap/names.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

/// Which options each action takes, besides those of every change.
struct action_options {
  std::string_view action;
  bool revision = false;
  bool channel = false;
  bool flags = false;
  bool purge = false;
  bool force = false;
  bool unaliased = false;
};

constexpr std::array actions{
    action_options{
        .action = "install", .revision = true, .channel = true, .flags = true, .unaliased = true},
    action_options{
        .action = "refresh", .revision = true, .channel = true, .flags = true, .unaliased = true},
    action_options{.action = "revert", .revision = true},
    action_options{.action = "switch", .channel = true},
    action_options{.action = "remove", .revision = true, .purge = true},
    action_options{.action = "enable"},
    action_options{.action = "disable", .force = true},
};

void check_taken(bool takes, bool is_given, const snap_request& wanted, const std::string& option) {
  if (is_given && !takes)
    throw failure{"cannot " + wanted.verb + " snap \"" + wanted.snap + "\": it takes no " + option};
}

duration time_to_wait(const std::string& text) {
  auto time = duration_from_text(text);
  if (!time)
    throw failure{"cannot start change: \"" + text +
                  "\" is no time to wait; write it like 30s, 5m or 1h30m"};
  return *time;
}

} // namespace

snap_request snap_request_of(const json::object& body, const std::string& name) {
  check_instance_name(name);
  snap_request wanted;
  wanted.snap = name;
  wanted.verb = json::string_or(body, "action");
  auto takes = std::ranges::find(actions, wanted.verb, &action_options::action);
  if (takes == actions.end())
    throw failure{"cannot act on snap \"" + name + "\": unknown action \"" + wanted.verb + '"'};
  auto rev = json::string_or(body, "revision");
  if (!rev.empty()) {
    auto parsed = revision_from_text(rev);
    if (!parsed || !*parsed)
      throw failure{"cannot " + wanted.verb + " snap \"" + name + "\": \"" + rev + "\" is no revision"};
    wanted.rev = *parsed;
  }
  wanted.channel = json::string_or(body, "channel");
  if (!wanted.channel.empty())
    wanted.channel = to_string(parse_channel(wanted.channel));
  wanted.flags = {json::bool_or(body, "devmode"), json::bool_or(body, "jailmode"),
                  json::bool_or(body, "classic")};
  wanted.purge = json::bool_or(body, "purge");
  wanted.force = json::bool_or(body, "force");
  wanted.unaliased = json::bool_or(body, "unaliased");
  check_taken(takes->revision, static_cast<bool>(wanted.rev), wanted, "revision");
  check_taken(takes->channel, !wanted.channel.empty(), wanted, "channel");
  check_taken(takes->flags, wanted.flags != snap_flags{}, wanted, "confinement");
  check_taken(takes->purge, wanted.purge, wanted, "purge");
  check_taken(takes->force, wanted.force, wanted, "force");
  check_taken(takes->unaliased, wanted.unaliased, wanted, "unaliased");
  return wanted;
}

void set_options(operation_request& wanted, const std::string& transaction,
                 const std::string& conflict) {
  if (transaction == "all-snaps")
    wanted.transaction = troupe::transaction::all_snaps;
  else if (!transaction.empty() && transaction != "per-snap")
    throw failure{"cannot start change: transaction must be per-snap or all-snaps, not \"" +
                  transaction + '"'};
  auto word = conflict.substr(0, conflict.find('='));
  if (word == "wait")
    wanted.on_conflict = conflict_policy::wait;
  else if (word == "replace")
    wanted.on_conflict = conflict_policy::replace;
  else if (!conflict.empty() && conflict != "fail")
    throw failure{
        "cannot start change: conflict must be fail, wait, wait=TIME, replace or replace=TIME, not \"" +
        conflict + '"'};
  if (word == conflict)
    return;
  wanted.wait_at_most = time_to_wait(conflict.substr(word.size() + 1));
}

void set_running_apps(operation_request& wanted, const std::string& word, bool ignore) {
  wanted.on_running_apps = running_apps::fail;
  if (ignore && !word.empty())
    throw failure{"cannot start change: running-apps and ignore-running exclude each other"};
  if (ignore)
    wanted.on_running_apps = running_apps::ignore;
  else if (word == "wait" || word.starts_with("wait="))
    wanted.on_running_apps = running_apps::wait;
  else if (!word.empty() && word != "fail")
    throw failure{"cannot start change: running-apps must be wait, wait=TIME or fail, not \"" + word +
                  '"'};
  if (auto equals = word.find('='); equals != word.npos)
    wanted.wait_for_apps_at_most = time_to_wait(word.substr(equals + 1));
}

operation_request operation_request_of(const json::object& body, const std::vector<std::string>& names,
                                       std::uint32_t uid) {
  operation_request wanted;
  wanted.uid = uid;
  for (const auto& name : names)
    wanted.snaps.push_back(snap_request_of(body, name));
  wanted.refreshes_all = names.empty();
  set_options(wanted, json::string_or(body, "transaction"), json::string_or(body, "conflict"));
  set_running_apps(wanted, json::string_or(body, "running-apps"), json::bool_or(body, "ignore-running"));
  return wanted;
}

operation_request service_request_of(const json::object& body, std::uint32_t uid) {
  auto action = json::string_or(body, "action");
  if (action != "start" && action != "stop" && action != "restart")
    throw failure{"cannot act on services: unknown action " + in_quotes(action)};
  for (const auto& [option, only_for] :
       {std::pair{"enable", "start"}, std::pair{"disable", "stop"}, std::pair{"reload", "restart"}})
    if (json::bool_or(body, option) && action != only_for)
      throw failure{"cannot " + action + " services: " + option + " goes with " + only_for + " only"};
  std::map<std::string, std::set<std::string>> wanted;
  std::set<std::string> whole;
  for (const auto& name : json::strings(body, "names")) {
    auto dot = name.find('.');
    auto snap = name.substr(0, dot);
    check_instance_name(snap);
    if (dot == name.npos)
      whole.insert(snap);
    else
      check_app_name(name.substr(dot + 1));
    auto& apps = wanted[snap];
    if (dot != name.npos)
      apps.insert(name.substr(dot + 1));
  }
  if (wanted.empty())
    throw failure{"cannot " + action + " services: none is named"};
  operation_request result;
  result.uid = uid;
  for (const auto& [snap, apps] : wanted) {
    auto& one = result.snaps.emplace_back();
    one.verb = (json::bool_or(body, "reload") ? "reload" : action) + "-services";
    one.snap = snap;
    one.for_good = json::bool_or(body, "enable") || json::bool_or(body, "disable");
    if (!whole.contains(snap))
      one.services.assign(apps.begin(), apps.end());
  }
  set_options(result, json::string_or(body, "transaction"), json::string_or(body, "conflict"));
  return result;
}

failure in_users_words(const failure& what, const std::string& spooled, const std::string& given) {
  std::string text = what.what();
  auto hidden = in_quotes(spooled);
  if (auto at = text.find(hidden); at != text.npos)
    text.replace(at, hidden.size(), in_quotes(given));
  return {what.kind(), text, what.value()};
}

} // namespace troupe
