#include "runtime/snap/environment.hpp"

#include <catch2/catch.hpp>

#include "runtime/snap/architecture.hpp"
#include "runtime/snap/time_span.hpp"

using namespace troupe;

namespace {

snap_info hello() {
  snap_info info;
  info.name = "hello";
  info.version = "1.0";
  return info;
}

const layout places{"/r"};
const revision local{-1};

environment_map extended(environment_map environment, const environment_map& declared) {
  extend_environment(environment, declared);
  return environment;
}

} // namespace

TEST_CASE("a snap's processes get its variables") {
  environment_map expected{
      {"SNAP", "/r/snap/hello_k/x1"},
      {"SNAP_NAME", "hello"},
      {"SNAP_INSTANCE_NAME", "hello_k"},
      {"SNAP_INSTANCE_KEY", "k"},
      {"SNAP_VERSION", "1.0"},
      {"SNAP_REVISION", "x1"},
      {"SNAP_ARCH", std::string{host_architecture()}},
      {"SNAP_DATA", "/r/var/snap/hello_k/x1"},
      {"SNAP_COMMON", "/r/var/snap/hello_k/common"},
      {"SNAP_LIBRARY_PATH", "/var/lib/snapd/lib/gl:/var/lib/snapd/lib/gl32:/var/lib/snapd/void"},
      {"SNAP_REEXEC", ""},
  };
  CHECK(snap_environment(places, hello(), "hello_k", local) == expected);
}

TEST_CASE("a user's process has its home in the snap's user data") {
  auto env = user_environment(places, hello(), "hello", local, {}, {{"HOME", "/home/u"}, {"LANG", "C"}});
  CHECK(env.at("HOME") == "/home/u/snap/hello/x1");
  CHECK(env.at("SNAP_USER_DATA") == "/home/u/snap/hello/x1");
  CHECK(env.at("SNAP_USER_COMMON") == "/home/u/snap/hello/common");
  CHECK(env.at("SNAP_REAL_HOME") == "/home/u");
  CHECK(env.at("LANG") == "C");
  CHECK(env.at("SNAP") == "/r/snap/hello/x1");
}

TEST_CASE("a classic snap keeps the user's home") {
  auto info = hello();
  info.confinement = confinement::classic;
  auto env = user_environment(places, info, "hello", local, {}, {{"HOME", "/home/u"}});
  CHECK(env.at("HOME") == "/home/u");
  CHECK(env.at("SNAP_USER_DATA") == "/home/u/snap/hello/x1");
}

TEST_CASE("without a home there are no user directories") {
  auto env = user_environment(places, hello(), "hello", local, {}, {});
  CHECK_FALSE(env.contains("HOME"));
  CHECK_FALSE(env.contains("SNAP_USER_DATA"));
}

TEST_CASE("what a snap declares is expanded, then what its application declares") {
  auto info = hello();
  info.environment = {{"CONF", "$SNAP/etc"}, {"PATH", "${SNAP}/bin:$PATH"}};
  auto env = user_environment(places, info, "hello", local, {{"FILE", "$CONF/x"}, {"CONF", "$CONF/own"}},
                              {{"PATH", "/usr/bin"}});
  CHECK(env.at("PATH") == "/r/snap/hello/x1/bin:/usr/bin");
  CHECK(env.at("CONF") == "/r/snap/hello/x1/etc/own");
  CHECK(env.at("FILE") == "/r/snap/hello/x1/etc/own/x");
}

TEST_CASE("variables are expanded in all their forms") {
  environment_map known{{"A", "a"}, {"B_1", "b"}};
  struct row {
    std::string text;
    std::string value;
  };
  auto row_of = GENERATE(values<row>({{"$A", "a"},
                                      {"${A}x", "ax"},
                                      {"$A$B_1", "ab"},
                                      {"$B_1.c", "b.c"},
                                      {"$NOTHING-x", "-x"},
                                      {"${NOTHING}", ""},
                                      {"5$", "5$"},
                                      {"$1", "$1"},
                                      {"${A", "${A"},
                                      {"$$A", "$a"}}));
  INFO(row_of.text);
  CHECK(extended(known, {{"X", row_of.text}}).at("X") == row_of.value);
}

TEST_CASE("variables that use each other end") {
  auto env = extended({}, {{"A", "$B"}, {"B", "x$A"}});
  CHECK(env.at("A") == "x");
  CHECK(env.at("B") == "x");
}

TEST_CASE("variables that double each other stay bounded") {
  environment_map declared{{"V0", std::string(100, 'x')}};
  for (int i = 1; i < 64; ++i) {
    auto before = "$V" + std::to_string(i - 1);
    declared["V" + std::to_string(i)] = before + before;
  }
  for (const auto& [name, value] : extended({}, declared))
    CHECK(value.size() < 128U << 10U);
}

TEST_CASE("time spans are read as milliseconds") {
  CHECK(milliseconds_of("0") == 0U);
  CHECK(milliseconds_of("30s") == 30'000U);
  CHECK(milliseconds_of("1m30s") == 90'000U);
  CHECK(milliseconds_of("1.5h") == 5'400'000U);
  CHECK(milliseconds_of("250ms") == 250U);
  CHECK(milliseconds_of("1500us") == 1U);
  CHECK(milliseconds_of("999999999999ms") == 999'999'999'999U);
  for (const auto* text :
       {"", "30", "s", "-1s", "+1s", "1 s", "1d", "1e3s", "infs", "nans", ".s", "99999999999h", "1s2"})
    CHECK_FALSE(milliseconds_of(text));
}
