#include "cli/report/plots.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "cli/report/markup.hpp"
#include "cli/report/ticks.hpp"

namespace troupe::report {

namespace {

using points = std::vector<std::pair<double, double>>;

// In units of the SVG, which the page scales.
constexpr double width = 860;
constexpr double height = 290;
constexpr double left = 66;
constexpr double right = 16;
constexpr double top = 12;
constexpr double bottom = 44;
constexpr double bar_step = 24;
constexpr double bar_height = 15;
constexpr double label_width = 270;
constexpr double value_width = 80;
constexpr std::size_t label_characters = 40;
constexpr std::size_t most_points = 1'000;
constexpr std::size_t colours = 8;

template <class... Values>
std::string printed(const char* format, Values... values) {
  std::array<char, 512> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

points usable(const points& all, scale x_scale) {
  points result;
  std::copy_if(all.begin(), all.end(), std::back_inserter(result), [&](const auto& p) {
    return std::isfinite(p.first) && std::isfinite(p.second) &&
           (x_scale == scale::linear || p.first > 0);
  });
  return result;
}

points thinned(const points& all) {
  if (all.size() <= most_points)
    return all;
  points result;
  auto lower = [](const auto& a, const auto& b) { return a.second < b.second; };
  constexpr auto buckets = most_points / 2;
  for (std::size_t i = 0; i < buckets; ++i) {
    auto from = all.begin() + static_cast<std::ptrdiff_t>(all.size() * i / buckets);
    auto to = all.begin() + static_cast<std::ptrdiff_t>(all.size() * (i + 1) / buckets);
    auto [least, most] = std::minmax_element(from, to, lower);
    result.push_back(*std::min(least, most));
    if (least != most)
      result.push_back(*std::max(least, most));
  }
  return result;
}

/// Where the data of a plot lies on the picture.
struct frame {
  axis x;
  axis y;

  double across(double value) const { return left + x.share(value) * (width - left - right); }
  double down(double value) const { return height - bottom - y.share(value) * (height - top - bottom); }
};

frame frame_for(const std::vector<points>& lines, scale x_scale) {
  auto x_low = HUGE_VAL, x_high = -HUGE_VAL, y_low = 0.0, y_high = 0.0;
  for (const auto& line : lines)
    for (const auto& [x, y] : line) {
      x_low = std::min(x_low, x);
      x_high = std::max(x_high, x);
      y_low = std::min(y_low, y);
      y_high = std::max(y_high, y);
    }
  auto x = x_scale == scale::linear ? tight_axis_for(x_low, x_high) : axis_for(x_low, x_high, x_scale);
  return {std::move(x), axis_for(y_low, y_high, scale::linear)};
}

std::string drawn_axes(const frame& in, const line_plot& plot) {
  std::string result;
  for (auto tick : in.y.ticks) {
    auto y = in.down(tick);
    result += printed("<line class=\"grid\" x1=\"%.0f\" x2=\"%.0f\" y1=\"%.1f\" y2=\"%.1f\"/>", left,
                      width - right, y, y);
    result += printed("<text x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">%s</text>", left - 7, y + 4,
                      short_number(tick).c_str());
  }
  auto floor = height - bottom;
  for (auto tick : in.x.ticks) {
    auto x = in.across(tick);
    result += printed("<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.0f\" y2=\"%.0f\"/>", x, x,
                      floor, floor + 4);
    result += printed("<text x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">%s</text>", x, floor + 17,
                      short_number(tick).c_str());
  }
  result += printed("<line class=\"axis\" x1=\"%.0f\" x2=\"%.0f\" y1=\"%.0f\" y2=\"%.0f\"/>", left,
                    width - right, floor, floor);
  result += printed("<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\">", (left + width - right) / 2,
                    height - 6) +
            escaped(plot.x_label) + "</text>";
  result += printed("<text transform=\"translate(14 %.0f) rotate(-90)\" text-anchor=\"middle\">",
                    (top + floor) / 2) +
            escaped(plot.y_label) + "</text>";
  return result;
}

std::string drawn_line(const frame& in, const points& line, std::size_t number) {
  auto look = printed("k%zu%s", number % colours, number >= colours ? " dashed" : "");
  if (line.size() == 1)
    return printed("<circle class=\"line %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>", look.c_str(),
                   in.across(line[0].first), in.down(line[0].second));
  auto result = "<polyline class=\"line " + look + "\" points=\"";
  for (const auto& [x, y] : line)
    result += printed("%.1f,%.1f ", in.across(x), in.down(y));
  return result + "\"/>";
}

std::string legend(const line_plot& plot) {
  if (plot.lines.size() < 2)
    return {};
  std::string result = "<div class=\"legend\">";
  for (std::size_t i = 0; i < plot.lines.size(); ++i)
    result += printed("<span><span class=\"swatch k%zu\"></span>", i % colours) +
              escaped(plot.lines[i].name) + (i >= colours ? " (dashed)" : "") + "</span>";
  return result + "</div>";
}

// A character of UTF-8 begins with any byte but 10xxxxxx.
std::string clipped(const std::string& text) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U && ++characters > label_characters)
      return text.substr(0, i) + "…";
  return text;
}

std::string picture(double picture_height, const std::string& name, const std::string& content) {
  return printed("<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"", width, picture_height) +
         escaped(name) + "\">" + content + "</svg>";
}

} // namespace

std::string drawn_lines(const line_plot& plot) {
  std::vector<points> lines;
  for (const auto& one : plot.lines)
    lines.push_back(thinned(usable(one.points, plot.x_scale)));
  if (std::all_of(lines.begin(), lines.end(), [](const auto& line) { return line.empty(); }))
    return "<p class=\"note\">Nothing to show.</p>";
  auto in = frame_for(lines, plot.x_scale);
  auto content = drawn_axes(in, plot);
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (!lines[i].empty())
      content += drawn_line(in, lines[i], i);
  return legend(plot) + picture(height, plot.title, content);
}

std::string drawn_bars(const std::string& value_label, const std::vector<bar>& bars) {
  if (bars.empty())
    return "<p class=\"note\">Nothing to show.</p>";
  auto most = std::max_element(bars.begin(), bars.end(), [](const auto& a, const auto& b) {
                return a.value < b.value;
              })->value;
  auto room = width - label_width - value_width;
  std::string content;
  auto y = 2.0;
  for (const auto& one : bars) {
    auto length = most > 0 && std::isfinite(one.value) ? std::max(one.value, 0.0) / most * room : 0.0;
    content += printed("<text class=\"name\" x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">",
                       label_width - 8, y + 12) +
               escaped(clipped(one.label)) + "<title>" + escaped(one.label) + "</title></text>";
    content += printed("<rect class=\"bar\" x=\"%.0f\" y=\"%.1f\" width=\"%.1f\" height=\"%.0f\" "
                       "rx=\"2\"/><text x=\"%.1f\" y=\"%.1f\">%s</text>",
                       label_width, y, std::max(length, 1.0), bar_height, label_width + length + 6,
                       y + 12, short_number(one.value).c_str());
    y += bar_step;
  }
  content +=
      printed("<text x=\"%.0f\" y=\"%.1f\">", label_width, y + 12) + escaped(value_label) + "</text>";
  return picture(y + bar_step, value_label, content);
}

} // namespace troupe::report
