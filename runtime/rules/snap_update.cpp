#include "runtime/rules/snap_update.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/config_edit.hpp"

namespace troupe {
namespace {

[[noreturn]] void refuse(const std::string& what, const snap_state& state, const std::string& why) {
  throw failure{failure_kind::internal, "cannot " + what + " \"" + state.name + "\": " + why};
}

std::string numbered_text(revision rev) { return "revision " + to_string(rev) + " of"; }

auto find(snap_state& state, revision rev) {
  return std::ranges::find(state.revisions, rev, &installed_revision::rev);
}

void drop_revision(snap_state& state, revision rev) {
  std::erase_if(state.revisions, [&](const installed_revision& r) { return r.rev == rev; });
  if (state.current == rev)
    state.current = {};
  if (state.health && state.health->rev == rev)
    state.health.reset();
  if (state.revisions.empty()) {
    snap_state gone;
    gone.name = state.name;
    gone.version = state.version;
    state = std::move(gone);
  }
}

void apply_to(snap_state& state, const link_revision& update) {
  const auto& added = update.revision;
  if (!added.rev)
    refuse("link", state, "no revision is named");
  if (!added.info)
    refuse("link " + numbered_text(added.rev), state, "its metadata is missing");
  if (state.current != added.rev)
    if (auto left = find(state, state.current); left != state.revisions.end())
      left->config = state.config;
  auto found = find(state, added.rev);
  if (found == state.revisions.end())
    state.revisions.push_back(added);
  else
    *found = added;
  if (update.restores_config && !added.config.empty())
    state.config = added.config;
  state.current = added.rev;
  state.active = true;
  state.channel = update.channel;
  state.flags = update.flags;
  state.origin = update.origin;
}

void apply_to(snap_state& state, const unlink_current&) { state.active = false; }

void apply_to(snap_state& state, const forget_revision& update) {
  if (!state.find(update.rev))
    refuse("forget " + numbered_text(update.rev), state, "it isn't installed");
  if (state.active && state.current == update.rev)
    refuse("forget " + numbered_text(update.rev), state, "it is active");
  drop_revision(state, update.rev);
}

void apply_to(snap_state& state, const restore_link& update) {
  if (update.current && !state.find(update.current))
    refuse("go back to " + numbered_text(update.current), state, "it isn't installed");
  if (update.current && update.current == update.drop)
    refuse("go back to " + numbered_text(update.current), state, "it is to be forgotten");
  if (update.active && !update.current)
    refuse("activate", state, "no revision is named");
  state.current = update.current;
  state.active = update.active;
  state.channel = update.channel;
  state.flags = update.flags;
  state.config = update.config;
  state.origin = update.origin;
  if (update.drop)
    drop_revision(state, update.drop);
}

void apply_to(snap_state& state, const set_config& update) {
  if (!state.is_installed())
    throw failure{failure_kind::snap_not_installed,
                  "cannot configure \"" + state.name + "\": it isn't installed"};
  state.config = update.config;
}

void apply_to(snap_state& state, const edit_config& update) {
  if (!state.is_installed())
    refuse("configure", state, "it isn't installed");
  auto config = json::parse_object(state.config);
  for (const auto& edits : update.edits)
    config = with_edits(std::move(config), json::parse_object(edits));
  state.config = json::write(config);
}

void apply_to(snap_state& state, const track_channel& update) {
  if (!state.is_installed())
    refuse("follow another channel with", state, "it isn't installed");
  state.channel = update.channel;
}

// Found again, it counts as the newest.
void apply_to(snap_state& state, const remember_bad& update) {
  std::erase_if(state.bad, [&](const bad_revision& known) { return known.rev == update.what.rev; });
  state.bad.push_back(update.what);
  if (state.bad.size() > limits::bad_revisions_kept)
    state.bad.erase(state.bad.begin());
}

void apply_to(snap_state& state, const set_health& update) {
  if (!state.is_installed())
    refuse("set the health of", state, "it isn't installed");
  state.health = update.health;
}

void apply_to(snap_state& state, const set_aliases& update) {
  if (!state.is_installed())
    refuse("set the aliases of", state, "it isn't installed");
  state.aliases = update.aliases;
  state.no_automatic_aliases = update.no_automatic;
}

void apply_to(snap_state& state, const set_disabled_services& update) {
  if (!state.is_installed())
    refuse("disable services of", state, "it isn't installed");
  state.disabled_services = update.services;
}

void apply_to(snap_state& state, const set_connection& update) {
  if (update.to && !state.is_installed())
    refuse("connect", state, "it isn't installed");
  if (update.to)
    state.connections.insert_or_assign(update.ref, *update.to);
  else
    state.connections.erase(update.ref);
}

} // namespace

snap_state apply(const snap_state& state, const snap_update& update) {
  auto next = state;
  std::visit([&](const auto& u) { apply_to(next, u); }, update);
  ++next.version;
  return next;
}

bool is_for_guests(const snap_update& update) {
  return std::holds_alternative<set_connection>(update) || std::holds_alternative<edit_config>(update) ||
         std::holds_alternative<set_health>(update);
}

} // namespace troupe
