#include "runtime/snap/names.hpp"

#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "messages/snap_state.hpp"
#include "runtime/snap/quote.hpp"

using namespace troupe;

TEST_CASE("good snap names are taken") {
  for (const auto* name : {"ab", "a1", "1a", "hello-world", "a-b-c", "0ad", "x11",
                           "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd"}) {
    INFO(name);
    CHECK_NOTHROW(check_snap_name(name));
  }
}

TEST_CASE("bad snap names are refused and shown") {
  for (const auto* name :
       {"",        "a",           "1",       "12",     "1-2",
        "Hello",   "hello_world", "-hello",  "hello-", "hello--world",
        "hel lo",  "héllo",       "..",      "../etc", "a/b",
        "hello\n", "hello.x",     ".hidden", "bin",    "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddde"}) {
    INFO(name);
    CHECK_THROWS_AS(check_snap_name(name), failure);
  }
  CHECK_THROWS_WITH(check_snap_name("a/b"),
                    R"(invalid snap name: "a/b": it may hold only a-z, 0-9 and dashes)");
}

TEST_CASE("a name with a NUL character is refused") {
  CHECK_THROWS_AS(check_snap_name(std::string_view{"he\0llo", 6}), failure);
  CHECK_THROWS_AS(check_app_name(std::string_view{"he\0llo", 6}), failure);
}

TEST_CASE("an instance name is a snap's name with an optional key") {
  for (const auto* name : {"hello", "hello_a", "hello_1", "hello_0123456789"})
    CHECK_NOTHROW(check_instance_name(name));
  for (const auto* name : {"hello_", "_a", "hello_A", "hello_a_b", "hello_a-b", "hello_01234567890",
                           "a_b/c", "x_y_z", "hello_.."})
    CHECK_THROWS_AS(check_instance_name(name), failure);
  CHECK(split_instance_name("hello_k") == name_parts{"hello", "k"});
  CHECK(split_instance_name("hello") == name_parts{"hello", ""});
}

TEST_CASE("application names may have capitals but no odd dashes") {
  for (const auto* name : {"a", "A", "9", "hello", "Hello-World2"})
    CHECK_NOTHROW(check_app_name(name));
  for (const auto* name : {"", "-a", "a-", "a--b", "a_b", "a.b", "a/b", "..", "a b"})
    CHECK_THROWS_AS(check_app_name(name), failure);
  CHECK_THROWS_AS(check_app_name(std::string(201, 'a')), failure);
}

TEST_CASE("hook, plug and interface names begin with a lower-case letter") {
  for (const auto* name : {"a", "install", "pre-refresh", "connect-plug-x11"}) {
    CHECK_NOTHROW(check_hook_name(name));
    CHECK_NOTHROW(check_plug_name(name));
    CHECK_NOTHROW(check_slot_name(name));
    CHECK_NOTHROW(check_interface_name(name));
  }
  for (const auto* name : {"", "1a", "Install", "a-", "-a", "a--b", "a_b", "../x", "a b"}) {
    CHECK_THROWS_AS(check_hook_name(name), failure);
    CHECK_THROWS_AS(check_plug_name(name), failure);
  }
}

TEST_CASE("aliases may hold dots and underscores but not begin with them") {
  for (const auto* name : {"a", "x.y", "my_alias-2"})
    CHECK_NOTHROW(check_alias_name(name));
  for (const auto* name : {"", ".a", "-a", "a/b", "a b"})
    CHECK_THROWS_AS(check_alias_name(name), failure);
}

TEST_CASE("a hostile text is quoted in one line, cut between characters") {
  CHECK(in_quotes("a\nb\x1b[") == R"("a\x0ab\x1b[")");
  CHECK(in_quotes(std::string(79, 'a') + "é" + "b") == "\"" + std::string(79, 'a') + "…\"");
}

TEST_CASE("revisions are written and read") {
  CHECK(to_string(revision{7}) == "7");
  CHECK(to_string(revision{-3}) == "x3");
  CHECK(to_string(revision{}) == "unset");
  for (auto rev : {revision{7}, revision{-3}, revision{}, revision{2147483647}})
    CHECK(revision_from_text(to_string(rev)) == rev);
  for (const auto* text : {"", "x", "0", "x0", "-1", "+1", "x-1", "07", "x07", "1a", "1 ", "2147483648",
                           "99999999999999999999", "X1", "../1"}) {
    INFO(text);
    CHECK_FALSE(revision_from_text(text));
  }
}
