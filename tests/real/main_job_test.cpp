// The main job on real guests, in order: each case goes on where the one before ended, so that guests boot
// once.
#include <sys/wait.h>

#include <algorithm>
#include <fstream>
#include <future>

#include "base/fd.hpp"
#include "base/process.hpp"
#include "base/sqlite.hpp"
#include "fleet/save_image.hpp"
#include "real/playground.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using test::Playground;

namespace {

Playground& playground() {
  static Playground made("tiny", "floor = 2\nparallel = 2\nmemory = \"192MiB\"\n");
  return made;
}

struct Story {
  std::string alices;  // the instance that she has now
  std::string first, second;
  std::string hashes;
};

Story& story() {
  static Story made;
  return made;
}

const std::string hash_all =
    "cd && sha256sum Documents/plan.txt Documents/photo.raw .bashrc && stat -c '%n %a %u %g %Y' "
    "Documents/plan.txt "
    "Documents/link && readlink Documents/link && dconf dump /";

std::string exact_times() {
  return "touch -d '2024-02-29 12:34:56' Documents/plan.txt; chmod 640 Documents/plan.txt";
}

}  // namespace

TEST_CASE("B3: a pool is filled with ghosts, and a satisfied pool is left alone") {
  const auto made = playground().must({"pool", "apply"});
  CHECK(made.at("actions").size() == 2);
  CHECK(playground().instances_by_state("warm").size() == 2);
  CHECK(playground().must({"pool", "apply"}).at("actions").empty());
}

TEST_CASE("B3: a stale plan is refused and changes nothing") {
  const std::string file = playground().dir() / "plan.json";
  playground().must({"pool", "plan", "default", "--output", file});
  playground().must({"session", "assign", "alice"});
  story().alices = playground().instances_by_state("persona-applied-available").begin()->first;
  const auto refused = playground().run({"pool", "apply", "--plan", file});
  CHECK(refused.code == 2);
  CHECK(refused.err.find("stale") != std::string::npos);
  CHECK(playground().instances_by_state("warm").size() == 1);
}

TEST_CASE("A1, A2: a capture knows applications, settings, files and data locations") {
  auto& s = story();
  playground().must({"session", "connect", "alice"});
  playground().in_guest(
      s.alices, "alice",
      "mkdir -p Documents && echo 'Plan for Monday' >Documents/plan.txt && "
      "head -c 3000000 /dev/urandom >Documents/photo.raw && ln -s plan.txt Documents/link && " +
          exact_times() +
          " && dconf write /org/desk/theme \"'dark'\" && echo 'alias ll=\"ls -l\"' >>.bashrc && "
          "(setsid notes $HOME/Documents/plan.txt >/dev/null 2>&1 &) ; "
          "sleep 4");  // files younger than that are read again, in case they change unseen
  const auto captured = playground().must({"persona", "capture", "alice"}).at("captures").at(0);
  s.first = captured.at("snapshot");
  CHECK(captured.at("read_bytes") > 3'000'000);
  CHECK(captured.at("applications") == 1);
  const auto shown = playground().must({"persona", "show", "alice"});
  CHECK(shown.at("applications").at(0).at("name") == "notes");
  CHECK(shown.dump().find("/home/alice/Documents/plan.txt") != std::string::npos);
  CHECK(shown.at("settings").dump().find("'dark'") != std::string::npos);
  CHECK(shown.at("settings_files").dump().find(".bashrc") != std::string::npos);
}

TEST_CASE("A4: the second capture costs only what changed") {
  auto& s = story();
  playground().in_guest(s.alices, "alice",
                        "echo more >>Documents/todo.txt && dconf write /org/desk/font \"'Mono 11'\"");
  s.hashes = playground().in_guest(s.alices, "alice", hash_all);
  const auto captured = playground().must({"persona", "capture", "alice"}).at("captures").at(0);
  s.second = captured.at("snapshot");
  CHECK(captured.at("read_bytes") < 100'000);
  CHECK(captured.at("added_bytes") < 100'000);
}

TEST_CASE("D1: what she does is on record: her session, her application, what her instance uses") {
  const auto first = playground().must({"event", "collect"});
  CHECK(first.at("connections") == 1);
  CHECK(first.at("launches") >= 1);  // each capture so far has seen it
  CHECK(first.at("samples") == 1);
  playground().in_guest(story().alices, "alice", "head -c 20000000 /dev/urandom | sha256sum; sleep 1");
  CHECK(playground().must({"event", "collect"}).at("samples") == 1);
  const base::Database record(playground().dir() / "history.sqlite", base::Database::Mode::read_only);
  auto row = record.prepare("SELECT cpu, memory, storage FROM samples ORDER BY at DESC");
  REQUIRE(row.step());
  CHECK(row.real(0) > 0.05);
  CHECK(row.real(1) > 16e6);
  CHECK(row.real(2) >= 0);
  const auto events = playground().must({"event", "list", "alice"}).at("events");
  CHECK(std::ranges::count_if(events, [](const auto& event) { return event.at("object") == "notes"; }) == 1);
}

TEST_CASE("A6: diff names what changed; restore gives it back on the host; verify reads all of it") {
  const auto& s = story();
  const auto diff = playground().must({"snapshot", "diff", s.first, s.second});
  CHECK(diff.at("files").dump().find("Documents/todo.txt") != std::string::npos);
  CHECK(diff.at("files").dump().find("photo.raw") == std::string::npos);
  CHECK(diff.at("settings").dump().find("dconf:/org/desk/font") != std::string::npos);
  const std::string target = playground().dir() / "restored";
  playground().must({"snapshot", "restore", s.second, "--to", target, "Documents"});
  CHECK(base::read_file(target + "/Documents/todo.txt", 100) == "more\n");
  CHECK_FALSE(std::filesystem::exists(target + "/.bashrc"));
  CHECK(playground().must({"snapshot", "verify", "--full"}).at("problems").empty());
}

TEST_CASE("A3: the persona disk and memory of a running guest, and then only the blocks that changed") {
  auto& s = story();
  const auto first = playground().must({"persona", "capture", "alice", "--volume", "--memory"});
  const auto& full = first.at("captures").at(0);
  CHECK_THAT(full.at("volume").get<std::string>(), test::StartsWith("full scan"));
  CHECK(full.at("frozen_ms") < 1000);
  CHECK(full.at("paused_ms") < 1000);

  playground().in_guest(s.alices, "alice", "head -c 1000000 /dev/urandom >Documents/noise.bin && sync");
  s.hashes = playground().in_guest(s.alices, "alice", hash_all);
  const auto sum = playground().in_guest(s.alices, "alice", "sha256sum <Documents/noise.bin");
  const auto captured = playground().must({"persona", "capture", "alice", "--volume"}).at("captures").at(0);
  s.second = captured.at("snapshot");
  CHECK_THAT(captured.at("volume").get<std::string>(), test::StartsWith("dirty bitmap since"));
  CHECK(captured.at("added_bytes") < 4'000'000);

  const std::string volume = playground().dir() / "volume.img";
  playground().must({"snapshot", "restore", s.second, "--layer", "volume", "--to", volume});
  const auto read = base::run_process(
      {"sh", "-c", "debugfs -R 'cat /alice/Documents/noise.bin' \"$1\" 2>/dev/null | sha256sum", "sh",
       volume});
  CHECK(read.out == sum);
  const std::string memory = playground().dir() / "memory.saved";
  playground().must({"snapshot", "restore", full.at("snapshot"), "--layer", "memory", "--to", memory});
  CHECK(fleet::SaveImage::is_one(memory));
  std::filesystem::remove(volume);
  std::filesystem::remove(memory);
}

TEST_CASE("B2: a user who asks again gets the same instance") {
  const auto again = playground().must({"session", "assign", "alice"});
  CHECK(again.at("instance") == story().alices);
  CHECK(again.at("action") == "reconnected");
  playground().must({"session", "disconnect", "alice"});
  const auto back = playground().must({"session", "assign", "alice"});
  CHECK(back.at("instance") == story().alices);
  CHECK(back.at("applications").at(0).at("detail").get<std::string>().starts_with("already running"));
}

TEST_CASE("A7: her instance loses power; her persona is on another one, application and open file included") {
  auto& s = story();
  playground().cut_power(s.alices);
  const auto assigned = playground().must({"session", "assign", "alice"});
  REQUIRE(assigned.at("instance") != s.alices);
  s.alices = assigned.at("instance");
  CHECK(assigned.at("state") == "persona-applied-available");
  CHECK(assigned.at("failures").empty());
  REQUIRE(assigned.at("applications").size() == 1);
  CHECK(assigned.at("applications").at(0).at("restored") == true);
  CHECK(playground().in_guest(s.alices, "alice", hash_all) == s.hashes);
  const auto open_files = playground().in_guest(s.alices, "alice", "ls -l /proc/$(pidof notes)/fd");
  CHECK(open_files.find("/home/alice/Documents/plan.txt") != std::string::npos);
}

TEST_CASE("B5: the pool refills, and what lost power is gone for good") {
  playground().must({"pool", "apply"});
  CHECK(playground().instances_by_state("warm").size() == 2);
  CHECK(playground().instances_by_state("failed").empty());
}

TEST_CASE("B2: one user asked for by several processes at once gets one instance") {
  std::vector<std::future<test::Outcome>> asked;
  for (int i = 0; i < 3; ++i) {
    asked.push_back(std::async(std::launch::async, [] {
      return playground().run({"session", "assign", "bob"});
    }));
  }
  std::vector<std::string> given;
  for (auto& answer : asked) {
    const auto ran = answer.get();
    CAPTURE(ran.err);
    REQUIRE(ran.code == 0);
    given.push_back(ran.json.at("instance"));
  }
  CHECK(given[0] == given[1]);
  CHECK(given[1] == given[2]);
  CHECK(given[0] != story().alices);
}

TEST_CASE("B2: two users asking at once get two instances") {
  for (const auto* user : {"alice", "bob"}) {
    const auto held = playground().must({"instance", "list", "--user", user}).at("instances");
    for (const auto& i : held) {
      if (i.at("state") != "failed") playground().must({"instance", "destroy", i.at("name"), "--force"});
    }
  }
  playground().must({"pool", "apply"});
  auto alice = std::async(std::launch::async, [] {
    return playground().run({"session", "assign", "alice"});
  });
  const auto bob = playground().run({"session", "assign", "bob"});
  const auto hers = alice.get();
  REQUIRE(bob.code == 0);
  REQUIRE(hers.code == 0);
  CHECK(bob.json.at("instance") != hers.json.at("instance"));
  story().alices = hers.json.at("instance");
}

TEST_CASE("I1: a 'pool apply' killed at any moment is finished by the next one, and leaves nothing behind") {
  playground().must({"pool", "apply"});
  for (const int after_ms : {400, 2500}) {
    CAPTURE(after_ms);
    playground().must({"instance", "destroy", playground().instances_by_state("warm").begin()->first});
    CHECK(playground().run_and_kill({"pool", "apply"}, after_ms));
    playground().must({"pool", "apply"});
    CHECK(playground().instances_by_state("warm").size() == 2);
  }
  CHECK(playground().must({"instance", "list", "--orphans"}).at("orphans").empty());
  CHECK(playground().must({"state", "check"}).at("problems").empty());
}

TEST_CASE(
    "I1: a stitch killed at any moment is finished by the next assign, with one instance and one "
    "application") {
  for (const int after_ms : {300, 900, 1500}) {
    CAPTURE(after_ms);
    playground().must({"instance", "destroy", story().alices, "--force"});
    playground().must({"pool", "apply"});
    playground().run_and_kill({"session", "assign", "alice"}, after_ms);
    const auto assigned = playground().must({"session", "assign", "alice"});
    story().alices = assigned.at("instance");
    CHECK(playground().must({"instance", "list", "--user", "alice"}).at("instances").size() == 1);
    CHECK(playground().in_guest(story().alices, "alice", "pidof notes | wc -w") == "1\n");
    CHECK(playground().in_guest(story().alices, "alice", hash_all) == story().hashes);
  }
  CHECK(playground().must({"state", "check"}).at("problems").empty());
}

TEST_CASE("I1: a capture killed at any moment loses no acknowledged snapshot") {
  for (const int after_ms : {200, 500, 900}) {
    playground().in_guest(story().alices, "alice", "head -c 5000000 /dev/urandom >Documents/new.raw");
    playground().run_and_kill({"persona", "capture", "alice"}, after_ms);
    CHECK(playground().must({"snapshot", "verify", "--full"}).at("problems").empty());
  }
  const auto captured = playground().must({"persona", "capture", "alice"}).at("captures").at(0);
  CHECK(captured.at("error").is_null());
}

TEST_CASE("I2: a guest whose disk is full says which files are missing; the snapshot keeps them") {
  playground().must({"pool", "apply"});
  const auto ghosts = playground().instances_by_state("warm");
  for (const auto& [ghost, nobody] : ghosts) {
    playground().must({"instance", "exec", ghost, "--", "/bin/sh", "-c",
                       "fallocate -l $(df -k /home | awk 'NR == 2 { print $4 }')k /home/filler || "
                       "dd if=/dev/zero of=/home/filler bs=1M 2>/dev/null; true"});
  }
  playground().must({"instance", "destroy", story().alices, "--force"});
  const auto full = playground().run({"session", "assign", "alice"});
  CHECK(full.code == 3);
  CHECK(full.json.at("failures").dump().find("No space left on device") != std::string::npos);

  playground().must({"instance", "destroy", full.json.at("instance"), "--force"});
  const std::string other = playground().instances_by_state("warm").begin()->first;
  playground().must({"instance", "exec", other, "--", "/bin/rm", "/home/filler"});
  story().alices = playground().must({"session", "assign", "alice"}).at("instance");
  CHECK(playground().in_guest(story().alices, "alice", hash_all) == story().hashes);
}

TEST_CASE("I3: a guest that replaces the helper by something hostile is refused, and nothing is lost") {
  const auto before = playground().must({"snapshot", "list"}).at("snapshots").size();
  playground().must({"instance", "exec", story().alices, "--", "/bin/sh", "-c",
                     "h=$(ls /var/lib/deskloom/deskloom-guest.*) && mv $h /root/helper && "
                     "printf '#!/bin/sh\\nexec cat /dev/urandom >/dev/virtio-ports/org.deskloom.0\\n' >$h && "
                     "chmod 755 $h"});
  const auto refused = playground().run({"persona", "capture", "alice"});
  CHECK(refused.code == 16);
  CHECK(playground().must({"snapshot", "list"}).at("snapshots").size() == before);
  // The desktop itself is gone; the persona is not.
  playground().must({"instance", "destroy", story().alices, "--force"});
  story().alices = playground().must({"session", "assign", "alice"}).at("instance");
}

TEST_CASE("I2: a guest whose agent is silent is a clear error in bounded time") {
  playground().must(
      {"instance", "exec", story().alices, "--", "/bin/sh", "-c", "kill -STOP $(pidof qemu-ga)"});
  const auto refused = playground().run({"persona", "capture", "alice"});
  CHECK(refused.code == 16);
  CHECK(refused.err.find(story().alices) != std::string::npos);
}
