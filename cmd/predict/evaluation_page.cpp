#include "predict/evaluation_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "predict/chart.hpp"
#include "predict/evaluation_tables.hpp"

namespace deskloom::cmd {
namespace {

constexpr double least_drawn = 1e-4;  // probability
constexpr double most_waiting = 50;   // percent
constexpr double least_idle_min = 1, most_idle_min = 100'000;

std::string paragraph(const std::string& text) { return "<p>" + html_text(text) + "</p>\n"; }
std::string heading(const std::string& text) { return "<h2>" + html_text(text) + "</h2>\n"; }

std::string html_of(const frame::Table& table) {
  std::string html = "<div class=\"wide\"><table>\n<tr>";
  for (const frame::Column& column : table.columns()) html += "<th>" + html_text(column.title) + "</th>";
  html += "</tr>\n";
  for (const auto& row : table.rows()) {
    html += "<tr>";
    for (const frame::Value& value : row)
      html += (value.number ? "<td class=\"number\">" : "<td>") + html_text(value.text) + "</td>";
    html += "</tr>\n";
  }
  return html + "</table></div>\n";
}

std::string section(const std::string& title, const std::string& how_to_read, const frame::Table& table,
                    const std::string& drawings = {}) {
  if (table.empty()) return {};
  return heading(title) + paragraph(how_to_read) + html_of(table) + drawings;
}

std::string calibration(const operation::EvaluationReport& report, bool known) {
  Chart chart;
  chart.title = known ? "Calibration of connecting, known users" : "Calibration of connecting, new users";
  chart.x = {"foretold probability", least_drawn, 1, true};
  chart.y = {"share that came", least_drawn, 1, true};
  chart.has_diagonal = true;
  for (const predict::ModelScores& of : report.connects) {
    if (of.known_users != known || of.bins.empty()) continue;
    ChartLine line{of.model, {}};
    for (const predict::CalibrationBin& bin : of.bins) line.points.push_back({bin.probability, bin.rate});
    chart.lines.push_back(std::move(line));
  }
  if (chart.lines.empty()) return {};
  return "<h3>" + html_text(chart.title) + "</h3>\n" +
         paragraph(
             "Forecasts in 20 groups of equal size: a point on the dashed line came as often as was "
             "foretold, one "
             "below it less often, one above it more often; what lies at an edge is beyond it.") +
         draw(chart);
}

// Of the last model, which is ours.
std::string coverage(const std::string& name, const std::vector<predict::AmountScores>& models) {
  if (models.empty()) return {};
  return draw_bars(name, predict::quantile_levels, models.back().scores.covered);
}

std::string coverage_drawing(const std::string& bars) {
  return paragraph(
             "Each bar is how often our forecast was enough, in percent: at a level of 95 it should have "
             "been in 95 of "
             "100 hours, which the dashed mark shows; a lower bar is a forecast that was too low.") +
         "<div class=\"bars\">" + bars + "</div>\n";
}

std::string pools_drawing(const operation::EvaluationReport& report) {
  std::string bars;
  for (const operation::PoolScores& of : report.pools)
    bars += coverage(of.pool + ", " + name_of(of.kind), of.models);
  return coverage_drawing(bars);
}

std::string resources_drawing(const operation::EvaluationReport& report) {
  std::string bars;
  for (const operation::MetricScores& of : report.resources)
    bars += coverage(std::string(domain::name_of(domain::metric_names, of.metric)), of.models);
  return coverage_drawing(bars);
}

std::string cost_drawing(const operation::Costs& costs) {
  Chart chart;
  chart.title = "What waiting and idling cost, " + name_of(costs);
  chart.x = {"sessions that wait, in percent", 0, most_waiting, false};
  chart.y = {"minutes idled for each session", least_idle_min, least_idle_min, true};
  for (const predict::CostCurve& curve : costs.curves) {
    ChartLine line{curve.model, {}};
    for (const predict::CostPoint& point : curve.points) {
      if (100 * point.unmet > most_waiting) continue;
      line.points.push_back({100 * point.unmet, point.idle_minutes});
      chart.y.to = std::max(chart.y.to, std::min(point.idle_minutes, most_idle_min));
    }
    chart.lines.push_back(std::move(line));
  }
  chart.y.to = std::max(chart.y.to, 10 * least_idle_min);
  return "<h3>" + html_text(chart.title) + "</h3>\n" +
         paragraph(
             "Each line is what a model can do at all its settings: further left fewer users wait, further "
             "down fewer "
             "desktops idle, so of two lines the one nearer to the lower left corner is better.") +
         draw(chart);
}

std::string costs_drawing(const operation::EvaluationReport& report) {
  std::string all;
  for (const operation::Costs& costs : report.costs) all += cost_drawing(costs);
  return all;
}

constexpr const char* style = R"(:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em;
  background: Canvas; color: CanvasText; }
h2 { margin-top: 2em; } .wide { overflow-x: auto; } table { border-collapse: collapse; }
th, td { padding: 0.15em 0.8em 0.15em 0; text-align: left; white-space: nowrap; } th { font-size: 85%; }
.number { text-align: right; font-variant-numeric: tabular-nums; } figure { margin: 1em 0; }
.bars svg { margin: 0 1em 1em 0; }
)";

}  // namespace

std::string evaluation_page(const operation::EvaluationReport& report) {
  constexpr const char* amounts =
      "Loss is twice the mean pinball loss over the mean amount, and smaller is better; 80 of 100 amounts "
      "should lie "
      "within 10-90 %, 95 of 100 below 95 %; MASE compares the median with a naive forecast, which has about "
      "1.";
  constexpr const char* choices =
      "First and among 3: how often what came was foretold as the likeliest, or as one of the three "
      "likeliest; a smaller "
      "log loss is better.";
  const auto time = [](base::Timestamp at) { return frame::Value(at).text; };
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<title>Forecasts, and what came</title>\n"
      "<style>\n";
  page += style;
  page += chart_style();
  page += "</style>\n</head>\n<body>\n<h1>Forecasts, and what came</h1>\n";
  page += paragraph(fmt::format(
      "Recorded from {} on, tested from {} until {}, {} users; {}. Nothing that came later "
      "was known to a forecast.",
      time(report.from), time(report.test_from), time(report.until), report.users, method_of(report)));
  page +=
      section("Connecting within a quarter of an hour",
              "Log loss and Brier score are the better the smaller they are; calibration is how far foretold "
              "probabilities are from what came. New users had fewer than 20 sessions before.",
              connects_table(report), calibration(report, true) + calibration(report, false));
  page += section(
      cost_title(report),
      "The fewer minutes, the cheaper; each user's own desktop is kept or made ready for them alone, shared "
      "ones are for whoever comes.",
      cost_table(report), costs_drawing(report));
  page +=
      section("How long sessions last",
              "Loss is twice the mean pinball loss over the mean length, and smaller is better; 90 of 100 "
              "sessions should end within the length of 90 %, 95 of 100 within that of 95 %. The median is "
              "off by so many minutes on average.",
              lengths_table(report));
  page += section("Pools, hour by hour, a day ahead", amounts, pools_table(report), pools_drawing(report));
  page += section("What desktops use, hour by hour, a day ahead", amounts, resources_table(report),
                  resources_drawing(report));
  page += section("The application that is started next", choices, next_applications_table(report));
  page += section("Applications of a session",
                  "Whether a session will use each application that its user knows, foretold when it begins.",
                  used_applications_table(report));
  page += section("Places", choices, places_table(report));
  page += section("Not scored", "What was asked for, and why it could not be.", not_scored_table(report));
  return page + "</body>\n</html>\n";
}

}  // namespace deskloom::cmd
