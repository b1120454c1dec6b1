#include "tests/sim/workload.hpp"

#include <algorithm>
#include <set>

#include "runtime/api/timestamps.hpp"
#include "runtime/rules/system_settings.hpp"
#include "runtime/rules/verbs.hpp"
#include "tests/sim/whole_operations.hpp"

namespace troupe::sim {

namespace {

using namespace std::chrono_literals;

constexpr auto second_app = "tool";

/// Few, so that snaps want the same; one of them is a file of somebody else's.
std::string draw_alias(dice& random) { return random.pick({"p", "p", "p", "q", "q", "q", taken_alias}); }

std::string draw_app(dice& random, const std::string& snap) {
  return random.one_in(2) ? snap : second_app;
}

/// Services of every sort that matters to who supervises them: ready at once, once they say so, once
/// they have ended; one that endures refreshes, and some that wait for others.
std::vector<app_info> draw_services(dice& random) {
  std::vector<app_info> all(4);
  all[0].name = "enduring";
  all[0].daemon = "simple";
  all[0].refresh_mode = "endure";
  all[1].name = "job";
  all[1].daemon = "oneshot";
  all[2].name = "notifier";
  all[2].daemon = "notify";
  all[2].before = {"web"};
  all[3].name = "web";
  all[3].daemon = "simple";
  all[3].after = {"job"};
  std::erase_if(all, [&](const app_info&) { return random.one_in(3); });
  for (auto& app : all) {
    app.command = "bin/run";
    app.start_timeout_ms = 60'000;
    app.stop_timeout_ms = 2'000;
    app.restart_condition = random.pick({"", "never", "always"});
  }
  return all;
}

/// A plug and a slot, mostly of one interface that only snaps have slots of; and hooks for them.
void draw_ends(dice& random, snap_info& info) {
  const std::vector<std::string> interfaces{"content", "content", "content", "x11", "network"};
  if (random.one_in(2))
    info.slots.push_back({"slot", random.pick({"content", "content", "x11"}), {}, R"({"content":"c"})"});
  if (random.one_in(2))
    info.plugs.push_back({"plug", random.pick(interfaces), {}, R"({"content":"c","target":"$SNAP/c"})"});
  for (const auto* end : {"plug", "slot"})
    for (const auto* does : {"prepare", "connect", "disconnect", "unprepare"})
      if (random.one_in(2))
        info.hooks.push_back({std::string{does} + "-" + end + "-" + end, {}, {}, {}, {}});
  std::ranges::sort(info.hooks, {}, &hook_info::name);
}

snap_info_ptr draw_shape(dice& random, const std::string& name, std::vector<std::string>& bases) {
  auto info = std::make_shared<snap_info>();
  info->name = name;
  info->version = "1";
  if (random.one_in(4)) {
    info->type = snap_type::base;
    bases.push_back(name);
  } else if (!bases.empty() && !random.one_in(3)) {
    info->base = random.pick(bases);
  } else {
    info->base = "none";
  }
  if (info->type == snap_type::app) {
    for (const auto& app : {name, std::string{second_app}}) {
      info->apps.emplace_back().name = app;
      info->apps.back().command = "bin/run";
    }
    if (random.one_in(2))
      for (const auto& app : draw_services(random))
        info->apps.push_back(app);
    std::ranges::sort(info->apps, {}, &app_info::name);
    if (random.one_in(3))
      info->refresh_pending_behavior = "block";
  }
  for (const auto* hook : {"refresh-pending", "install", "configure", "remove", "pre-refresh",
                           "undo-pre-refresh", "post-refresh", "undo-post-refresh", "check-health"})
    if (random.one_in(2))
      info->hooks.push_back({hook, {}, {}, {}, {}});
  if (info->type == snap_type::app)
    draw_ends(random, *info);
  return info;
}

/// What a step asks for, the more often the more often it stands here.
const std::vector<std::string> all_verbs{"install",
                                         "install",
                                         "install",
                                         "install",
                                         "remove",
                                         "disable",
                                         "disable",
                                         "disable",
                                         "enable",
                                         "enable",
                                         "enable",
                                         "enable",
                                         "enable",
                                         "enable",
                                         "enable",
                                         "enable",
                                         "disable",
                                         "revert",
                                         "revert",
                                         "revert",
                                         "revert",
                                         "refresh",
                                         "refresh",
                                         "refresh",
                                         "refresh",
                                         "refresh",
                                         "refresh",
                                         "refresh",
                                         "refresh",
                                         "switch",
                                         "save-snapshot",
                                         "check-snapshot",
                                         "restore-snapshot",
                                         "restore-snapshot",
                                         "forget-snapshot",
                                         "alias",
                                         "alias",
                                         "alias",
                                         "unalias",
                                         "prefer",
                                         "prefer",
                                         "prefer",
                                         "start-services",
                                         "start-services",
                                         "stop-services",
                                         "stop-services",
                                         "restart-services",
                                         "reload-services",
                                         "connect",
                                         "connect",
                                         "connect",
                                         "connect",
                                         "disconnect",
                                         "disconnect",
                                         "disconnect"};

/// Half of the steps of some runs are about one thing, so that also what takes several of one kind is
/// met.
const std::vector<std::vector<std::string>> themes{
    {},
    {},
    {"connect", "connect", "disconnect", "install", "install", "remove"},
    {"install", "install", "refresh", "remove", "disable", "enable"},
    {"start-services", "stop-services", "restart-services", "refresh", "install", "disable", "enable"}};

bool takes_snapshot(const std::string& verb) {
  return verb == "check-snapshot" || verb == "restore-snapshot" || verb == "forget-snapshot";
}

void release(store_snap& into, const snap_info_ptr& info, world& on) {
  const revision rev{static_cast<std::int32_t>(into.revisions.size() + 1)};
  const auto file = info->name + "-" + to_string(rev);
  on.published[file] = info;
  into.name = into.id = info->name;
  into.revisions.push_back({rev, info, {"sim", file, 10, "ab"}, {}});
  into.channels.resize(1);
  into.channels.front().name = "latest/stable";
  into.channels.front().released.push_back(rev);
}

} // namespace

workload::workload(world& on, dice& random) : world_{on} {
  std::vector<std::string> bases;
  const auto count = 3 + random.below(10);
  while (shapes_.size() < count)
    shapes_.push_back(draw_shape(random, "s" + std::to_string(shapes_.size()), bases));
  released_.resize(count);
  theme_ = random.pick(themes);
  world_.entries.insert(std::string{launchers_dir} + taken_alias);
}

bool workload::has_apps(const std::string& snap) const {
  auto shape = std::ranges::find(shapes_, snap, [](const auto& info) { return info->name; });
  return !(*shape)->apps.empty();
}

const app_info& workload::app_of(const std::string& snap, const std::string& app) const {
  auto shape = std::ranges::find(shapes_, snap, [](const auto& info) { return info->name; });
  return *(*shape)->find_app(app);
}

std::string workload::base_of(const std::string& snap) const {
  auto shape = std::ranges::find(shapes_, snap, [](const auto& info) { return info->name; });
  return (*shape)->base == "none" ? std::string{} : (*shape)->base;
}

/// A revision of the store, perhaps a new one.
store_revision workload::draw_release(dice& random, std::size_t number) {
  auto& newest = released_[number];
  // Few, so that refreshes go back to what is still on the host, too.
  if (newest == 0 || (newest < 3 && random.one_in(4)))
    ++newest;
  auto& known = world_.offered.snaps[shapes_[number]->name];
  if (known.revisions.empty() || random.one_in(4)) {
    known.aliases.clear();
    for (auto count = 1 + random.below(2); count > 0; --count)
      known.aliases[draw_alias(random)] = draw_app(random, shapes_[number]->name);
  }
  while (known.revisions.size() < static_cast<std::size_t>(newest))
    release(known, shapes_[number], world_);
  return known.revisions[random.below(known.revisions.size())];
}

settings_change workload::draw_settings(dice& random) {
  const system_settings unset{from_rfc3339};
  if (random.one_in(3)) {
    std::vector<std::string> snaps;
    if (!random.one_in(3))
      snaps.push_back(random.pick(shapes_)->name);
    return random.one_in(2) ? lift_holds(unset, snaps)
                            : hold_refreshes(unset, {snaps, hold_level::automatic, {}, {}}, world_.now);
  }
  if (random.one_in(4))
    return set_options(unset, {{"refresh.hold", "forever"}});
  return set_options(unset, {{"refresh.timer", random.pick({"00:00-24:00/1440", "00:00~24:00/480"})},
                             {"refresh.hold", nullptr}});
}

/// Whether an installed snap is offered an alias that another one has.
bool workload::lacks_alias(const std::string& snap) const {
  const auto offered = world_.offered.snaps.find(snap);
  if (offered == world_.offered.snaps.end() || !world_.entries.contains(launchers_dir + snap))
    return false;
  return std::ranges::any_of(offered->second.aliases, [&](const auto& alias) {
    const auto link = world_.links.find(std::string{launchers_dir} + alias.first);
    return link != world_.links.end() && link->second != snap && !link->second.starts_with(snap + ".");
  });
}

/// Mostly what two snaps that are there have ends for; by hand what rules don't allow too.
void workload::draw_connection(dice& random, const std::string& verb, operation_request& into) const {
  std::vector<snap_info_ptr> plugs;
  std::vector<snap_info_ptr> slots;
  for (const auto& shape : shapes_) {
    if (!world_.entries.contains(launchers_dir + shape->name) && !random.one_in(6))
      continue;
    if (!shape->plugs.empty())
      plugs.push_back(shape);
    if (!shape->slots.empty())
      slots.push_back(shape);
  }
  connection_ref ref{{plugs.empty() ? shapes_.front()->name : random.pick(plugs)->name, "plug"}, {}};
  ref.slot = slots.empty() || random.one_in(6) ? endpoint_name{std::string{system_snap}, "network"}
                                               : endpoint_name{random.pick(slots)->name, "slot"};
  auto& first = into.snaps.emplace_back();
  first.verb = verb;
  first.snap = ref.plug.snap;
  first.connections = {ref};
  first.forget = verb == "disconnect" && random.one_in(3);
  if (ref.slot.snap != system_snap && ref.slot.snap != first.snap) {
    auto& second = into.snaps.emplace_back();
    second.verb = verb;
    second.snap = ref.slot.snap;
  }
  into.transaction = transaction::all_snaps;
}

/// Whether the store lets the plugs of a snap be connected to all slots that want them.
bool workload::is_greedy(const std::string& snap) const { return (snap.back() - '0') % 2 == 0; }

/// A snap; for what is done with snapshots mostly one that has some, with aliases one that has
/// launchers.
std::size_t workload::draw_number(dice& random, const std::string& verb) const {
  if (is_about_aliases(verb) && !random.one_in(6)) {
    std::vector<std::size_t> with_launchers;
    for (std::size_t number = 0; number < shapes_.size(); ++number)
      if (world_.entries.contains(launchers_dir + shapes_[number]->name))
        with_launchers.push_back(number);
    if (!with_launchers.empty())
      return random.pick(with_launchers);
  }
  if (is_about_services(verb) && !random.one_in(6)) {
    std::vector<std::size_t> with_services;
    for (std::size_t number = 0; number < shapes_.size(); ++number)
      if (std::ranges::any_of(shapes_[number]->apps, &app_info::is_service) &&
          world_.entries.contains(launchers_dir + shapes_[number]->name))
        with_services.push_back(number);
    if (!with_services.empty())
      return random.pick(with_services);
  }
  if (!takes_snapshot(verb) || world_.snapshots.empty() || random.one_in(4))
    return random.below(shapes_.size());
  auto kept = world_.snapshots.begin();
  std::advance(kept, random.below(world_.snapshots.size()));
  auto shape =
      std::ranges::find(shapes_, kept->second.info.snap, [](const auto& info) { return info->name; });
  return static_cast<std::size_t>(shape - shapes_.begin());
}

/// One that is kept of the snap, else one that never was.
void workload::draw_snapshot(dice& random, snap_request& wanted) const {
  std::vector<snapshot_info> kept;
  for (const auto& [file, saved] : world_.snapshots)
    if (saved.info.snap == wanted.snap)
      kept.push_back(saved.info);
  wanted.snapshot_set = 1;
  wanted.rev = {1};
  if (kept.empty())
    return;
  const auto chosen = random.pick(kept);
  wanted.snapshot_set = chosen.set;
  wanted.rev = chosen.rev;
}

snap_request workload::draw_snap(dice& random, const std::string& verb, std::size_t number) {
  snap_request wanted;
  wanted.verb = verb;
  wanted.snap = shapes_[number]->name;
  wanted.force = verb == "disable" && random.one_in(2);
  if (takes_snapshot(verb))
    draw_snapshot(random, wanted);
  if (verb == "alias")
    wanted.app = draw_app(random, wanted.snap);
  if (verb == "alias" || (verb == "unalias" && random.one_in(3)))
    wanted.alias = draw_alias(random);
  if (is_about_services(verb)) {
    wanted.for_good = (verb == "start-services" || verb == "stop-services") && random.one_in(2);
    for (const auto& app : shapes_[number]->apps)
      if (app.is_service() && random.one_in(3))
        wanted.services.push_back(app.name);
  }
  if (verb == "switch")
    wanted.channel = random.pick({"latest/stable", "latest/edge"});
  const auto from_store = verb == "refresh" || (verb == "install" && random.one_in(2));
  if (from_store) {
    wanted.channel = "latest/stable";
    wanted.origin.snap_id = wanted.snap;
    wanted.origin.publisher.id = "acme";
    if (is_greedy(wanted.snap))
      wanted.origin.declaration =
          R"({"plugs":{"content":{"allow-auto-connection":{"slots-per-plug":"*"}}}})";
    wanted.steps.push_back(draw_release(random, number));
    auto last = draw_release(random, number);
    if (verb == "refresh" && random.one_in(3) && last.rev != wanted.steps.front().rev)
      wanted.steps.push_back(last);
    wanted.origin.aliases = world_.offered.snaps.at(wanted.snap).aliases;
    wanted.unaliased = random.one_in(2);
  }
  if (verb == "install" && !from_store) {
    wanted.info = shapes_[number];
    wanted.given_path = wanted.snap + ".snap";
    wanted.image = "/root/var/lib/troupe/spool/upload-" + std::to_string(++images_);
    world_.entries.insert(wanted.image);
  }
  return wanted;
}

operation_request workload::draw(dice& random) {
  operation_request all;
  if (random.one_in(16)) {
    all.settings = draw_settings(random);
    return all;
  }
  // Two snaps with one alias are few, so that they are made use of.
  const auto lacking =
      std::ranges::find_if(shapes_, [this](const auto& shape) { return lacks_alias(shape->name); });
  if (lacking != shapes_.end() && random.one_in(2)) {
    all.snaps.push_back(
        draw_snap(random, "prefer", static_cast<std::size_t>(lacking - shapes_.begin())));
    return all;
  }
  const auto verb = random.pick(theme_.empty() || random.one_in(2) ? all_verbs : theme_);
  if (is_about_connections(verb)) {
    draw_connection(random, verb, all);
    all.on_conflict = random.pick({conflict_policy::fail, conflict_policy::wait});
    return all;
  }
  const auto is_of_few = is_about_aliases(verb) || (is_about_services(verb) && !random.one_in(3));
  const auto wanted =
      random.one_in(3) && !is_of_few ? 1 + random.below(std::min<std::size_t>(4, shapes_.size())) : 1;
  for (std::set<std::size_t> drawn; drawn.size() < wanted;)
    if (auto number = draw_number(random, verb); drawn.insert(number).second)
      all.snaps.push_back(draw_snap(random, verb, number));
  if (random.one_in(3))
    all.transaction = transaction::all_snaps;
  all.on_conflict =
      random.pick({conflict_policy::fail, conflict_policy::wait, conflict_policy::replace});
  if (all.on_conflict != conflict_policy::fail && random.one_in(2))
    all.wait_at_most = 1s * random.below(30);
  if (random.one_in(6))
    all.on_running_apps = running_apps::fail;
  else if (random.one_in(6))
    all.wait_for_apps_at_most = 1s * (1 + random.below(60));
  return all;
}

std::string describe(const operation_request& what) {
  if (what.settings)
    return what.settings->summary + " " + what.settings->set;
  auto text = what.snaps.front().verb;
  for (const auto& snap : what.snaps)
    text += (&snap == &what.snaps.front() ? " " : ", ") + snap.snap;
  if (what.transaction == transaction::all_snaps)
    text += "; all or none";
  if (what.on_conflict == conflict_policy::wait)
    text += "; waits for its claims";
  if (what.on_conflict == conflict_policy::replace)
    text += "; replaces who waits for applications";
  return text;
}

} // namespace troupe::sim
