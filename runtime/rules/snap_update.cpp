#include "runtime/rules/snap_update.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "messages/failure.hpp"

namespace troupe {
namespace {

[[noreturn]] void refuse(const std::string& what, const snap_state& state, const std::string& why) {
  throw failure{failure_kind::internal, "cannot " + what + " \"" + state.name + "\": " + why};
}

std::string numbered_text(revision rev) { return "revision " + to_string(rev) + " of"; }

void drop_revision(snap_state& state, revision rev) {
  std::erase_if(state.revisions, [&](const installed_revision& r) { return r.rev == rev; });
  if (state.current == rev)
    state.current = {};
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
  const auto found = std::ranges::find(state.revisions, added.rev, &installed_revision::rev);
  if (found == state.revisions.end())
    state.revisions.push_back(added);
  else
    *found = added;
  state.current = added.rev;
  state.active = true;
  state.channel = update.channel;
  state.flags = update.flags;
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
  if (update.drop)
    drop_revision(state, update.drop);
}

void apply_to(snap_state& state, const set_config& update) {
  if (!state.is_installed())
    throw failure{failure_kind::snap_not_installed,
                  "cannot configure \"" + state.name + "\": it isn't installed"};
  state.config = update.config;
}

} // namespace

snap_state apply(const snap_state& state, const snap_update& update) {
  auto next = state;
  std::visit([&](const auto& u) { apply_to(next, u); }, update);
  ++next.version;
  return next;
}

} // namespace troupe
