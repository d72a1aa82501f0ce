#include "doctor/doctor.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "doctor/checks.hpp"

namespace deskloom::cmd {
namespace {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok:
      return "ok";
    case Verdict::warning:
      return "warning";
    case Verdict::failure:
      return "failure";
  }
  return "";
}

}  // namespace

void setup(CLI::App&, DoctorOptions&) {}

frame::ExitCode run(const DoctorOptions&, frame::Context& context) {
  const auto findings = examine(context);
  frame::Table table({{"check", "CHECK"}, {"verdict", "VERDICT"}, {"detail", "DETAIL"}, {"fix", ""}});
  for (const auto& f : findings) {
    table.add({f.check, to_string(f.verdict), f.detail,
               f.fix.empty() ? frame::Value::absent() : frame::Value(f.fix)});
  }
  const bool failed = std::any_of(findings.begin(), findings.end(),
                                  [](const Finding& f) { return f.verdict == Verdict::failure; });
  context.print(frame::Document().table("checks", "", table));
  // Below the table: a fix is a sentence, and a sentence makes a bad column.
  for (const auto& f : findings) {
    if (!f.fix.empty() && !context.json()) context.say(f.check + ": " + f.fix);
  }
  return failed ? frame::ExitCode::failed : frame::ExitCode::done;
}

}  // namespace deskloom::cmd
