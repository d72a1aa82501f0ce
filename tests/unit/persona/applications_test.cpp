// SPEC A1: which processes are applications, and how their use is ranked.
#include "persona/applications.hpp"

#include "base/error.hpp"
#include "persona/diff.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace std::chrono_literals;

namespace {

const base::Timestamp now = base::parse_rfc3339("2026-03-02T09:00:00.000Z");

guest::Process process(std::uint32_t pid, std::uint32_t parent, const std::string& executable,
                       std::vector<std::string> argv, const std::string& script = {}) {
  guest::Process p;
  p.pid = pid;
  p.parent = parent;
  p.executable = executable;
  p.script = script;
  p.argv = std::move(argv);
  p.started_ms_ago = 60'000;
  return p;
}

persona::Profile profile_with(std::vector<persona::Process> processes, base::Timestamp at) {
  persona::Profile profile;
  profile.captured_at = at;
  profile.processes = std::move(processes);
  profile.applications = persona::accumulate_use(profile.processes, nullptr, at);
  return profile;
}

}  // namespace

TEST_CASE("shells, session parts and workers are not relaunched; the application above them is") {
  const auto classified = persona::classify_processes(
      {process(10, 1, "/usr/lib/systemd/systemd", {"/usr/lib/systemd/systemd", "--user"}),
       process(11, 10, "/usr/bin/bash", {"-bash"}),
       process(12, 11, "/bin/busybox", {"/bin/sh", "/usr/bin/sheet", "a"}, "/usr/bin/sheet"),
       process(13, 12, "/bin/busybox", {"sleep", "1"}),
       process(14, 10, "/usr/bin/notes", {"notes", "plan.txt"})},
      {}, now);
  std::vector<bool> relaunched;
  for (const auto& p : classified) relaunched.push_back(p.relaunch);
  CHECK(relaunched == std::vector<bool>{false, false, true, false, true});
  CHECK(classified[1].reason == "a shell without a script");
  CHECK(classified[3].reason == "started by another application");
  CHECK(classified[2].application == "sheet");
}

TEST_CASE("a cycle of parents from a hostile guest ends") {
  const auto classified = persona::classify_processes(
      {process(1, 2, "/bin/sh", {"-sh"}), process(2, 1, "/bin/sh", {"-sh"})}, {}, now);
  CHECK(classified.size() == 2);
}

TEST_CASE("what is not valid UTF-8 is shown safely and not relaunched") {
  auto odd = process(5, 1, "/usr/bin/notes", {"notes", "a\xff\x1b[2J"});
  odd.started_ms_ago = UINT64_MAX;  // must not overflow
  const auto classified = persona::classify_processes({odd}, {}, now);
  CHECK_FALSE(classified[0].relaunch);
  CHECK(classified[0].argv[1] == "a\\xff\\x1b[2J");
  CHECK(classified[0].started_at < now);
}

TEST_CASE("policy names an application and may forbid its relaunch") {
  const policy::Application entry{"Editor", "/usr/bin/not*", false, {}, {}, {}};
  const auto classified =
      persona::classify_processes({process(5, 1, "/usr/bin/notes", {"notes"})}, {entry}, now);
  CHECK(classified[0].application == "Editor");
  CHECK(classified[0].reason == "policy says not to relaunch it");
}

TEST_CASE("a process seen twice is one launch; minutes add up; an old favourite fades") {
  const auto seen = persona::classify_processes({process(5, 1, "/usr/bin/notes", {"notes"})}, {}, now);
  const auto first = profile_with(seen, now);
  CHECK(first.applications[0].launches == 1);
  CHECK(first.applications[0].minutes == Approx(1));

  auto later = process(5, 1, "/usr/bin/notes", {"notes"});
  later.started_ms_ago = 60'000 + 600'000;
  const auto again = persona::classify_processes({later}, {}, now + 10min);
  const auto second = persona::accumulate_use(again, &first, now + 10min);
  CHECK(second[0].launches == 1);
  CHECK(second[0].minutes == Approx(11));

  const auto other =
      persona::classify_processes({process(9, 1, "/usr/bin/sheet", {"sheet"})}, {}, now + 24h * 30);
  const auto month_later = persona::accumulate_use(other, &first, now + 24h * 30);
  CHECK(month_later[0].name == "sheet");
  CHECK(month_later[1].name == "notes");
}

TEST_CASE("a profile survives its JSON; a newer or broken one is refused by name") {
  auto profile = profile_with(
      persona::classify_processes({process(5, 1, "/usr/bin/notes", {"notes", "x"})}, {}, now), now);
  profile.user = "alice";
  profile.settings = {{"dconf:/org/desk/theme", "'dark'"}};
  profile.data_locations = {{"mount", "nfs4", "/home/alice/team", "nas:/team"}};
  const auto document = persona::to_json(profile);
  const auto back = persona::profile_from_json(document, "test");
  CHECK(persona::to_json(back) == document);

  auto newer = document;
  newer["version"] = 99;
  CHECK_THROWS_WITH(persona::profile_from_json(newer, "snapshot abc"), test::Contains("snapshot abc"));
  auto broken = document;
  broken["processes"][0]["argv"] = 7;
  CHECK_THROWS_AS(persona::profile_from_json(broken, "test"), base::Error);
}

TEST_CASE("a diff names settings and applications that came, went and changed") {
  auto older =
      profile_with(persona::classify_processes({process(5, 1, "/usr/bin/notes", {"notes"})}, {}, now), now);
  older.settings = {{"a", "1"}, {"b", "1"}};
  auto newer = profile_with({}, now);
  newer.settings = {{"b", "2"}, {"c", "3"}};
  const auto settings = persona::diff_settings(older, newer);
  REQUIRE(settings.size() == 3);
  CHECK((settings[0].kind == "removed" && settings[0].name == "a"));
  CHECK((settings[1].kind == "changed" && settings[1].before == "1" && settings[1].after == "2"));
  CHECK((settings[2].kind == "added" && settings[2].after == "3"));
  CHECK(persona::diff_applications(older, newer).at(0).kind == "removed");
}
