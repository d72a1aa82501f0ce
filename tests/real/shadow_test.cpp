// A9, B4, B5, B6, C1 to C4, G4, I1 on real guests, in order: each case goes on where the one before ended, so
// that guests boot once.
#include <utmpx.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <optional>

#include "base/base64.hpp"
#include "base/fd.hpp"
#include "base/sqlite.hpp"
#include "forecast/forecasts.hpp"
#include "predict/time_grid.hpp"
#include "real/playground.hpp"
#include "real/vnc_viewer.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using test::Playground;

namespace {

Playground& playground() {
  static Playground made("tiny",
                         "floor = 1\nmax = 4\nvcpus = 3\nmemory = \"512MiB\"\nminimal_vcpus = 1\n"
                         "minimal_memory = \"192MiB\"\nminimal_storage_rate = \"20MiB\"\n"
                         "ghost_mode = \"paused\"\n");
  return made;
}

std::string& alices() {
  static std::string instance;
  return instance;
}

base::Json shadow() { return playground().must({"shadow", "show", "alice"}); }

// What the guest itself says: processors and MiB.
std::pair<int, int> has() {
  const auto said = playground().in_guest(alices(), "alice",
                                          "nproc; awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo");
  const auto line = said.find('\n');
  return {std::stoi(said.substr(0, line)), std::stoi(said.substr(line + 1))};
}

void foretell_alice(float chance) {
  const auto now = base::to_seconds(std::chrono::system_clock::now());
  const std::int64_t origin_s = now / predict::slot_s * predict::slot_s;
  forecast::Store store(playground().dir() / "forecast.sqlite", forecast::Store::Access::write);
  forecast::ForecastWriter writer(store);
  writer.add("alice", {std::vector<float>(96, chance), std::vector<float>(96, chance), 3600, 7200});
  writer.finish({base::from_seconds(origin_s), origin_s, 96, std::nullopt});
}

// As if all that is on record had happened so much earlier.
void let_pass(int minutes) {
  const std::string ns = std::to_string(std::int64_t{minutes} * 60) + "000000000";
  base::Database(playground().dir() / "state.sqlite", base::Database::Mode::read_write)
      .execute("UPDATE instances SET changed_at = changed_at - " + ns +
               "; UPDATE operations SET started_at = started_at - " + ns + ", changed_at = changed_at - " +
               ns + "; UPDATE presence_signs SET seen_at = seen_at - " + ns +
               "; UPDATE instance_transitions SET at = at - " + ns);
}

// Writes what login(1) would: one record of utmp(5).
void log_in(const std::string& user) {
  utmpx record{};
  record.ut_type = USER_PROCESS;
  record.ut_pid = 1;
  std::memcpy(record.ut_line, "tty1", 4);
  std::memcpy(record.ut_user, user.data(), user.size());
  record.ut_tv.tv_sec = static_cast<std::int32_t>(std::time(nullptr));
  const std::string bytes(reinterpret_cast<const char*>(&record), sizeof record);
  playground().must(
      {"instance", "exec", alices(), "--", "/bin/sh", "-c",
       "mkdir -p /var/run && echo " + base::base64_encode(bytes) + " | base64 -d >/var/run/utmp"});
}

// Of the last eight minutes: a column of samples, as "event import" reads them.
void report_use(const std::string& column, const std::string& value) {
  std::string use = "user,at," + column + "\n";
  for (const int minutes : {8, 6, 4, 2, 0})
    use += "alice," + std::to_string(std::time(nullptr) - minutes * 60) + "," + value + "\n";
  base::write_file_durably(playground().dir() / "use.csv", use);
  playground().must({"event", "import", playground().dir() / "use.csv", "--type", "samples"});
}

base::Json noticed() { return playground().must({"event", "collect"}).at("noticed"); }

}  // namespace

TEST_CASE("B4: a ghost waits paused, with the minimum, and its user gets all of it") {
  playground().must({"pool", "apply"});
  const auto ghost = playground().must({"instance", "list"}).at("instances").at(0);
  CHECK(ghost.at("power") == "paused");
  CHECK(ghost.at("vcpus") == 1);
  const auto assigned = playground().must({"session", "assign", "alice"});
  alices() = assigned.at("instance");
  CHECK(alices() == ghost.at("name"));
  CHECK(assigned.at("cold_boot_ms") > assigned.at("elapsed_ms"));
  CHECK(has().first == 3);
  CHECK(has().second > 400);
}

TEST_CASE("C1: on disconnect the persona is captured and the desktop shrinks, with all that runs in it") {
  playground().must({"session", "connect", "alice"});
  playground().in_guest(alices(), "alice",
                        "mkdir -p Documents && echo plan >Documents/plan.txt && "
                        "(setsid notes $HOME/Documents/plan.txt >/dev/null 2>&1 &)");
  const auto left = playground().must({"session", "disconnect", "alice"});
  CHECK_FALSE(left.at("snapshot").is_null());
  CHECK(left.at("vcpus") == 1);
  CHECK(has().first == 1);
  CHECK(has().second < 192);
  CHECK(playground().in_guest(alices(), "alice", "pidof notes | wc -w") == "1\n");
}

TEST_CASE("B2: a disconnected instance is nobody else's, however long the pool has no ghost") {
  const auto other = playground().must({"session", "assign", "bob"});
  CHECK(other.at("instance") != alices());
  playground().must({"instance", "destroy", other.at("instance"), "--force"});
}

TEST_CASE("C3: on reconnect the desktop is whole again, without a boot, and the wait is known") {
  const auto back = playground().must({"session", "connect", "alice"});
  CHECK(back.at("usable_after_ms") < back.at("cold_boot_ms"));
  CHECK(has().first == 3);
  playground().must({"session", "disconnect", "alice"});
}

TEST_CASE("C2: what a return is worth by its probability is given in stages, and taken back") {
  foretell_alice(0.25F);  // 44 % or 58 %
  auto moved = playground().must({"shadow", "inflate"}).at("shadows").at(0);
  CHECK(moved.at("stage") == "half");
  CHECK(has().first == 2);
  CHECK(moved.at("memory_bytes") == 352 << 20);
  foretell_alice(0.6F);
  moved = playground().must({"shadow", "inflate"}).at("shadows").at(0);
  CHECK(moved.at("stage") == "full");
  CHECK(has().first == 3);
  CHECK(playground().must({"shadow", "inflate"}).at("shadows").at(0).at("changed") == false);
  CHECK(playground().must({"session", "connect", "alice"}).at("usable_after_ms").get<int>() < 1000);
  CHECK(playground().must({"session", "waits"}).at("waits").at(0).at("action") == "ready");
  playground().must({"session", "disconnect", "alice", "--record-only"});
  foretell_alice(0.01F);
  playground().must({"shadow", "inflate"});
  CHECK(shadow().at("vcpus") == 1);
  CHECK(has().second < 192);
}

TEST_CASE(
    "C2: memory that the guest leaves offline is an error, all is as it was, and the desktop is usable") {
  playground().must({"instance", "exec", alices(), "--", "/bin/sh", "-c",
                     "echo offline >/sys/devices/system/memory/auto_online_blocks; mkdir -p /tmp/memory; "
                     "mount --bind /tmp/memory /sys/devices/system/memory"});
  const auto refused = playground().run({"shadow", "inflate", "alice", "--full"});
  CHECK(refused.code == 16);
  CHECK_THAT(refused.err, test::Contains("took less memory than it was given"));
  CHECK(shadow().at("vcpus") == 1);
  CHECK(has().first == 1);
  const auto connected = playground().run({"session", "connect", "alice"});
  CHECK(connected.code == 3);
  CHECK(connected.json.at("state") == "connected");
  CHECK_THAT(connected.json.at("notes").dump(), test::Contains("less than it should have"));
  playground().must({"instance", "exec", alices(), "--", "/bin/umount", "/sys/devices/system/memory"});
  playground().must({"session", "disconnect", "alice"});
}

TEST_CASE("I2: an agent that dies while a shadow is inflated is a clear error, and nothing is lost") {
  playground().must({"instance", "exec", alices(), "--", "/bin/sh", "-c", "kill -STOP $(pidof qemu-ga)"});
  const auto refused = playground().run({"shadow", "inflate", "alice", "--full"});
  CHECK(refused.code == 16);
  CHECK_THAT(refused.err, test::Contains(alices()));
  CHECK(playground().must({"state", "check"}).at("problems").empty());
  playground().must({"instance", "destroy", alices(), "--force"});
}

TEST_CASE("C2, B4: a shadow made ahead of its user waits saved on the disk, and is woken with the persona") {
  playground().set_policy("ghost_mode = \"paused\"", "ghost_mode = \"saved\"");
  foretell_alice(0.99F);  // stitching so small a persona costs her less than a second
  const auto actions = playground().must({"pool", "apply"}).at("actions");
  CHECK(std::ranges::any_of(actions, [](const auto& action) {
    return action.at("kind") == "shadow" && action.at("user") == "alice" && action.at("result") == "done";
  }));
  alices() = shadow().at("instance");
  CHECK(shadow().at("power") == "saved");
  CHECK(playground().must({"pool", "apply"}).at("actions").empty());
  const auto assigned = playground().must({"session", "assign", "alice"});
  CHECK(assigned.at("instance") == alices());
  CHECK(assigned.at("action") == "inflated");
  CHECK(has().first == 3);
  CHECK(playground().in_guest(alices(), "alice", "cat Documents/plan.txt") == "plan\n");
  CHECK(playground().in_guest(alices(), "alice", "pidof notes | wc -w") == "1\n");
}

TEST_CASE(
    "B5: a session that is left for longer than its grace time is captured, and its instance reclaimed") {
  playground().must({"session", "connect", "alice"});
  playground().must({"session", "disconnect", "alice"});
  foretell_alice(0.01F);  // else she would be given a shadow at once
  CHECK(playground().must({"pool", "apply"}).at("actions").empty());
  playground().in_guest(alices(), "alice", "echo later >>Documents/plan.txt");
  playground().set_policy("ghost_mode = \"saved\"", "ghost_mode = \"saved\"\ngrace_minutes = 0");
  const auto actions = playground().must({"pool", "apply"}).at("actions");
  REQUIRE_FALSE(actions.empty());
  CHECK(actions.at(0).at("instance") == alices());
  const std::string restored = playground().dir() / "restored";
  const std::string newest = playground().must({"snapshot", "list", "alice"}).at("snapshots").at(0).at("id");
  playground().must({"snapshot", "restore", newest, "--to", restored, "Documents"});
  CHECK(base::read_file(restored + "/Documents/plan.txt", 100) == "plan\nlater\n");
  CHECK(playground().must({"instance", "list", "--user", "alice"}).at("instances").empty());
  playground().set_policy("\ngrace_minutes = 0", "");
  alices() = playground().must({"session", "assign", "alice"}).at("instance");
}

TEST_CASE("I1: an inflation killed at any moment is finished by the next command") {
  for (const int after_ms : {60, 150, 300}) {
    CAPTURE(after_ms);
    playground().must({"shadow", "deflate", "alice"});
    playground().run_and_kill({"shadow", "inflate", "alice", "--full"}, after_ms);
    playground().must({"shadow", "inflate", "alice", "--full"});
    CHECK(has().first == 3);
    CHECK(has().second > 400);
  }
  CHECK(playground().must({"state", "check"}).at("problems").empty());
}

TEST_CASE("B6: a viewer at the display is noticed, and so is that it went") {
  playground().set_policy("ghost_mode = \"saved\"", "ghost_mode = \"booted\"");
  playground().must({"session", "connect", "alice"});
  playground().must({"session", "disconnect", "alice"});
  CHECK(noticed().empty());
  const auto display = playground().must({"session", "assign", "alice"}).at("display").get<std::string>();
  playground().must({"shadow", "deflate", "alice"});
  std::optional<test::VncViewer> viewer(display);
  auto events = noticed();
  REQUIRE(events.size() == 1);
  CHECK(events.at(0).at("event") == "connect");
  CHECK(events.at(0).at("reason") == "a viewer looks at the display");
  CHECK(has().first == 3);
  viewer.reset();
  CHECK(noticed().empty());  // it may be back in a moment
  for (int asked = 0; asked == 0 || (events.empty() && asked < 5); ++asked) {
    let_pass(5);
    events = noticed();  // a busy QEMU sees only later that it went
  }
  REQUIRE(events.size() == 1);
  CHECK(events.at(0).at("event") == "disconnect");
  CHECK(has().first == 1);
}

TEST_CASE("B6: a login in the guest is noticed, and so is the logout") {
  let_pass(5);
  log_in("alice");
  auto events = noticed();
  REQUIRE(events.size() == 1);
  CHECK_THAT(events.at(0).at("reason").get<std::string>(), test::StartsWith("logged in at "));
  let_pass(5);
  playground().must({"instance", "exec", alices(), "--", "/bin/sh", "-c", ": >/var/run/utmp"});
  events = noticed();
  REQUIRE(events.size() == 1);
  CHECK(events.at(0).at("reason") == "logged out");
}

TEST_CASE("C4: a desktop that is idle for long enough gives a processor back, once") {
  playground().must({"session", "connect", "alice"});
  playground().set_policy("[pool.default]",
                          "[scale.idle]\nbelow_percent = 20\nminutes = 5\nby = -1\n[pool.default]");
  CHECK(playground().must({"scale", "run"}).at("desktops").empty());
  let_pass(30);
  report_use("cpu", "0.1");
  CHECK(playground().must({"scale", "run"}).at("desktops").at(0).at("vcpus") == 2);
  CHECK(has().first == 2);
  CHECK(playground().must({"scale", "run"}).at("desktops").empty());
}

TEST_CASE("C4, D1: a desktop whose processors are seen to be busy is given another") {
  playground().set_policy("[scale.idle]",
                          "[scale.busy]\nabove_percent = 30\nminutes = 1\nby = 1\n[scale.idle]");
  playground().in_guest(
      alices(), "alice",
      "for i in 1 2; do (setsid sh -c 'exec dd if=/dev/zero of=/dev/null' >/dev/null 2>&1 &); done");
  playground().must({"event", "collect"});
  playground().in_guest(alices(), "alice", "sleep 3");
  playground().must({"event", "collect"});
  base::Database(playground().dir() / "history.sqlite", base::Database::Mode::read_write)
      .execute("UPDATE samples SET at = at - 62");  // as if it had been busy for so long
  playground().in_guest(alices(), "alice", "sleep 2");
  playground().must({"event", "collect"});
  playground().in_guest(alices(), "alice", "killall dd");
  let_pass(5);
  const auto scaled = playground().must({"scale", "run"}).at("desktops");
  REQUIRE(scaled.size() == 1);
  CHECK_THAT(scaled.at(0).at("reasons").dump(), test::Contains("scale.busy"));
  CHECK(has().first == 3);
}

TEST_CASE(
    "A9: a mode gives a desktop in use what it says and starts its applications, and its end takes it back") {
  playground().set_policy("[pool.default]",
                          "[application.reader]\nexecutable = \"*/notes\"\n"
                          "command = [\"/usr/bin/notes\", \"/tmp/read\"]\n"
                          "[mode.reading]\napplications = [\"reader\"]\ncpus = 1\nmemory = \"256MiB\"\n"
                          "[pool.default]");
  playground().in_guest(alices(), "alice", "killall notes; touch /tmp/read");
  const auto reading = playground().must({"persona", "mode", "alice", "reading", "--until", "2190-01-01"});
  CHECK(reading.at("desktop").at(0).at("notes").empty());
  CHECK(has().first == 1);
  CHECK(has().second < 256);
  CHECK(playground().in_guest(alices(), "alice", "tr '\\0' ' ' </proc/$(pidof notes)/cmdline") ==
        "/usr/bin/notes /tmp/read ");
  CHECK(playground().must({"scale", "run"}).at("desktops").empty());
  playground().must({"persona", "mode", "alice", "--clear"});
  CHECK(has().first == 3);
  CHECK(has().second > 400);
}

TEST_CASE("G4: the rules of an application's document move the desktop that serves by it, and its pool") {
  const base::Json document = {
      {"persona_id", "pages"},
      {"app_id", "pages"},
      {"resource_profile", {{"cpus", 1}, {"memory", "192MiB"}}},
      {"execution_environment", {{"image", "tiny"}}},
      {"application_source", {{"in_image", true}}},
      {"auto_scale_rules",
       {{{"metric", "memory"}, {"below_percent", 30}, {"minutes", 5}, {"scale", "memory"}, {"by", -128}},
        {{"metric", "instances"},
         {"above_percent", 10},
         {"minutes", 5},
         {"scale", "instances"},
         {"by", 1}}}}};
  const auto documents = playground().dir() / "app-personas";
  std::filesystem::create_directories(documents);
  base::write_file_durably(documents / "pages.json", document.dump());
  playground().must({"pool", "apply"});
  CHECK(playground().must({"app", "assign", "alice", "pages"}).at("instance") == alices());
  let_pass(30);
  report_use("memory", "50000000");
  const auto scaled = playground().must({"scale", "run"});
  REQUIRE(scaled.at("desktops").size() == 1);
  CHECK_THAT(scaled.at("desktops").at(0).at("reasons").dump(),
             test::Contains("application persona pages, rule 1: memory"));
  CHECK(has().second < 384);
  CHECK(has().second > 300);
  REQUIRE(scaled.at("pools").size() == 1);
  CHECK(scaled.at("pools").at(0).at("extra") == 1);
  const auto spares = playground().must({"instance", "list", "--state", "warm"}).at("instances").size();
  playground().must({"pool", "apply"});
  CHECK(playground().must({"instance", "list", "--state", "warm"}).at("instances").size() == spares + 1);
  playground().must({"app", "release", "alice", "pages"});
  const auto after = playground().must({"scale", "run"});
  CHECK(after.at("desktops").empty());
  CHECK(after.at("pools").empty());
}

TEST_CASE("I1: what the state store has forgotten is found on the host, and removed by name alone") {
  const std::string copy = playground().dir() / "older.sqlite";
  playground().must({"state", "backup", copy});
  playground().set_policy("floor = 1", "floor = 2");
  const auto made = playground().must({"pool", "apply"}).at("actions");
  REQUIRE_FALSE(made.empty());
  const std::string forgotten = made.at(0).at("instance");
  const std::string state = playground().dir() / "state.sqlite";
  for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(state + end);
  std::filesystem::rename(copy, state);
  const auto orphans = playground().must({"instance", "list", "--orphans"}).at("orphans");
  REQUIRE(orphans.size() == made.size());
  CHECK(orphans.at(0).at("what") == "domain and files");
  CHECK(orphans.at(0).at("remedy") == "instance destroy " + orphans.at(0).at("name").get<std::string>());
  playground().set_policy("floor = 2", "floor = 1");
  CHECK_THAT(playground().run({"pool", "apply"}).err, test::Contains(forgotten));
  for (const auto& orphan : orphans) playground().must({"instance", "destroy", orphan.at("name")});
  CHECK(playground().must({"instance", "list", "--orphans"}).at("orphans").empty());
}
