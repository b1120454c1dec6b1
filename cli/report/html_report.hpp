#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// Reports for people: one HTML file with all that it needs in it, and no script.
namespace troupe::report {

enum class tone { plain, good, bad };

/// A number that the reader looks for first.
struct figure {
  std::string label;
  std::string value; ///< With its unit.
  std::string note;  ///< A few words below it; may be empty.
  tone meaning = tone::plain;
};

using row = std::vector<std::string>;

struct series {
  std::string name;
  std::vector<std::pair<double, double>> points; ///< In the order of x. What isn't finite is left out.
};

enum class scale { linear, logarithmic };

struct line_plot {
  std::string title;
  std::string x_label; ///< With its unit.
  std::string y_label; ///< With its unit.
  std::vector<series> lines;
  scale x_scale = scale::linear; ///< Logarithmic: what isn't above 0 is left out.
};

struct bar {
  std::string label;
  double value = 0; ///< 0 or more.
};

/// Collects the parts of a report, which stand in it in the order of the calls. Any text is shown as it
/// is; bytes that aren't UTF-8 come as U+FFFD, control characters as spaces.
class html_report {
public:
  /// `subtitle`: a sentence below the title; may be empty.
  explicit html_report(const std::string& title, const std::string& subtitle = {});

  void add_heading(const std::string& text);
  void add_text(const std::string& paragraph);
  void add_figures(const std::vector<figure>& figures);

  /// Cells that look like numbers are aligned at their right. A short row is filled up, a long one cut.
  void add_table(const std::string& title, const row& header, const std::vector<row>& rows);

  /// Lines of more than a thousand points are thinned, and keep their highest and lowest ones.
  void add_lines(const line_plot& plot);

  /// Bars from left to right, one below the other. `value_label`: what their length stands for.
  void add_bars(const std::string& title, const std::string& value_label, const std::vector<bar>& bars);

  /// The whole document.
  std::string document() const;

private:
  std::string title_;
  std::string body_;
};

/// Throws failure where write_report surely would; for before the work that the report is about.
void check_report_file(const std::filesystem::path& file);

/// Writes the document to a file, which is replaced as a whole or not at all. Throws failure.
void write_report(const html_report& what, const std::filesystem::path& file);

} // namespace troupe::report
