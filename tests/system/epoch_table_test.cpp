#include <catch2/catch.hpp>

#include "runtime/json/json.hpp"
#include "tests/support/make_snap.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_root.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;

namespace {

using numbers = std::vector<std::uint32_t>;

/// What stands behind `epoch:` in the third line of a meta/snap.yaml, and what comes of it.
struct good_epoch {
  std::string yaml;
  numbers read;
  numbers write;
};

struct bad_epoch {
  std::string yaml;
  std::string says; ///< After "cannot read meta/snap.yaml: ".
};

constexpr std::uint32_t greatest = 4294967295U;

const std::vector<good_epoch> good_epochs{
    // Absent, null or empty.
    {"", {0}, {0}},
    {" ~", {0}, {0}},
    {" null", {0}, {0}},
    {" ''", {0}, {0}},
    {" \"\"", {0}, {0}},
    {" {}", {0}, {0}},
    // N
    {" 0", {0}, {0}},
    {" 1", {1}, {1}},
    {" 10", {10}, {10}},
    {" \"7\"", {7}, {7}},
    {" '0'", {0}, {0}},
    {"     7   ", {7}, {7}},
    {" 7 # with a remark", {7}, {7}},
    {"\n  7", {7}, {7}},
    {" !!int 7", {7}, {7}},
    {" !!str 7", {7}, {7}},
    {" &here 7", {7}, {7}},
    {" |-\n  7", {7}, {7}},
    {" 4294967294", {greatest - 1}, {greatest - 1}},
    {" 4294967295", {greatest}, {greatest}},
    // N*
    {" 1*", {0, 1}, {1}},
    {" \"1*\"", {0, 1}, {1}},
    {" 2*", {1, 2}, {2}},
    {" 4294967295*", {greatest - 1, greatest}, {greatest}},
    // read and write
    {" {read: [1]}", {1}, {1}},
    {" {read: [0]}", {0}, {0}},
    {" {read: [1, 2, 3]}", {1, 2, 3}, {3}},
    {" {write: [1]}", {1}, {1}},
    {" {write: [1, 2]}", {1, 2}, {1, 2}},
    {" {read: [1, 2], write: [2]}", {1, 2}, {2}},
    {" {write: [2], read: [1, 2]}", {1, 2}, {2}},
    {" {read: [1, 2], write: [2, 3]}", {1, 2}, {2, 3}},
    {" {read: [1], write: [0, 1]}", {1}, {0, 1}},
    {" {read: [\"1\", '2'], write: [\"2\"]}", {1, 2}, {2}},
    {" {read: [0, 4294967295]}", {0, greatest}, {greatest}},
    {" {read: [0,1,2,3,4,5,6,7,8,9]}", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {9}},
    {" {write: [0,1,2,3,4,5,6,7,8,9]}", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
    {"\n  read:\n    - 1\n    - 2\n  write:\n    - 2", {1, 2}, {2}},
    {"\n  read:\n  - 3\n  - 5", {3, 5}, {5}},
    // Null lists count as absent.
    {" {read: ~}", {0}, {0}},
    {" {write: ~}", {0}, {0}},
    {" {read: ~, write: ~}", {0}, {0}},
    {" {read: ~, write: [5]}", {5}, {5}},
    {" {read: [5, 6], write: null}", {5, 6}, {6}},
    {"\n  read:\n  write: [5]", {5}, {5}},
    // Other keys are passed over, as elsewhere in snap.yaml.
    {" {since: 3}", {0}, {0}},
    {" {read: [1], since: [3, 1]}", {1}, {1}},
    {" {Read: [7], write: [1]}", {1}, {1}},
    // Anchors
    {" {read: &all [1, 2], write: *all}", {1, 2}, {1, 2}},
    {" {read: [&one 1, 2], write: [*one]}", {1, 2}, {1}},
};

const std::vector<bad_epoch> bad_epochs{
    // No decimal number
    {" x", R"(line 3: invalid epoch: "x" isn't a decimal number)"},
    {" -1", R"(line 3: invalid epoch: "-1" isn't a decimal number)"},
    {" -0", R"(line 3: invalid epoch: "-0" isn't a decimal number)"},
    {" +1", R"(line 3: invalid epoch: "+1" isn't a decimal number)"},
    {" 1.0", R"(line 3: invalid epoch: "1.0" isn't a decimal number)"},
    {" 1.5", R"(line 3: invalid epoch: "1.5" isn't a decimal number)"},
    {" 1e3", R"(line 3: invalid epoch: "1e3" isn't a decimal number)"},
    {" .5", R"(line 3: invalid epoch: ".5" isn't a decimal number)"},
    {" .inf", R"(line 3: invalid epoch: ".inf" isn't a decimal number)"},
    {" 0x10", R"(line 3: invalid epoch: "0x10" isn't a decimal number)"},
    {" 0o7", R"(line 3: invalid epoch: "0o7" isn't a decimal number)"},
    {" 0b1", R"(line 3: invalid epoch: "0b1" isn't a decimal number)"},
    {" 1_000", R"(line 3: invalid epoch: "1_000" isn't a decimal number)"},
    {" true", R"(line 3: invalid epoch: "true" isn't a decimal number)"},
    {" \"1 \"", R"(line 3: invalid epoch: "1 " isn't a decimal number)"},
    {" \" 1\"", R"(line 3: invalid epoch: " 1" isn't a decimal number)"},
    {" 1 2", R"(line 3: invalid epoch: "1 2" isn't a decimal number)"},
    {" \" \"", R"(line 3: invalid epoch: " " isn't a decimal number)"},
    {" |\n  7", R"(invalid epoch: "7\x0a" isn't a decimal number)"},
    {" ١", R"(line 3: invalid epoch: "١" isn't a decimal number)"},
    {" \"~\"", R"(line 3: invalid epoch: "~" isn't a decimal number)"},
    // Leading zeros
    {" 00", R"(line 3: invalid epoch: "00" has a leading zero)"},
    {" 01", R"(line 3: invalid epoch: "01" has a leading zero)"},
    {" 0755", R"(line 3: invalid epoch: "0755" has a leading zero)"},
    {" 01*", R"(line 3: invalid epoch: "01*" has a leading zero)"},
    {" {read: [01]}", R"(line 3: invalid epoch: "01" has a leading zero)"},
    // Too great
    {" 4294967296", R"(line 3: invalid epoch: "4294967296" isn't below 4294967296)"},
    {" 4294967296*", R"(line 3: invalid epoch: "4294967296*" isn't below 4294967296)"},
    {" 18446744073709551616", R"(invalid epoch: "18446744073709551616" isn't below 4294967296)"},
    {" {write: [1, 4294967296]}", R"(invalid epoch: "4294967296" isn't below 4294967296)"},
    {" " + std::string(400, '9'), R"(isn't below 4294967296)"},
    // Stars
    {" 0*", R"(line 3: invalid epoch: "0*" has no predecessor to read)"},
    {" \"*\"", R"(line 3: invalid epoch: "*" isn't a decimal number)"},
    {" 1**", R"(line 3: invalid epoch: "1**" isn't a decimal number)"},
    {" \"1 *\"", R"(line 3: invalid epoch: "1 *" isn't a decimal number)"},
    {" \"*1\"", R"(line 3: invalid epoch: "*1" isn't a decimal number)"},
    {" -1*", R"(line 3: invalid epoch: "-1*" isn't a decimal number)"},
    {" {read: [1*]}", R"(line 3: invalid epoch: "1*" isn't a decimal number)"},
    {" *", "line 3: alias not found"},
    {" *unknown", "line 3: the referenced anchor is not defined"},
    // Neither number nor map
    {" [1]", R"(line 3: invalid epoch: it must be a number, a number with a star, or a map)"},
    {" []", R"(line 3: invalid epoch: it must be a number, a number with a star, or a map)"},
    {"\n- 1", R"(invalid epoch: it must be a number, a number with a star, or a map)"},
    // Lists that are none
    {" {read: 1}", R"(line 3: invalid epoch: "read" must be a list of numbers)"},
    {" {write: 1}", R"(line 3: invalid epoch: "write" must be a list of numbers)"},
    {" {read: ''}", R"(line 3: invalid epoch: "read" must be a list of numbers)"},
    {" {read: {1: 2}}", R"(line 3: invalid epoch: "read" must be a list of numbers)"},
    {"\n  write: 1*", R"(line 4: invalid epoch: "write" must be a list of numbers)"},
    // Empty ones
    {" {read: []}", R"(line 3: invalid epoch: "read" can't be an empty list)"},
    {" {write: []}", R"(line 3: invalid epoch: "write" can't be an empty list)"},
    {" {read: [], write: [1]}", R"(line 3: invalid epoch: "read" can't be an empty list)"},
    {"\n  read: [1]\n  write: []", R"(line 5: invalid epoch: "write" can't be an empty list)"},
    // What a list holds
    {" {read: [[1]]}", R"(line 3: invalid epoch: "read" must hold nothing but numbers)"},
    {" {read: [{1: 1}]}", R"(line 3: invalid epoch: "read" must hold nothing but numbers)"},
    {" {write: [~]}", R"(line 3: invalid epoch: "write" must hold nothing but numbers)"},
    {" {read: ['']}", R"(line 3: invalid epoch: "" isn't a decimal number)"},
    {" {read: [-1]}", R"(line 3: invalid epoch: "-1" isn't a decimal number)"},
    {" {read: [1.0]}", R"(line 3: invalid epoch: "1.0" isn't a decimal number)"},
    {" {read: [0x1]}", R"(line 3: invalid epoch: "0x1" isn't a decimal number)"},
    {"\n  read:\n  - 1\n  - x", R"(line 6: invalid epoch: "x" isn't a decimal number)"},
    // Order
    {" {read: [1, 1]}", R"(line 3: invalid epoch: "read" must increase from number to number)"},
    {" {read: [2, 1]}", R"(line 3: invalid epoch: "read" must increase from number to number)"},
    {" {read: [0, 2, 1, 3]}", R"(line 3: invalid epoch: "read" must increase from number to number)"},
    {" {write: [3, 3]}", R"(line 3: invalid epoch: "write" must increase from number to number)"},
    {" {write: [9, 8]}", R"(line 3: invalid epoch: "write" must increase from number to number)"},
    // Length
    {" {read: [0,1,2,3,4,5,6,7,8,9,10]}", R"(line 3: invalid epoch: "read" has more than 10 numbers)"},
    {" {write: [0,1,2,3,4,5,6,7,8,9,10]}", R"(line 3: invalid epoch: "write" has more than 10 numbers)"},
    // Nothing in common
    {" {read: [1], write: [2]}", R"(line 3: invalid epoch: it reads nothing of what it writes)"},
    {" {read: [1, 3], write: [0, 2, 4]}",
     R"(line 3: invalid epoch: it reads nothing of what it writes)"},
    {" {read: ~, since: 1, write: [2, 1]}", R"(invalid epoch: "write" must increase)"},
    // Keys
    {" {read: [1], read: [1]}", R"(line 3: "read" stands twice in "epoch")"},
    {" {[read]: [1]}", R"(line 3: a key of "epoch" must be text)"},
    {" {<<: {read: [1]}}", R"(line 3: merge keys (<<) aren't supported)"},
    {" 1\nepoch: 1", R"(line 4: "epoch" stands twice)"},
    {" &a {read: *a}", "line 3: an alias can't stand in what it stands for"},
};

/// What `troupe inspect` says of a snap with this epoch.
program_result inspected(const temporary_root& where, const std::string& epoch) {
  auto tree = where.work() / "tree";
  write_file(tree / "meta/snap.yaml", "name: aged\nversion: 1\nepoch:" + epoch + "\n");
  return run_program({built("troupe"), "inspect", tree.string(), "--json"});
}

numbers list_in(const json::object& epoch, std::string_view key) {
  numbers result;
  for (const auto& number : epoch.at(key).as_array())
    result.push_back(number.to_number<std::uint32_t>());
  return result;
}

} // namespace

TEST_CASE("inspect tells which epochs a snap reads and writes") {
  temporary_root where;
  for (const auto& [yaml, read, write] : good_epochs) {
    auto result = inspected(where, yaml);
    INFO("epoch:" << yaml << "\n" << result.out << result.err);
    CHECK(result.exit_code == 0);
    CHECK(result.err.empty());
    if (result.exit_code != 0)
      continue;
    auto epoch = json::parse_object(result.out).at("epoch").as_object();
    CHECK(epoch.size() == 2);
    CHECK(list_in(epoch, "read") == read);
    CHECK(list_in(epoch, "write") == write);
  }
}

TEST_CASE("inspect tells which rule a wrong epoch breaks, and in which line") {
  temporary_root where;
  for (const auto& [yaml, says] : bad_epochs) {
    auto result = inspected(where, yaml);
    INFO("epoch:" << yaml << "\n" << result.out << result.err);
    CHECK(result.exit_code == 1);
    if (result.exit_code != 1)
      continue;
    auto error = json::parse_object(result.out).at("error").as_object();
    auto message = json::string_or(error, "message");
    CHECK_THAT(message, Catch::StartsWith("cannot read meta/snap.yaml: ") && Contains(says));
    CHECK(message.size() < 250);
  }
}

TEST_CASE("a snap that says nothing of epochs reads and writes 0") {
  temporary_root where;
  write_file(where.work() / "tree/meta/snap.yaml", "name: aged\nversion: 1\n");
  auto result = run_program({built("troupe"), "inspect", (where.work() / "tree").string()});
  CHECK(result.exit_code == 0);
  auto epoch = json::parse_object(result.out).at("epoch").as_object();
  CHECK(list_in(epoch, "read") == numbers{0});
  CHECK(list_in(epoch, "write") == numbers{0});
}
