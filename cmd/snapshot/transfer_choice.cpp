#include "snapshot/transfer_choice.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"

namespace deskloom::cmd {
namespace {

using snapshot::transfer::Listed;

constexpr std::size_t shortest_prefix = 4;

base::Error usage(const std::string& message, const std::string& hint) {
  return {base::ErrorKind::usage, message, hint};
}

std::optional<std::uint64_t> parse_rate(std::string text) {
  if (text.ends_with("/s")) text.resize(text.size() - 2);
  return base::parse_size(text);
}

std::size_t find(const std::string& name, const std::vector<Listed>& listed, const std::string& where) {
  if (name == "latest" && !listed.empty()) return listed.size() - 1;
  if (name.size() < shortest_prefix) {
    throw usage("'" + base::printable(name) + "' is too short for a snapshot",
                "give at least 4 characters of its id, or \"latest\"");
  }
  const auto matches = [&](const Listed& one) { return one.id.starts_with(name); };
  const auto found = std::ranges::find_if(listed, matches);
  if (found == listed.end()) {
    throw base::Error(base::ErrorKind::not_found,
                      "there is no snapshot '" + base::printable(name) + "' in " + where,
                      "list them with 'deskloom snapshot list --store DIR'");
  }
  const auto other = std::find_if(found + 1, listed.end(), matches);
  if (other != listed.end()) {
    throw usage("'" + base::printable(name) + "' begins several snapshots' ids",
                found->id + " and " + other->id + " are two of them");
  }
  return static_cast<std::size_t>(found - listed.begin());
}

}  // namespace

void add_options(CLI::App& app, TransferChoice& choice) {
  app.add_option("snapshots", choice.snapshots, "their ids, the starts of them, or 'latest'")
      ->type_name("SNAPSHOT");
  app.add_flag("--all", choice.all, "all of them; those that are there already cost nothing");
  app.add_option("--user", choice.user, "only of this user")->type_name("USER");
  app.add_option_function<std::string>(
         "--rate-limit",
         [&choice](const std::string& text) {
           choice.rate_limit = parse_rate(text);
           if (!choice.rate_limit || *choice.rate_limit == 0)
             throw CLI::ValidationError("--rate-limit", "'" + text + "' is no rate such as 10MiB/s");
         },
         "at most so many bytes a second: 10MiB/s")
      ->type_name("RATE");
}

void check(const TransferChoice& choice) {
  if (choice.snapshots.empty() && !choice.all)
    throw usage("no snapshot was named", "name some, or say --all; --user alice --all means all of alice's");
  if (!choice.snapshots.empty() && choice.all)
    throw usage("--all and names of snapshots exclude each other", "leave one of them out");
}

std::vector<std::string> choose(const TransferChoice& choice, const std::vector<Listed>& listed,
                                const std::string& where) {
  std::vector<bool> chosen(listed.size(), choice.all);
  for (const std::string& name : choice.snapshots) chosen[find(name, listed, where)] = true;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    if (chosen[i]) ids.push_back(listed[i].id);
  }
  return ids;
}

frame::ExitCode print_report(frame::Context& context, const snapshot::transfer::Report& report,
                             base::Timestamp started) {
  const bool dry = context.dry_run();
  frame::Table failed({{"snapshot", "SNAPSHOT"}, {"problem", "PROBLEM"}});
  for (const auto& one : report.failed) failed.add({one.snapshot, one.problem});
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(context.clock().now() - started);
  context.print(
      frame::Document()
          .field("snapshots", dry ? "Would be sent" : "Sent", report.snapshots)
          .field("already_there", "There already", report.there)
          .field("chunks", "Chunks", report.chunks)
          .field("bytes_sent", dry ? "Bytes to send" : "Bytes sent", frame::Value::size(report.sent_bytes))
          .field("bytes_skipped", "Content that need not travel", frame::Value::size(report.skipped_bytes))
          .field("elapsed_ms", "Took", frame::Value::duration_ms(elapsed.count()))
          .field("dry_run", dry ? "Dry run" : "", dry)
          .table("failed", report.failed.empty() ? "" : "Damaged and left out", failed, ""));
  return report.failed.empty() ? frame::ExitCode::done : frame::ExitCode::partial;
}

}  // namespace deskloom::cmd
