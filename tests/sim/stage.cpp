#include "tests/sim/stage.hpp"

#include "actors/errors.hpp"

namespace troupe::test {

failure stage::to_failure_of(const caf::error& why) { return to_failure(why); }

operation_request install(sim::world& on, const std::string& name, const std::vector<std::string>& hooks,
                          const std::string& base, snap_type type) {
  auto info = std::make_shared<snap_info>();
  info->name = name;
  info->version = "1.0";
  info->base = base;
  info->type = type;
  for (const auto& hook : hooks)
    info->hooks.push_back({hook, {}, {}, {}, {}});
  snap_request wanted;
  wanted.verb = "install";
  wanted.snap = name;
  wanted.info = info;
  wanted.image = "/root/var/lib/troupe/spool/upload-" + std::to_string(on.entries.size());
  wanted.given_path = name + ".snap";
  on.entries.insert(wanted.image);
  operation_request all;
  all.snaps = {wanted};
  return all;
}

operation_request operate(const std::string& verb, const std::string& name) {
  snap_request wanted;
  wanted.verb = verb;
  wanted.snap = name;
  operation_request all;
  all.snaps = {wanted};
  return all;
}

} // namespace troupe::test
