#include <catch2/catch.hpp>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <unistd.h>

#include "cli/report/html_report.hpp"
#include "cli/report/markup.hpp"
#include "messages/failure.hpp"

using namespace troupe;
using namespace troupe::report;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

class directory {
public:
  directory() {
    auto pattern = (fs::temp_directory_path() / "troupe-report-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()));
    path_ = pattern;
  }
  directory(const directory&) = delete;
  directory& operator=(const directory&) = delete;
  ~directory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  fs::path operator/(const std::string& name) const { return path_ / name; }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator{path_}, {}));
  }

private:
  fs::path path_;
};

std::string read(const fs::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size()))
    ++count;
  return count;
}

line_plot plot_of(std::vector<series> lines, scale x_scale = scale::linear) {
  return {"Plot", "seconds", "MiB", std::move(lines), x_scale};
}

std::string document_with(const line_plot& plot) {
  html_report page{"Title"};
  page.add_lines(plot);
  return page.document();
}

} // namespace

TEST_CASE("text comes into a report as text, wherever it stands") {
  const std::string evil = "<script>alert('a')</script>&\"";
  html_report page{evil, evil};
  page.add_heading(evil);
  page.add_text(evil);
  page.add_figures({{evil, evil, evil, tone::bad}});
  page.add_table(evil, {evil}, {{evil}});
  page.add_lines({evil, evil, evil, {{evil, {{0, 1}}}, {evil, {{1, 1}}}}, scale::linear});
  page.add_bars(evil, evil, {{evil, 1}});
  auto document = page.document();
  CHECK_THAT(document, !Contains("<script"));
  CHECK_THAT(document, !Contains("&\""));
  CHECK_THAT(document, Contains("&lt;script&gt;alert(&#39;a&#39;)&lt;/script&gt;&amp;&quot;"));
}

TEST_CASE("a report needs nothing from elsewhere") {
  html_report page{"Title", "Subtitle"};
  page.add_lines(plot_of({{"one", {{0, 1}, {1, 2}}}}));
  page.add_bars("Bars", "counts", {{"a", 2}});
  auto document = page.document();
  for (std::string foreign : {"http", "src=", "href=", "url(", "@import", "<script"})
    CHECK_THAT(document, !Contains(foreign));
  CHECK_THAT(document, Contains("<!DOCTYPE html>") && Contains("prefers-color-scheme: dark") &&
                           Contains("@media print"));
}

TEST_CASE("bytes that aren't UTF-8 and control characters don't get into a report") {
  CHECK(escaped("a\xff"
                "b") == "a\xef\xbf\xbd"
                        "b");
  CHECK(escaped("\xc0\x80") == "\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(escaped("\xed\xa0\x80") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(escaped("\xf0\x9f\x98\x80 ä") == "\xf0\x9f\x98\x80 ä");
  CHECK(escaped("cut \xf0\x9f") == "cut \xef\xbf\xbd\xef\xbf\xbd");
  CHECK(escaped(std::string{"a\0b\x1b\n", 5}) == "a b  ");
}

TEST_CASE("numbers are written for readers") {
  CHECK(short_number(0) == "0");
  CHECK(short_number(0.25) == "0.25");
  CHECK(short_number(9999) == "9999");
  CHECK(short_number(1234567) == "1\u202f234\u202f567");
  CHECK(short_number(-12500) == "-12\u202f500");
}

TEST_CASE("a plot names its axes, and its lines where there are several") {
  auto several = document_with(plot_of({{"first", {{0, 1}, {1, 2}}}, {"second", {{0, 2}, {1, 3}}}}));
  CHECK_THAT(several, Contains("seconds") && Contains("MiB") && Contains("first") && Contains("second"));
  CHECK(occurrences(several, "<polyline") == 2);
}

TEST_CASE("a plot takes whatever it is given") {
  auto infinite = HUGE_VAL;
  CHECK_THAT(document_with(plot_of({})), Contains("Nothing to show"));
  CHECK_THAT(document_with(plot_of({{"empty", {}}})), Contains("Nothing to show"));
  CHECK_THAT(document_with(plot_of({{"nan", {{0, std::nan("")}, {infinite, 1}}}})),
             Contains("Nothing to show"));
  CHECK_THAT(document_with(plot_of({{"below", {{0, 1}, {-1, 1}}}}, scale::logarithmic)),
             Contains("Nothing to show"));
  CHECK_THAT(document_with(plot_of({{"point", {{3, 3}}}})), Contains("<circle"));
  for (auto x_scale : {scale::linear, scale::logarithmic})
    for (auto value : {1e-300, 0.7, 5.0, 1e12, 1e300}) {
      auto document = document_with(plot_of({{"flat", {{value, value}, {value, value}}}}, x_scale));
      CHECK_THAT(document, !Contains("nan") && !Contains("inf,") && !Contains("inf\""));
    }
}

TEST_CASE("a long line is thinned, and keeps its extremes") {
  series line{"long", {}};
  for (int i = 0; i < 100'000; ++i)
    line.points.emplace_back(i, i == 70'001 ? 1000.0 : 1.0);
  auto document = document_with(plot_of({line}));
  CHECK(document.size() < 40'000);
  line.points.resize(70'000);
  CHECK(document_with(plot_of({line})) != document);
  CHECK_THAT(document, Contains(",12.0 ")); // The top of the picture.
}

TEST_CASE("bars may all be 0, and long labels are cut but told whole") {
  html_report page{"Title"};
  auto label = std::string(60, 'x');
  page.add_bars("Bars", "counts", {{label, 0}, {"b", 0}});
  CHECK(occurrences(page.document(), "<rect") == 2);
  CHECK_THAT(page.document(), Contains("<title>" + label) && !Contains("nan"));
}

TEST_CASE("a table aligns numbers and copes with rows of any length") {
  html_report page{"Title"};
  page.add_table("Table", {"Name", "Count"}, {{"a", "1 000"}, {"b"}, {"c", "2.5", "too much"}});
  auto document = page.document();
  CHECK_THAT(document, Contains("<td class=\"number\">1 000</td>") && !Contains("too much"));
  CHECK(occurrences(document, "<td") == 6);
}

TEST_CASE("a report is written whole, and replaces what was there") {
  directory here;
  std::ofstream{here / "report.html"} << "old";
  html_report page{"New title"};
  write_report(page, here / "report.html");
  CHECK(read(here / "report.html") == page.document());
  CHECK(here.entries() == 1);
}

TEST_CASE("a report that can't be written says why and leaves nothing") {
  directory here;
  html_report page{"Title"};
  fs::create_directory(here / "taken");
  CHECK_THROWS_WITH(write_report(page, here / "taken"),
                    Contains("cannot write report") && Contains("it is a directory"));
  CHECK_THROWS_WITH(check_report_file(here / "missing/report.html"), Contains("No such file"));
  CHECK_THROWS_AS(write_report(page, here / "missing/report.html"), failure);
  CHECK_THROWS_AS(write_report(page, ""), failure);
  CHECK(here.entries() == 1);
}
