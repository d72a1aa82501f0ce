#include "predict/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace deskloom::cmd {
namespace {

constexpr double width = 640, height = 380, left = 64, right = 12, top = 12, bottom = 48;
constexpr double bars_width = 240, bars_height = 150, bars_margin = 22;
constexpr std::size_t colours = 8;
constexpr double ticks = 5;

// Places on the paper.
class Scale {
 public:
  Scale(const ChartAxis& axis, double first, double last) : axis_(axis), first_(first), last_(last) {}

  double at(double value) const {
    const double kept = std::clamp(value, axis_.from, axis_.to);
    return std::lerp(first_, last_, (bent(kept) - bent(axis_.from)) / (bent(axis_.to) - bent(axis_.from)));
  }

  std::vector<double> ticks_at() const {
    std::vector<double> all;
    if (axis_.is_logarithmic) {
      const double last = std::floor(std::log10(axis_.to) + 1e-9);
      for (double decade = std::ceil(std::log10(axis_.from) - 1e-9); decade <= last; ++decade)
        all.push_back(std::pow(10, decade));
      return all;
    }
    const double step = (axis_.to - axis_.from) / ticks;
    for (double number = 0; number <= ticks; ++number) all.push_back(axis_.from + number * step);
    return all;
  }

 private:
  double bent(double value) const { return axis_.is_logarithmic ? std::log(value) : value; }

  const ChartAxis& axis_;
  double first_, last_;
};

std::string text_at(double x, double y, const std::string& anchor, const std::string& text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                     html_text(text));
}

std::string line(double x1, double y1, double x2, double y2, const char* style) {
  return fmt::format("<line class=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n", style,
                     x1, y1, x2, y2);
}

std::string begin_svg(double wide, double high, const std::string& title) {
  return fmt::format(
      "<svg viewBox=\"0 0 {:.0f} {:.0f}\" width=\"{:.0f}\" height=\"{:.0f}\" "
      "role=\"img\">\n<title>{}</title>\n",
      wide, high, wide, high, html_text(title));
}

std::string axes(const Chart& chart, const Scale& x, const Scale& y) {
  std::string svg;
  for (const double tick : x.ticks_at()) {
    svg += line(x.at(tick), top, x.at(tick), height - bottom, "grid");
    svg += text_at(x.at(tick), height - bottom + 18, "middle", fmt::format("{:g}", tick));
  }
  for (const double tick : y.ticks_at()) {
    svg += line(left, y.at(tick), width - right, y.at(tick), "grid");
    svg += text_at(left - 6, y.at(tick) + 4, "end", fmt::format("{:g}", tick));
  }
  svg += text_at((left + width - right) / 2, height - 8, "middle", chart.x.title);
  svg +=
      fmt::format("<text transform=\"translate(14 {:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n",
                  (top + height - bottom) / 2, html_text(chart.y.title));
  return svg;
}

std::string draw_line(const ChartLine& of, std::size_t number, const Scale& x, const Scale& y) {
  std::string path, dots;
  const std::size_t colour = number % colours;
  for (const ChartPoint& point : of.points) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) continue;
    path += fmt::format("{}{:.1f},{:.1f}", path.empty() ? "" : " ", x.at(point.x), y.at(point.y));
    dots += fmt::format("<circle class=\"dot{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\"/>\n", colour,
                        x.at(point.x), y.at(point.y));
  }
  return fmt::format("<polyline class=\"line{}{}\" points=\"{}\"/>\n", colour,
                     number / colours > 0 ? " dashed" : "", path) +
         dots;
}

std::string legend(const Chart& chart) {
  std::string html = "<p class=\"legend\">";
  for (std::size_t number = 0; number < chart.lines.size(); ++number)
    html += fmt::format("<span><i class=\"key{}\"></i>{}</span> ", number % colours,
                        html_text(chart.lines[number].name));
  return html + "</p>\n";
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string escaped;
  for (const char c : base::printable(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string draw(const Chart& chart) {
  const Scale x(chart.x, left, width - right), y(chart.y, height - bottom, top);
  std::string svg = begin_svg(width, height, chart.title) + axes(chart, x, y);
  if (chart.has_diagonal) {
    const double from = std::max(chart.x.from, chart.y.from), to = std::min(chart.x.to, chart.y.to);
    svg += line(x.at(from), y.at(from), x.at(to), y.at(to), "should");
  }
  for (std::size_t number = 0; number < chart.lines.size(); ++number)
    svg += draw_line(chart.lines[number], number, x, y);
  return "<figure>\n" + svg + "</svg>\n" + legend(chart) + "</figure>\n";
}

std::string draw_bars(const std::string& title, std::span<const double> levels,
                      std::span<const double> shares) {
  std::string svg = begin_svg(bars_width, bars_height, title);
  const double base = bars_height - bars_margin, high = base - bars_margin;
  const double step = bars_width / static_cast<double>(levels.size());
  svg += text_at(bars_width / 2, bars_margin - 8, "middle", title);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const double begin = step * static_cast<double>(i);
    const double share = std::isfinite(shares[i]) ? std::clamp(shares[i], 0.0, 1.0) : 0;
    svg += fmt::format("<rect class=\"bar\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n",
                       begin + 2, base - high * share, step - 4, high * share);
    const double should = base - high * levels[i];
    svg += line(begin, should, begin + step, should, "should");
    svg += text_at(begin + step / 2, bars_height - 6, "middle", fmt::format("{:.0f}", 100 * levels[i]));
  }
  return svg + "</svg>\n";
}

std::string_view chart_style() {
  return R"(:root { --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #b0568f; --c4: #946c00; --c5: #2a7fb8;
  --c6: #6b6b6b; --c7: #8b3a1e; --grid: #d9d9d9; --should: #444; }
@media (prefers-color-scheme: dark) {
  :root { --c0: #56b4e9; --c1: #ff9a52; --c2: #3fd3a5; --c3: #e59cc7; --c4: #f0e442; --c5: #9fc9ff; --c6: #b8b8b8;
    --c7: #ffb59c; --grid: #3d3d3d; --should: #ccc; } }
svg { max-width: 100%; height: auto; } svg text { fill: currentColor; font-size: 12px; }
.grid { stroke: var(--grid); } .should { stroke: var(--should); stroke-dasharray: 4 3; }
polyline { fill: none; stroke-width: 1.8; } .dashed { stroke-dasharray: 6 3; } .bar { fill: var(--c0); }
.line0 { stroke: var(--c0); } .line1 { stroke: var(--c1); } .line2 { stroke: var(--c2); } .line3 { stroke: var(--c3); }
.line4 { stroke: var(--c4); } .line5 { stroke: var(--c5); } .line6 { stroke: var(--c6); } .line7 { stroke: var(--c7); }
.dot0 { fill: var(--c0); } .dot1 { fill: var(--c1); } .dot2 { fill: var(--c2); } .dot3 { fill: var(--c3); }
.dot4 { fill: var(--c4); } .dot5 { fill: var(--c5); } .dot6 { fill: var(--c6); } .dot7 { fill: var(--c7); }
.legend i { display: inline-block; width: 1em; height: 0.6em; margin: 0 0.4em 0 0.8em; }
.key0 { background: var(--c0); } .key1 { background: var(--c1); } .key2 { background: var(--c2); }
.key3 { background: var(--c3); } .key4 { background: var(--c4); } .key5 { background: var(--c5); }
.key6 { background: var(--c6); } .key7 { background: var(--c7); }
)";
}

}  // namespace deskloom::cmd
