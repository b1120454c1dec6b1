#include <catch2/catch.hpp>

#include "runtime/api/snapctl.hpp"

using namespace troupe;
using Catch::Contains;

TEST_CASE("a hook may only ask what refresh is pending") {
  check_snapctl_refresh({"refresh", "--pending"});
  for (const auto* word : {"--hold", "--proceed", "--hold=2h"})
    CHECK_THROWS_WITH(check_snapctl_refresh({"refresh", "--pending", word}),
                      Contains("doesn't let a hook hold a refresh"));
  CHECK_THROWS_WITH(check_snapctl_refresh({"refresh"}), Contains("by --pending"));
  CHECK_THROWS_WITH(check_snapctl_refresh({"refresh", "--pending", "a\nb"}),
                    Contains("unknown word \"a\\x0ab\""));
}

TEST_CASE("each command of snapctl has its help") {
  for (const auto* command : {"get", "set", "unset", "is-connected", "is-undo", "services", "start",
                              "refresh", "set-health"}) {
    auto help = snapctl_help({command, "--help"});
    REQUIRE(help);
    CHECK_THAT(*help, Contains(std::string{"usage: snapctl "} + command));
    CHECK(snapctl_help({"help", command}) == help);
    CHECK_THAT(*snapctl_help({"help"}), Contains(std::string{"  "} + command));
  }
  CHECK_FALSE(snapctl_help({"refresh", "--pending"}));
}
