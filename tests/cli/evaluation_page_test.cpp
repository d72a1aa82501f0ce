// The web page of an evaluation (SPEC D4): complete, and safe whatever the record's names are.
#include "predict/evaluation_page.hpp"

#include <limits>

#include "predict/chart.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using test::Contains;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
const std::string hostile = "<script>alert('x')</script>\"&\033[2J\xff";

operation::EvaluationReport report() {
  operation::EvaluationReport report;
  report.from = base::from_seconds(1'767'567'600);
  report.learnt_until = {report.from, report.from};
  report.lead_s = 240;
  predict::Foretold foretold;
  for (int i = 0; i < 100; ++i) foretold.add(i / 100.0, i % 2 == 0);
  report.connects.push_back(
      {"logistic regression", true, predict::score(foretold), predict::calibration_bins(foretold)});
  predict::AmountScorer scorer;
  scorer.add({}, 1, 1);
  report.pools.push_back({hostile, predict::DemandKind::arrivals, {scorer.scores(hostile)}});
  report.resources.push_back({domain::Metric::cpu, {{"mixture", predict::QuantileScorer().scores(), nan}}});
  report.costs.push_back(
      {hostile, {{hostile, {{0.5, 0.4, 10}, {0.1, 0.05, 900}, {0, 0, 1e9}}}, {"none", {}}}});
  report.costs.push_back({{}, {{"regression", {{1, nan, nan}}}}});
  report.not_scored.push_back({operation::EvaluationTask::places, hostile});
  return report;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("text of a page is never markup, nor a control character") {
  CHECK(cmd::html_text("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;&#39;");
  CHECK(cmd::html_text("\033[2J\n\xff") == "\\x1b[2J\\x0a\\xff");
  CHECK(cmd::html_text("zażółć") == "zażółć");
}

TEST_CASE("a page of an evaluation holds no markup of the record's, and asks for nothing from elsewhere") {
  const std::string page = cmd::evaluation_page(report());
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("alert('x')") == std::string::npos);
  CHECK(page.find('\033') == std::string::npos);
  CHECK_THAT(page, Contains("&lt;script&gt;"));
  for (const char* outside : {"http://", "https://", "src=", "url(", "@import", "href="}) {
    CAPTURE(outside);
    CHECK(page.find(outside) == std::string::npos);
  }
  CHECK(page.find("nan") == std::string::npos);
  CHECK(page.find("inf") == std::string::npos);
}

TEST_CASE("a page of an evaluation has what was asked for: tables, drawings, and how to read them") {
  const std::string page = cmd::evaluation_page(report());
  CHECK(count(page, "<table>") == 5);
  CHECK(count(page, "<svg") == count(page, "</svg>"));
  CHECK(count(page, "<svg") == 1 + 2 + 2);  // calibration, coverage, cost
  CHECK(count(page, "class=\"bar\"") == 2 * predict::quantile_levels.size());
  CHECK_THAT(page, Contains("prefers-color-scheme: dark"));
  CHECK_THAT(page, Contains("2 folds"));
  const std::string nothing = cmd::evaluation_page({});
  CHECK(count(nothing, "<table>") == 0);
  CHECK_THAT(nothing, Contains("</html>"));
}
