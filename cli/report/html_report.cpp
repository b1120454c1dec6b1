#include "cli/report/html_report.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>

#include <unistd.h>

#include "cli/report/markup.hpp"
#include "cli/report/plots.hpp"
#include "cli/report/style.hpp"
#include "messages/failure.hpp"

namespace troupe::report {

namespace {

std::string element(const std::string& name, const std::string& text, const std::string& look = {}) {
  return "<" + name + (look.empty() ? "" : " class=\"" + look + "\"") + ">" + escaped(text) + "</" +
         name + ">";
}

bool looks_like_number(const std::string& text) {
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text == "-" || text == "\u2013")
    return true;
  auto first = text.starts_with('-') || text.starts_with('+') ? 1U : 0U;
  return text.size() > first && is_digit(text[first]) &&
         text.find_first_not_of("0123456789.,+-% \xe2\x80\xaf", first) == text.npos;
}

// A heading stands over its numbers.
std::vector<bool> number_columns(std::size_t columns, const std::vector<row>& rows) {
  std::vector<bool> result(columns, !rows.empty());
  for (const auto& one : rows)
    for (std::size_t i = 0; i < columns && i < one.size(); ++i)
      result[i] = result[i] && (one[i].empty() || looks_like_number(one[i]));
  return result;
}

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& reason) {
  throw failure{"cannot write report \"" + file.string() + "\": " + reason};
}

std::string_view tone_class(tone meaning) {
  return meaning == tone::good ? "figure good" : meaning == tone::bad ? "figure bad" : "figure";
}

} // namespace

html_report::html_report(const std::string& title, const std::string& subtitle) : title_{title} {
  body_ = element("h1", title) + '\n';
  if (!subtitle.empty())
    body_ += element("p", subtitle, "subtitle") + '\n';
}

void html_report::add_heading(const std::string& text) { body_ += element("h2", text) + '\n'; }

void html_report::add_text(const std::string& paragraph) { body_ += element("p", paragraph) + '\n'; }

void html_report::add_figures(const std::vector<figure>& figures) {
  body_ += "<div class=\"figures\">\n";
  for (const auto& one : figures)
    body_ += "<div class=\"" + std::string{tone_class(one.meaning)} + "\">" +
             element("span", one.label, "label") + element("span", one.value, "value") +
             (one.note.empty() ? "" : element("span", one.note, "note")) + "</div>\n";
  body_ += "</div>\n";
}

void html_report::add_table(const std::string& title, const row& header, const std::vector<row>& rows) {
  auto is_number = number_columns(header.size(), rows);
  auto cells = [&](const row& from, const std::string& name) {
    std::string result = "<tr>";
    for (std::size_t i = 0; i < header.size(); ++i)
      result += element(name, i < from.size() ? from[i] : std::string{}, is_number[i] ? "number" : "");
    return result + "</tr>\n";
  };
  body_ += "<section class=\"panel\">" + element("h3", title) +
           "<div class=\"scroll\"><table>\n<thead>" + cells(header, "th") + "</thead>\n<tbody>";
  for (const auto& one : rows)
    body_ += cells(one, "td");
  body_ += "</tbody></table></div></section>\n";
}

void html_report::add_lines(const line_plot& plot) {
  body_ += "<section class=\"panel\">" + element("h3", plot.title) + drawn_lines(plot) + "</section>\n";
}

void html_report::add_bars(const std::string& title, const std::string& value_label,
                           const std::vector<bar>& bars) {
  body_ += "<section class=\"panel\">" + element("h3", title) + drawn_bars(value_label, bars) +
           "</section>\n";
}

std::string html_report::document() const {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
         element("title", title_) + "\n<style>" + std::string{style_sheet} +
         "</style>\n</head>\n<body>\n" + body_ + "</body>\n</html>\n";
}

void check_report_file(const std::filesystem::path& file) {
  std::error_code code;
  auto directory = file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."};
  if (file.filename().empty() || std::filesystem::is_directory(file, code))
    refuse(file, "it is a directory; name a file in it");
  if (::access(directory.c_str(), W_OK | X_OK) != 0)
    refuse(file, directory.string() + ": " + std::strerror(errno));
}

void write_report(const html_report& what, const std::filesystem::path& file) {
  check_report_file(file);
  auto unfinished = file;
  unfinished += "." + std::to_string(::getpid()) + ".part";
  errno = 0;
  std::ofstream out{unfinished, std::ios::binary};
  out << what.document();
  out.close();
  std::error_code code;
  if (!out)
    code = {errno == 0 ? EIO : errno, std::generic_category()};
  else
    std::filesystem::rename(unfinished, file, code);
  if (!code)
    return;
  std::error_code ignored;
  std::filesystem::remove(unfinished, ignored);
  refuse(file, code.message());
}

} // namespace troupe::report
