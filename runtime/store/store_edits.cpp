#include "runtime/store/store_edits.hpp"

#include <sodium.h>

#include <algorithm>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/channel.hpp"
#include "runtime/snap/names.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/store/minisign_text.hpp"

namespace troupe::store_edits {

namespace {

store_channel* find_channel(store_snap& snap, const std::string& name) {
  auto found = std::ranges::find(snap.channels, name, &store_channel::name);
  return found == snap.channels.end() ? nullptr : &*found;
}

std::string revisions_of(const store_snap& snap) {
  std::string text;
  for (const auto& known : snap.revisions)
    text += (text.empty() ? "" : ", ") + to_string(known.rev);
  return text;
}

} // namespace

store_snap& snap_in(store_index& index, const std::string& name) {
  auto found = index.snaps.find(name);
  if (found == index.snaps.end())
    throw failure{failure_kind::snap_not_found,
                  "cannot find snap " + in_quotes(name) +
                      " in the store; add one of its images first: troupe store add DIR FILE"};
  return found->second;
}

std::string release(store_snap& snap, revision rev, const std::string& channel) {
  auto name = to_string(parse_channel(channel));
  auto what =
      "cannot release revision " + to_string(rev) + " of snap \"" + snap.name + "\" to " + name + ": ";
  if (!snap.find(rev))
    throw failure{failure_kind::revision_not_available,
                  what + "the store has revisions " + revisions_of(snap)};
  auto* found = find_channel(snap, name);
  if (!found) {
    if (snap.channels.size() >= limits::store_snap_channels)
      throw failure{what + "it has " + std::to_string(snap.channels.size()) + " channels already"};
    auto place = std::ranges::lower_bound(snap.channels, name, {}, &store_channel::name);
    found = &*snap.channels.insert(place, store_channel{.name = name, .released = {}});
  }
  if (!found->is_closed && !found->released.empty() && found->released.back() == rev)
    throw failure{what + "that channel offers it already"};
  // The history stays short of the limit: what was released longest ago goes.
  if (found->released.size() >= limits::store_channel_releases)
    found->released.erase(found->released.begin());
  found->released.push_back(rev);
  found->is_closed = false;
  return name;
}

std::string close(store_snap& snap, const std::string& channel) {
  auto name = to_string(parse_channel(channel));
  auto what = "cannot close channel " + name + " of snap \"" + snap.name + "\": ";
  auto* found = find_channel(snap, name);
  if (!found)
    throw failure{failure_kind::channel_not_available, what + "nothing was ever released to it"};
  if (found->is_closed)
    throw failure{what + "it is closed already"};
  found->is_closed = true;
  return name;
}

void set_aliases(store_snap& snap, const std::map<std::string, std::string>& aliases) {
  auto what = "cannot set aliases of snap \"" + snap.name + "\": ";
  if (aliases.size() > limits::snap_aliases)
    throw failure{what + "at most " + std::to_string(limits::snap_aliases) + " are allowed"};
  for (const auto& [alias, app] : aliases) {
    check_declared_alias(snap.name, alias);
    auto has_app = [&app = app](const store_revision& known) {
      const auto* found = known.info->find_app(app);
      return found && !found->is_service();
    };
    if (std::ranges::none_of(snap.revisions, has_app))
      throw failure{what + "no revision has an application " + in_quotes(app) +
                    " that is started by a command"};
  }
  snap.aliases = aliases;
}

std::string fresh_id() {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  constexpr std::size_t id_letters = 32;
  minisign::prepare();
  std::string id(id_letters, '0');
  for (auto& letter : id)
    letter = letters[randombytes_uniform(static_cast<std::uint32_t>(letters.size()))];
  return id;
}

} // namespace troupe::store_edits
