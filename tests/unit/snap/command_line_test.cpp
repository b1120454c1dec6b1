#include "runtime/snap/command_line.hpp"

#include <catch2/catch.hpp>

#include "messages/failure.hpp"

using namespace troupe;
using words = std::vector<std::string>;

TEST_CASE("blanks part words and many of them part no more than one") {
  CHECK(split_words("bin/hello  --to\tworld ") == words{"bin/hello", "--to", "world"});
  CHECK(split_words("   ").empty());
}

TEST_CASE("quotes and backslashes keep blanks in a word") {
  CHECK(split_words(R"(a 'b c' "d \"e\"" f\ g)") == words{"a", "b c", "d \"e\"", "f g"});
  CHECK(split_words(R"(x'\'y "\n")") == words{"x\\y", "\\n"});
  CHECK(split_words("a '' b") == words{"a", "", "b"});
}

TEST_CASE("patterns of file names stay as they are") {
  CHECK(split_words("ls /*.c ?") == words{"ls", "/*.c", "?"});
}

TEST_CASE("an open quote or a last backslash is refused with the command") {
  CHECK_THROWS_WITH(split_words("a 'b"), Catch::Contains("a 'b") && Catch::Contains("quote"));
  CHECK_THROWS_AS(split_words("a \"b"), failure);
  CHECK_THROWS_WITH(split_words("a\\"), Catch::Contains("backslash"));
}

TEST_CASE("variables of a command are expanded with and without braces") {
  environment_map known{{"SNAP", "/snap/hello/x1"}, {"A_1", "b"}};
  CHECK(command_words("$SNAP/etc:${A_1}c [$NONE]", known) == words{"/snap/hello/x1/etc:bc", "[]"});
  CHECK(command_words("5$ $1 ${ ${A_1", known) == words{"5$", "$1", "${", "${A_1"});
}

TEST_CASE("a value isn't split again and an empty word is dropped") {
  CHECK(command_words("run $TWO $NONE end", {{"TWO", "a b"}}) == words{"run", "a b", "end"});
}

TEST_CASE("a command that its variables make huge is refused") {
  environment_map large{{"V", std::string(100'000, 'x')}};
  CHECK(command_words("run $V", large).size() == 2);
  CHECK_THROWS_WITH(command_words("run $V $V", large), Catch::Contains("longer than"));
  CHECK_THROWS_WITH(command_words("run $V$V", large), Catch::Contains("longer than"));
}
