#include "applied.hpp"

#include <algorithm>

namespace deskloom::cmd {
namespace {

using frame::Document;
using frame::Table;
using frame::Value;

Table applications(const persona::ApplyResult& applied) {
  Table table(
      {{"application", "APPLICATION"}, {"restored", "RESTORED"}, {"files", "FILES"}, {"detail", "DETAIL"}});
  for (const auto& a : applied.applications) table.add({a.application, a.restored, a.files, a.detail});
  return table;
}

Table failures(const persona::ApplyResult& applied) {
  Table table({{"kind", "KIND"}, {"name", "NAME"}, {"reason", "REASON"}});
  for (const auto& f : applied.file_failures) table.add({"file", f.path, f.reason});
  for (const auto& f : applied.setting_failures) table.add({"setting", f.path, f.reason});
  return table;
}

}  // namespace

Value display_uri(const std::optional<fleet::Display>& display) {
  if (!display) return Value::absent();
  return display->protocol + "://" + display->host + ":" + std::to_string(display->port);
}

Document describe(const operation::AssignResult& result) {
  Document document;
  document.field("user", "User", result.instance.user)
      .field("instance", "Instance", result.instance.name)
      .field("host", "Host", result.instance.host)
      .field("state", "State", domain::to_string(result.instance.state))
      .field("action", "Action", operation::to_string(result.action))
      .field("snapshot", "Snapshot", result.snapshot)
      .field("volume", "Volume of snapshot", result.volume)
      .field("display", "Connect to", display_uri(result.display))
      .field("files", "Files", result.applied.files)
      .field("files_written", "Files written", result.applied.files_written)
      .field("settings", "Settings", result.applied.settings)
      .field("elapsed_ms", "Took", Value::duration_ms(result.elapsed_ms))
      .field("cold_boot_ms", "A cold boot takes",
             result.cold_boot_ms ? Value::duration_ms(*result.cold_boot_ms) : Value::absent())
      .field("notes", "Notes", result.notes)
      .table("applications", "Applications", applications(result.applied), "no applications to bring back");
  document.table("failures", "Not restored", failures(result.applied), "nothing was left out");
  return document;
}

frame::ExitCode exit_code_of(const operation::AssignResult& result) {
  const auto& applied = result.applied;
  const bool whole = result.is_full && applied.file_failures.empty() && applied.setting_failures.empty() &&
                     std::all_of(applied.applications.begin(), applied.applications.end(),
                                 [](const auto& a) { return a.restored; });
  return whole ? frame::ExitCode::done : frame::ExitCode::partial;
}

}  // namespace deskloom::cmd
