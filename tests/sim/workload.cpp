#include "tests/sim/workload.hpp"

#include <array>
#include <set>

namespace troupe::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::array verbs{"install", "install", "install", "remove", "disable", "enable"};
constexpr std::array interfaces{"content", "dbus", "x11"};
constexpr std::array hooks{"install", "configure", "remove"};

} // namespace

workload::workload(world& on, dice& random) : world_{on}, random_{random} { draw_shapes(); }

void workload::draw_shapes() {
  const auto count = 3 + random_.below(10);
  std::vector<std::string> bases;
  for (std::size_t number = 0; number < count; ++number) {
    auto info = std::make_shared<snap_info>();
    info->name = "s" + std::to_string(number);
    info->version = "1";
    if (random_.one_in(4)) {
      info->type = snap_type::base;
      bases.push_back(info->name);
    } else if (!bases.empty() && !random_.one_in(3)) {
      info->base = random_.pick(bases);
    } else {
      info->base = "none";
    }
    for (const auto* hook : hooks)
      if (random_.one_in(2))
        info->hooks.push_back({hook, {}, {}, {}, {}});
    if (random_.one_in(4))
      info->slots.push_back({"slot", random_.pick(interfaces), {}, "{}"});
    if (random_.one_in(3))
      info->plugs.push_back({"plug", random_.pick(interfaces), {}, "{}"});
    shapes_.push_back({std::move(info)});
  }
}

snap_request workload::draw_snap(const std::string& verb, std::size_t number) {
  snap_request wanted;
  wanted.verb = verb;
  wanted.snap = shapes_[number].info->name;
  wanted.force = verb == "disable" && random_.one_in(2);
  if (verb == "install") {
    wanted.info = shapes_[number].info;
    wanted.given_path = wanted.snap + ".snap";
    wanted.image = "/root/var/lib/troupe/spool/upload-" + std::to_string(++images_);
    world_.entries.insert(wanted.image);
  }
  return wanted;
}

operation_request workload::next() {
  operation_request all;
  const std::string verb = random_.pick(verbs);
  const auto wanted =
      random_.one_in(3) ? 1 + random_.below(std::min<std::size_t>(4, shapes_.size())) : 1;
  for (std::set<std::size_t> drawn; drawn.size() < wanted;)
    if (auto number = random_.below(shapes_.size()); drawn.insert(number).second)
      all.snaps.push_back(draw_snap(verb, number));
  if (random_.one_in(3))
    all.transaction = transaction::all_snaps;
  all.on_conflict = std::array{conflict_policy::fail, conflict_policy::wait,
                               conflict_policy::replace}[random_.below(3)];
  if (all.on_conflict != conflict_policy::fail && random_.one_in(2))
    all.wait_at_most = 1s * random_.below(30);
  return all;
}

} // namespace troupe::sim
