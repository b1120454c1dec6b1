#include <catch2/catch.hpp>

#include "runtime/snap/health_json.hpp"

using namespace troupe;

TEST_CASE("what a snap says of itself comes back from JSON, and nothing from what says nothing") {
  const std::optional<snap_health> said = snap_health{
      {health_status::error, "it is broken", "no-disk"}, revision{-3}, time_point{duration{5}}};
  CHECK(health_from_json(to_json(said)) == said);
  const std::optional<snap_health> none;
  CHECK_FALSE(health_from_json(to_json(none)));
  CHECK_FALSE(health_from_json(json::value{}));
  auto later = to_json(said).as_object();
  later["status"] = "from-the-future";
  CHECK_FALSE(health_from_json(later));
}
