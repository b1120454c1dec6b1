#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iomanip>
#include <sstream>

#include "local_clocks.hpp"
#include "messages/failure.hpp"
#include "runtime/rules/system_options.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

time_point read_time(std::string_view text) {
  std::tm parts{};
  std::istringstream stream{std::string{text}};
  stream >> std::get_time(&parts, "%Y-%m-%dT%H:%M:%SZ");
  if (!stream || stream.peek() != std::char_traits<char>::eof())
    throw failure{"malformed time"};
  return utc(parts.tm_year + 1900, static_cast<unsigned>(parts.tm_mon + 1),
             static_cast<unsigned>(parts.tm_mday), parts.tm_hour, parts.tm_min);
}

system_options with(std::string_view changes) {
  system_options options{read_time};
  options.set(json::parse_object(changes));
  return options;
}

std::string refusal(std::string_view changes) {
  try {
    with(changes);
  } catch (const failure& refused) {
    CHECK(refused.kind() == failure_kind::bad_request);
    return refused.what();
  }
  return "accepted";
}

std::string get_refusal(const system_options& options, std::string_view name) {
  try {
    options.get(name);
  } catch (const failure& refused) {
    CHECK(refused.kind() == failure_kind::option_not_found);
    return refused.what();
  }
  return "found";
}

struct bad_row {
  const char* changes;
  const char* message;
};

/// The rows of the first table of a page, without the spaces around cells.
std::vector<std::string> first_table(const std::filesystem::path& page) {
  std::ifstream file{page};
  std::vector<std::string> rows;
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("| "))
      rows.push_back(line);
    else if (!rows.empty() && !line.starts_with('|'))
      break;
  return rows;
}

/// The page beside the sources that this program was built from.
std::filesystem::path options_page() {
  // The build's folder holds a link to each folder of sources.
  auto build = std::filesystem::canonical("/proc/self/exe").parent_path().parent_path();
  auto rules = std::filesystem::canonical(build / "roots/troupe_rules/runtime/rules");
  return rules.parent_path().parent_path() / "docs/reference/options.md";
}

} // namespace

TEST_CASE("options that aren't set have the defaults of the table") {
  system_options options{read_time};
  CHECK(options.timer() == parse_refresh_timer("00:00~24:00/4"));
  CHECK_FALSE(options.hold());
  CHECK(options.retain() == 2);
  CHECK_FALSE(options.max_inhibition());
  CHECK(options.snapshot_retention() == 24h * 31);
  CHECK(options.http_proxy().empty());
  CHECK(options.https_proxy().empty());
  CHECK(options.no_proxy().empty());
  CHECK(options.document().empty());
}

TEST_CASE("a default of the table that is a value may be set and changes nothing") {
  system_options defaults{read_time};
  for (const auto& option : known_system_options()) {
    std::string fallback{option.fallback};
    if (fallback == "none" || fallback == "no hold")
      continue;
    system_options options{read_time};
    options.set({{option.name, fallback}});
    CHECK(options.timer() == defaults.timer());
    CHECK(options.retain() == defaults.retain());
    CHECK(options.max_inhibition() == defaults.max_inhibition());
    CHECK(options.snapshot_retention() == defaults.snapshot_retention());
  }
}

TEST_CASE("what is set is what the daemon obeys") {
  auto options = with(R"({"refresh.timer":"fri5,23:00-01:00","refresh.hold":"2026-11-30T12:00:00Z",
      "refresh.retain":3,"refresh.max-inhibition":"2w","snapshots.automatic.retention":"24h",
      "proxy.http":"http://proxy:3128","proxy.https":"https://u:p@proxy/","proxy.no-proxy":"a,.b.c"})");
  CHECK(to_string(options.timer()) == "fri5,23:00-01:00");
  REQUIRE(options.hold());
  CHECK(hold_text(*options.hold()) == "held by system until 2026-11-30 12:00 UTC");
  CHECK(options.hold()->level == hold_level::automatic);
  CHECK(options.retain() == 3);
  CHECK(options.max_inhibition() == 24h * 14);
  CHECK(options.snapshot_retention() == 24h);
  CHECK(options.http_proxy() == "http://proxy:3128");
  CHECK(options.https_proxy() == "https://u:p@proxy/");
  CHECK(options.no_proxy() == "a,.b.c");
}

TEST_CASE("words stand for no limit, no end and none at all") {
  auto options = with(R"({"refresh":{"hold":"forever","max-inhibition":"off"},
      "snapshots":{"automatic":{"retention":"no"}}})");
  REQUIRE(options.hold());
  CHECK(hold_text(*options.hold()) == "held by system forever");
  CHECK_FALSE(options.max_inhibition());
  CHECK_FALSE(options.snapshot_retention());
}

TEST_CASE("dotted names and documents set the same") {
  auto dotted = with(R"({"refresh.retain":"5","snapshots.automatic.retention":"7d"})");
  auto nested = with(R"({"refresh":{"retain":5},"snapshots":{"automatic.retention":"7d"}})");
  CHECK(dotted.document() == nested.document());
  CHECK(dotted.document() ==
        json::parse_object(R"({"refresh":{"retain":5},"snapshots":{"automatic":{"retention":"7d"}}})"));
}

TEST_CASE("a document is read again as it was") {
  auto options = with(R"({"refresh":{"timer":"mon","retain":20},"proxy":{"no-proxy":"localhost"}})");
  system_options again{read_time};
  again.set(options.document());
  CHECK(again.document() == options.document());
}

TEST_CASE("null unsets an option, or all that is below a name") {
  auto options = with(R"({"refresh":{"timer":"mon","retain":4},"proxy.http":"http://p"})");
  options.set(json::parse_object(R"({"refresh.timer":null})"));
  CHECK(options.document() ==
        json::parse_object(R"({"refresh":{"retain":4},"proxy":{"http":"http://p"}})"));
  options.set(json::parse_object(R"({"refresh":null,"proxy.https":null})"));
  CHECK(options.document() == json::parse_object(R"({"proxy":{"http":"http://p"}})"));
}

TEST_CASE("what is set is got by its name, or by a name above it") {
  auto options = with(R"({"refresh":{"timer":"mon","retain":4}})");
  CHECK(options.get("refresh.retain") == json::value(4));
  CHECK(options.get("refresh") == json::parse(R"({"retain":4,"timer":"mon"})"));
  CHECK(options.get("") == json::value(options.document()));
  CHECK(system_options{read_time}.get("") == json::value(json::object{}));
}

TEST_CASE("what isn't set isn't found") {
  auto options = with(R"({"refresh.retain":4})");
  CHECK(get_refusal(options, "refresh.hold") == "cannot get option \"refresh.hold\": it is not set");
  CHECK(get_refusal(options, "proxy") == "cannot get option \"proxy\": it is not set");
  CHECK_THAT(get_refusal(options, "refresh.retian"),
             Catch::Contains("there is no such option; did you mean refresh.retain?"));
  CHECK_THAT(get_refusal(options, "refresh.retain.x"), Catch::Contains("no such option"));
  CHECK_THAT(get_refusal(options, std::string(300, 'x')), Catch::Contains("longer than 256 bytes"));
}

TEST_CASE("an option that can't be set is refused with the reason") {
  for (auto [changes, message] : {
           bad_row{R"({"refresh.retain":1})",
                   "cannot set option \"refresh.retain\": it must be a number"},
           {R"({"refresh.retain":21})", "it must be a number from 2 to 20"},
           {R"({"refresh.retain":-3})", "it must be a number from 2 to 20"},
           {R"({"refresh.retain":2.5})", "it must be a number from 2 to 20"},
           {R"({"refresh.retain":"3x"})", "it must be a number from 2 to 20"},
           {R"({"refresh.retain":""})", "it must be a number from 2 to 20"},
           {R"({"refresh.retain":18446744073709551615})", "it must be a number from 2 to 20"},
           {R"({"refresh.retain":true})", "it must be a number from 2 to 20"},
           {R"({"refresh.retain":{"a":1}})", "it must be a number from 2 to 20"},
           {R"({"refresh":{"timer":"mon,25:00"}})",
            "cannot set option \"refresh.timer\": cannot read timer \"mon,25:00\": \"25:00\": a time"},
           {R"({"refresh.timer":5})", "it must be text"},
           {R"({"refresh.timer":""})", "it is empty; `unset system`"},
           {R"({"refresh.hold":"tomorrow"})",
            "cannot set option \"refresh.hold\": \"tomorrow\" is neither \"forever\" nor a time"},
           {R"({"refresh.hold":"48h"})", "is neither \"forever\" nor a time such as"},
           {R"({"refresh.hold":["forever"]})", "it must be text"},
           {R"({"refresh.max-inhibition":"0s"})", "\"0s\" is shorter than 1s"},
           {R"({"refresh.max-inhibition":"367d"})", "\"367d\" is longer than 366d"},
           {R"({"refresh.max-inhibition":"never"})", "\"never\" is no length of time"},
           {R"({"snapshots.automatic.retention":"23h"})", "\"23h\" is shorter than 1d"},
           {R"({"snapshots.automatic.retention":"off"})", "\"off\" is no length of time"},
           {R"({"proxy.http":"proxy:3128"})", "it must be a URL such as"},
           {R"({"proxy.http":"ftp://proxy"})", "it must be a URL such as"},
           {R"({"proxy.http":"http://"})", "it must be a URL such as"},
           {R"({"proxy.http":"http:///x"})", "it must be a URL such as"},
           {R"({"proxy.https":"http://:3128"})", "it must be a URL such as"},
           {R"({"proxy.https":"http://user@"})", "it must be a URL such as"},
           {R"({"proxy.http":"http://a b"})", "it must be a URL such as"},
           {R"({"proxy.http":"http://a\r\nx"})", "it must be a URL such as"},
           {R"({"proxy.no-proxy":"a, b"})", "hosts with commas between them and no spaces"},
           {R"({"proxy.no-proxy":"a,,b"})", "hosts with commas"},
           {R"({"proxy.no-proxy":",a"})", "hosts with commas"},
           {R"({"refresh":3})", "there are several options below it"},
           {R"({"refresh.metered":"hold"})", "there is no such option"},
           {R"({"refresh.metered":null})", "there is no such option"},
           {R"({"refresh":{"tmier":"mon"}})",
            "cannot set option \"refresh.tmier\": there is no such option; did you mean refresh.timer?"},
           {R"({"retain":3})", "did you mean refresh.retain?"},
           {R"({"":3})", "there is no such option"},
           {R"({"refresh.":3})", "there is no such option"},
           {R"({"refresh..timer":"mon"})", "did you mean refresh.timer?"},
           {R"({"refresh":{"":{}}})", "cannot set option \"refresh.\": there is no such option"},
       }) {
    CAPTURE(changes);
    CHECK_THAT(refusal(changes), Catch::StartsWith("cannot set option \"") && Catch::Contains(message));
  }
}

TEST_CASE("an unknown option is refused with the known ones") {
  auto text = refusal(R"({"quite-another-thing":1})");
  CHECK_THAT(text, !Catch::Contains("did you mean"));
  for (const auto& option : known_system_options())
    CHECK_THAT(text, Catch::Contains(std::string{option.name}));
}

TEST_CASE("a refused change sets none of the options named with it") {
  auto options = with(R"({"refresh.retain":4})");
  CHECK_THROWS_AS(options.set(json::parse_object(R"({"proxy.http":"http://p","refresh":
      {"retain":null,"timer":"never"}})")),
                  failure);
  CHECK(options.document() == json::parse_object(R"({"refresh":{"retain":4}})"));
}

TEST_CASE("a refused proxy isn't shown, since it may hold a password") {
  CHECK_THAT(refusal(R"({"proxy.http":"htp://me:secret@proxy"})"), !Catch::Contains("secret"));
}

TEST_CASE("names and values of any size and bytes are refused in one line") {
  system_options options{read_time};
  auto text_of = [&](const std::string& name, const std::string& value) -> std::string {
    try {
      options.set({{name, value}});
    } catch (const failure& refused) {
      return refused.what();
    }
    return "accepted";
  };
  CHECK(text_of(std::string(300, 'x'), "1") == "cannot set option: its name is longer than 256 bytes");
  CHECK_THAT(text_of("proxy.no-proxy", std::string(5'000, 'x')), Catch::Contains("longer than 4096"));
  CHECK_THAT(text_of("refresh.\x1b[2J\n", "1"), !Catch::Contains("\x1b") && !Catch::Contains("\n"));
  CHECK_THAT(text_of("refresh.hold", "\x1b[2J\n"), !Catch::Contains("\x1b") && !Catch::Contains("\n"));
}

TEST_CASE("the table of options in the documentation is the table of options") {
  std::vector<std::string> wanted{"| Option | What it says | Values | Default |"};
  for (const auto& option : known_system_options()) {
    std::string fallback{option.fallback};
    if (fallback != "none" && fallback != "no hold")
      fallback = '`' + fallback + '`';
    wanted.push_back("| `" + std::string{option.name} + "` | " + std::string{option.says} + " | " +
                     std::string{option.values} + " | " + fallback + " |");
  }
  CHECK(first_table(options_page()) == wanted);
}
