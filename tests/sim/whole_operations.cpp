#include "tests/sim/whole_operations.hpp"

#include "runtime/rules/aliases.hpp"
#include "runtime/rules/verbs.hpp"

namespace troupe::sim {

namespace {

const std::string launchers = launchers_dir;

/// The snap that an entry of the host belongs to; empty for those of none.
std::string owner_of(const std::string& entry) {
  for (const std::string folder : {"/root/snap/bin/", "/root/snap/", "/root/var/snap/",
                                   "/root/var/lib/snapd/snaps/", "/root/var/lib/troupe/spool/"})
    if (entry.starts_with(folder))
      return entry.substr(folder.size(), entry.find_first_of("/_.", folder.size()) - folder.size());
  return {};
}

void add_files(std::set<std::string>& into, const std::string& name, const whole_operations::snap& is) {
  const auto snap = "/root/snap/" + name;
  const auto data = "/root/var/snap/" + name;
  into.insert({snap, data, data + "/common"});
  for (auto each : is.revisions) {
    const auto rev = "/" + to_string(each);
    into.insert({snap + rev, "mount of " + snap + rev, data + rev,
                 "/root/var/lib/snapd/snaps/" + name + "_" + to_string(each) + ".snap"});
  }
  const auto current = "/current -> " + to_string(is.rev);
  if (is.active)
    into.insert({snap + current, data + current});
  if (!is.active)
    return;
  for (const auto& app : is.apps)
    into.insert(launchers + command_of(name, app));
  for (const auto& [alias, app] : is.aliases)
    into.insert(launchers + alias + " -> " + command_of(name, app));
}

/// What a refresh leaves: the former revision and the new one; what was reverted from goes.
void refresh(whole_operations::snap& what, revision to) {
  what.revisions = {what.rev, to};
  what.rev = to;
}

} // namespace

void whole_operations::done(const operation& op) {
  if (op.verb == "remove") {
    snaps_.erase(op.snap);
    return;
  }
  if (is_about_snapshots(op.verb) || is_about_aliases(op.verb) || is_about_services(op.verb) ||
      is_about_connections(op.verb))
    return;
  auto& snap = snaps_[op.snap];
  if (op.verb == "install") {
    snap = {{op.rev}, op.rev};
    for (const auto& app : op.info->apps)
      if (!app.is_service())
        snap.apps.push_back(app.name);
  }
  if (op.verb == "refresh")
    refresh(snap, op.rev);
  if (op.verb == "revert")
    snap.rev = op.rev;
  if (op.verb != "switch")
    snap.active = op.verb != "disable";
}

void whole_operations::change_aliases(const operation& op) {
  auto found = snaps_.find(op.snap);
  if (found == snaps_.end())
    return;
  for (const auto& [alias, app] : op.aliases_removed)
    found->second.aliases.erase(alias);
  for (const auto& [alias, app] : op.aliases_added)
    found->second.aliases[alias] = app;
}

std::string whole_operations::difference(const std::string& name, const snap_state* is) const {
  auto found = snaps_.find(name);
  auto should_be = found != snaps_.end();
  if (should_be != (is != nullptr))
    return should_be ? "isn't installed" : "is installed";
  if (should_be && is->current != found->second.rev)
    return "is at revision " + to_string(is->current);
  if (should_be && is->active != found->second.active)
    return is->active ? "is active" : "is inactive";
  if (should_be && enabled_aliases(*is) != found->second.aliases)
    return "has other aliases";
  return {};
}

std::vector<std::string> whole_operations::differences(const world& on) const {
  std::set<std::string> expected{launchers + taken_alias};
  for (const auto& [name, snap] : snaps_)
    if (!is_unsure(name))
      add_files(expected, name, snap);
  std::set<std::string> found;
  auto add = [&](const std::string& owner, const std::string& shown) {
    if (!owner.empty() && owner != "bin" && !is_unsure(owner))
      found.insert(shown);
  };
  for (const auto& entry : on.entries) {
    auto link = on.links.find(entry);
    auto is_alias = link != on.links.end() && entry.starts_with(launchers) &&
                    link->second.find('/') == link->second.npos;
    auto shows_target = is_alias || (link != on.links.end() && entry.ends_with("/current"));
    add(owner_of(is_alias ? launchers + link->second : entry),
        shows_target ? entry + " -> " + link->second : entry);
  }
  for (const auto& mount : on.mounted)
    add(owner_of(mount), "mount of " + mount);
  std::vector<std::string> result;
  for (const auto& entry : expected)
    if (!found.contains(entry))
      result.push_back("missing: " + entry);
  for (const auto& entry : found)
    if (!expected.contains(entry))
      result.push_back("left over: " + entry);
  return result;
}

} // namespace troupe::sim
