#include "tests/crash/plans.hpp"

#include "messages/failure.hpp"

namespace troupe::crash {

const std::vector<plan>& all_plans() {
  static const std::vector<plan> plans{
      {"install", "an install with hooks", {}, {{"install", {"app"}}}},
      {"failing-install", "an install whose last hook fails", {}, {{"install", {"bad-app"}}}},
      {"remove", "a removal", {{"install", {"app"}}}, {{"remove", {"app"}}}},
      {"disable-enable",
       "a disabling, then an enabling",
       {{"install", {"app"}}},
       {{"disable", {"app"}}, {"enable", {"app"}}}},
      {"three-snaps",
       "an install of a base and two snaps on it in one change",
       {},
       {{"install", {"one-on-base-1", "base-1", "two-on-base-1"}, true}}},
      {"refresh",
       "a refresh, then a revert",
       {{"install", {"app"}}},
       {{"install", {"app@2.0"}}, {"revert", {"app"}}}},
      {"failing-refresh",
       "a refresh whose post-refresh hook fails",
       {{"install", {"app"}}},
       {{"install", {"app@failing"}}}},
      {"discarding-refresh",
       "a refresh that discards the oldest revision",
       {{"install", {"app"}}, {"install", {"app@2.0"}}},
       {{"install", {"app@3.0"}}}},
      {"save",
       "a save of data, then forgetting it",
       {{"install", {"app"}}},
       {{"save", {"app"}}, {"forget", {"app"}}}},
      {"restore",
       "a restore of a former revision's data",
       {{"install", {"app"}}, {"save", {"app"}}, {"install", {"app@2.0"}}},
       {{"restore", {"app"}}}},
      {"running-app",
       "a refresh, then a revert, that wait for a running application",
       {{"install", {"app"}}},
       {{"install", {"app@2.0"}, false, true}, {"revert", {"app"}, false, true}}},
      {"services",
       "a refresh, then a revert, of a snap with services",
       {{"install", {"serving"}}},
       {{"install", {"serving@2.0"}}, {"revert", {"serving"}}}},
      {"failing-services",
       "a refresh to a revision whose services don't start",
       {{"install", {"serving-web"}}},
       {{"install", {"serving-web@ailing"}}}},
      {"disable-services",
       "a disabling, then an enabling, of a snap with services",
       {{"install", {"serving"}}},
       {{"disable", {"serving"}}, {"enable", {"serving"}}}},
      {"service-control",
       "a stop, a start and a restart of services",
       {{"install", {"serving"}}},
       {{"stop", {"serving.web"}}, {"start", {"serving.web"}}, {"restart", {"serving"}}}},
      {"auto-connect",
       "an install of a snap that is connected by itself, then a disconnect",
       {},
       {{"install", {"networked"}}, {"disconnect", {"networked:network", "snapd:network"}}}},
      {"connect",
       "a connect of two snaps with hooks, then a disconnect",
       {{"install", {"player"}}, {"install", {"library"}}},
       {{"connect", {"player:music", "library:music"}},
        {"disconnect", {"player:music", "library:music"}}}},
      {"failing-connect",
       "a connect whose last hook fails",
       {{"install", {"player"}}, {"install", {"refusing-library"}}},
       {{"connect", {"player:music", "refusing-library:music"}}}},
      {"remove-connected",
       "a removal of a snap that is connected",
       {{"install", {"player"}},
        {"install", {"library"}},
        {"connect", {"player:music", "library:music"}}},
       {{"remove", {"player"}}}},
  };
  return plans;
}

const plan& plan_named(const std::string& name) {
  std::string known;
  for (const auto& each : all_plans()) {
    if (each.name == name)
      return each;
    known += (known.empty() ? "" : ", ") + each.name;
  }
  throw failure{"cannot run plan \"" + name + "\": there are only " + known};
}

} // namespace troupe::crash
