#include "cli/load/end_state.hpp"

#include <charconv>
#include <chrono>
#include <functional>
#include <thread>

#include "runtime/host/mount_points.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/layout.hpp"

namespace troupe::load {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

// Some of what an ended change leaves is removed a moment later.
constexpr auto clean_up_patience = 15s;
constexpr auto look_again = 100ms;
constexpr std::size_t details_kept = 5;

/// Puts the first few together, with how many there are.
class findings {
public:
  void add(const std::string& text) {
    if (++count_ <= details_kept)
      text_ += (text_.empty() ? "" : "; ") + text;
  }
  invariant result(const std::string& rule, const std::string& if_none) const {
    if (count_ == 0)
      return {rule, true, if_none};
    auto more = count_ > details_kept ? "; and " + std::to_string(count_ - details_kept) + " more" : "";
    return {rule, false, text_ + more};
  }

private:
  std::size_t count_ = 0;
  std::string text_;
};

std::uint64_t number_of(const std::string& id) {
  std::uint64_t number = 0;
  std::from_chars(id.data(), id.data() + id.size(), number);
  return number;
}

/// What the daemon says of changes, and of which it can say nothing any more.
class known_changes {
public:
  known_changes(daemon_api& daemon, const std::vector<load_snap>& snaps)
      : statuses_{daemon.shown_changes()} {
    for (const auto& snap : snaps) {
      auto old = daemon.history(snap.name);
      auto is_full = old.size() >= limits::history_answer_changes;
      auto& oldest = oldest_[snap.name];
      for (const auto& [id, status] : old)
        if (auto number = number_of(id); is_full && (oldest == 0 || number < oldest))
          oldest = number;
      statuses_.merge(old);
    }
  }

  /// Whether the answers about one of its snaps reach back to this change.
  bool reach_back_to(const seen_change& change) const {
    for (const auto& name : change.snaps)
      if (auto found = oldest_.find(name);
          found != oldest_.end() && number_of(change.id) >= found->second)
        return true;
    return change.snaps.empty();
  }

  std::optional<std::string> status_of(const std::string& id) const {
    auto found = statuses_.find(id);
    return found == statuses_.end() ? std::nullopt : std::optional{found->second};
  }

private:
  std::map<std::string, std::string> statuses_;
  std::map<std::string, std::uint64_t> oldest_; ///< 0: all of them were told.
};

void find_prefixed(const fs::path& directory, std::vector<std::string>& into) {
  std::error_code code;
  for (fs::directory_iterator at{directory, code}; !code && at != fs::directory_iterator{};
       at.increment(code))
    if (at->path().filename().string().starts_with(name_prefix))
      into.push_back(at->path().string());
  if (code && code != std::errc::no_such_file_or_directory)
    into.push_back("cannot look into " + directory.string() + ": " + code.message());
}

std::vector<std::string> leftovers(const fs::path& root, std::optional<std::size_t> uploads_before) {
  layout paths{root};
  std::vector<std::string> found;
  for (const auto& directory : {root / "snap", paths.bin_dir(), root / "var/snap", paths.images_dir()})
    find_prefixed(directory, found);
  auto mounted = (root / "snap" / name_prefix).string();
  for (const auto& place : host::mounts_below(root / "snap"))
    if (place.starts_with(mounted))
      found.push_back("mounted: " + place);
  if (auto uploads = uploads_in(root); uploads && uploads_before && *uploads > *uploads_before)
    found.push_back(std::to_string(*uploads - *uploads_before) + " uploads in " +
                    paths.spool_dir().string());
  return found;
}

} // namespace

invariant all_changes_ready(daemon_api& daemon) {
  findings broken;
  for (const auto& change : daemon.unready_changes())
    broken.add("change " + change.id + " is " + change.status + " (see `troupe why " + change.id + "`)");
  return broken.result("every change is ready", "");
}

invariant list_matches_changes(daemon_api& daemon, const load_model& model,
                               const std::vector<load_snap>& snaps) {
  auto listed = daemon.snaps();
  findings broken;
  for (std::size_t i = 0; i < snaps.size(); ++i) {
    auto found = listed.find(snaps[i].name);
    auto shown = found == listed.end() ? snap_condition::absent
                 : found->second       ? snap_condition::active
                                       : snap_condition::disabled;
    if (shown != model.condition(i))
      broken.add(snaps[i].name + " is listed as " + std::string{to_word(shown)} + ", not " +
                 std::string{to_word(model.condition(i))});
  }
  return broken.result("the daemon lists what the ends of the changes say",
                       std::to_string(snaps.size()) + " snaps");
}

invariant changes_are_known(daemon_api& daemon, const std::map<std::string, seen_change>& accepted,
                            const std::vector<load_snap>& snaps) {
  known_changes known{daemon, snaps};
  findings broken;
  std::size_t checked = 0;
  for (const auto& [id, ended] : accepted) {
    auto status = known.status_of(id);
    if (!status && !known.reach_back_to(ended))
      continue;
    ++checked;
    if (!status || status->empty())
      broken.add("change " + id + " is not known");
    else if (ended.ready && *status != ended.status)
      broken.add("change " + id + " is " + *status + ", and was " + ended.status);
  }
  return broken.result("every accepted change is known, with the status of its end",
                       std::to_string(checked) + " of " + std::to_string(accepted.size()) + " changes");
}

std::optional<std::size_t> uploads_in(const fs::path& root) {
  std::error_code code;
  std::size_t count = 0;
  for (fs::directory_iterator at{layout{root}.spool_dir(), code};
       !code && at != fs::directory_iterator{}; at.increment(code))
    ++count;
  if (code && code != std::errc::no_such_file_or_directory)
    return std::nullopt;
  return count;
}

invariant nothing_is_left(daemon_api& daemon, const fs::path& root,
                          std::optional<std::size_t> uploads_before) {
  std::vector<std::string> names;
  for (const auto& [name, active] : daemon.snaps())
    names.push_back(name);
  daemon.remove(names);
  findings broken;
  for (const auto& [name, active] : daemon.snaps())
    broken.add(name + " is still listed");
  if (!root.empty()) {
    auto end = steady::now() + clean_up_patience;
    auto found = leftovers(root, uploads_before);
    while (!found.empty() && steady::now() < end) {
      std::this_thread::sleep_for(look_again);
      found = leftovers(root, uploads_before);
    }
    for (const auto& one : found)
      broken.add(one);
  }
  return broken.result("nothing is left once the snaps are removed",
                       root.empty() ? "not looked at: the daemon's files aren't visible from here"
                                    : "below " + root.string());
}

} // namespace troupe::load
