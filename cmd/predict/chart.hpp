#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

// Drawings for a web page of its own: inline SVG in the page's colours (its style says what they are). All
// text is taken for hostile.
namespace deskloom::cmd {

// What a page may show as text or in an attribute: without control characters, and nothing is markup.
std::string html_text(std::string_view text);

struct ChartPoint {
  double x = 0, y = 0;  // not finite: left out
};

struct ChartLine {
  std::string name;
  std::vector<ChartPoint> points;
};

struct ChartAxis {
  std::string title;
  double from = 0, to = 1;      // beyond: drawn at the edge
  bool is_logarithmic = false;  // then both are above 0
};

struct Chart {
  std::string title;
  ChartAxis x, y;
  std::vector<ChartLine> lines;
  bool has_diagonal = false;  // where y is x
};

// With a legend.
std::string draw(const Chart& chart);

// A bar for each of levels, as high as the share; a mark where it should be. Both from 0 to 1.
std::string draw_bars(const std::string& title, std::span<const double> levels,
                      std::span<const double> shares);

// The style that drawings need: their colours, light and dark.
std::string_view chart_style();

}  // namespace deskloom::cmd
