#include "captures.hpp"
#include "support/catch.hpp"
#include "unit/snapshot/snapshot_builders.hpp"

using namespace deskloom;
using test::Contains;
using test::Deployment;
namespace fs = std::filesystem;

namespace {

// What ssh(1) is to deskloom: "HOST COMMAND". Runs the command here, as serve says.
struct FakeSsh {
  test::TempDir dir;
  fs::path script = dir / "ssh";

  explicit FakeSsh(const std::string& serve = "exec sh -c \"$2\"") {
    const auto programs = fs::path(DESKLOOM_PROGRAM).parent_path().string();
    test::write_file(script, "#!/bin/sh\n[ \"$1\" = backup ] || exit 255\nPATH=" + programs +
                                 ":$PATH\nexport PATH\n" + serve + "\n");
    fs::permissions(script, fs::perms::owner_all);
  }
  // Ends the server by SIGKILL when it was sent so many bytes.
  static std::string killed_after(std::size_t bytes, const fs::path& fifo) {
    return "mkfifo " + fifo.string() + "\nsh -c \"exec $2\" < " + fifo.string() + " &\nexec 3> " +
           fifo.string() + "\nstdbuf -o0 head -c " + std::to_string(bytes) + " >&3\nkill -9 $!\nwait";
  }
  std::string policy() const { return "ssh_command = [\"" + script.string() + "\"]\n"; }
};

// Two captures of alice and one of bob, and an empty store elsewhere.
struct Work {
  FakeSsh ssh;
  Deployment deployment{ssh.policy()};
  fs::path target = ssh.dir / "target's store";
  std::vector<std::string> ids;

  Work() {
    for (const auto* user : {"alice", "bob", "alice"}) {
      test::FakeTree tree;
      tree.file("notes.txt", std::string("of ") + user).file("large", test::noise(900'000, ids.size()));
      ids.push_back(put_capture(deployment, test::profile_of(user), tree).id);
    }
    snapshot::Store::init(target);
  }
  std::string address() const { return "ssh://backup" + target.string(); }
  test::Outcome push(std::vector<std::string> args, const std::string& to) const {
    args.insert(args.begin(), {"snapshot", "push"});
    args.insert(args.end(), {"--to", to});
    return deployment.json(args);
  }
  std::vector<std::string> arrived() const { return snapshot::Store::open(target)->list(); }
};

}  // namespace

TEST_CASE("snapshot push sends a user's snapshots through ssh, and nothing the second time") {
  const Work work;
  const auto first = work.push({"--all", "--user", "alice"}, work.address());
  INFO(first.err);
  REQUIRE(first.code == 0);
  CHECK(first.json["snapshots"] == 2);
  CHECK(first.json["bytes_sent"] > 1'800'000);
  CHECK(work.arrived() == std::vector{work.ids[0], work.ids[2]});
  const auto second = work.push({"--all", "--user", "alice"}, work.address());
  CHECK(second.json["already_there"] == 2);
  CHECK(second.json["bytes_sent"] == 0);
  CHECK(work.deployment.json({"snapshot", "verify", "--full", "--store", work.target}).code == 0);
}

TEST_CASE("snapshot push sends what is named: the latest, of a user, by the start of an id") {
  const Work work;
  CHECK(work.push({"latest", "--user", "bob"}, work.target).json["snapshots"] == 1);
  CHECK(work.push({work.ids[0].substr(0, 6)}, work.target).json["snapshots"] == 1);
  CHECK(work.arrived() == std::vector{work.ids[0], work.ids[1]});
  CHECK(work.push({"latest"}, work.target).code == 0);
  CHECK(work.arrived().size() == 3);
}

TEST_CASE("snapshot pull brings snapshots that can then be listed and restored") {
  const Work work;
  REQUIRE(work.push({"--all"}, work.target).code == 0);
  const Deployment other(work.ssh.policy());
  const auto pulled = other.json({"snapshot", "pull", "--all", "--from", work.address()});
  INFO(pulled.err);
  REQUIRE(pulled.code == 0);
  CHECK(pulled.json["snapshots"] == 3);
  CHECK(other.json({"snapshot", "list", "alice"}).json["snapshots"].size() == 2);
  const auto back = other.directory() / "back";
  CHECK(other.run({"snapshot", "restore", work.ids[1], "--to", back}).code == 0);
  CHECK(test::read_text(back / "notes.txt") == "of bob");
  CHECK(other.json({"snapshot", "pull", "--all", "--from", work.address()}).json["bytes_sent"] == 0);
}

TEST_CASE("a push whose server is killed goes on where it stopped") {
  const Work work;
  const FakeSsh mortal(FakeSsh::killed_after(1'500'000, work.ssh.dir / "fifo"));
  fs::rename(work.ssh.script, work.ssh.dir / "good");
  fs::copy(mortal.script, work.ssh.script);
  const auto cut = work.push({"--all"}, work.address());
  CHECK(cut.code == 1);
  CHECK_THAT(cut.json["error"]["hint"].get<std::string>(), Contains("goes on where it stopped"));
  CHECK(work.deployment.json({"snapshot", "verify", "--full", "--store", work.target}).code == 0);
  fs::rename(work.ssh.dir / "good", work.ssh.script);
  const auto rest = work.push({"--all"}, work.address());
  INFO(rest.err);
  REQUIRE(rest.code == 0);
  CHECK(rest.json["bytes_sent"] < 2'000'000);
  CHECK(work.arrived().size() == 3);
}

TEST_CASE("what stands in the way of a push is said, and where") {
  const Work work;
  CHECK(work.push({}, work.target).code == 2);
  CHECK(work.push({"--all"}, "ssh://backup").code == 2);
  CHECK(work.push({"--all"}, "ssh://-oProxyCommand=x/y").code == 2);
  CHECK(work.push({"--all", "--rate-limit", "fast"}, work.target).code == 2);
  CHECK(work.push({"ffff0000"}, work.target).code == 17);
  const auto missing = work.push({"--all"}, work.address() + "/none");
  CHECK(missing.code == 10);
  CHECK_THAT(missing.json["error"]["message"].get<std::string>(), Contains("ssh://backup"));
  CHECK(work.push({"--all"}, "ssh://elsewhere/x").code == 12);
  test::write_file(work.target / "format", "deskloom-snapshot-store 99\n");
  CHECK(work.push({"--all"}, work.address()).code == 13);
}

TEST_CASE("a server whose login prints something is told from a store") {
  const FakeSsh noisy("echo 'Welcome to backup!'; exec sh -c \"$2\"");
  const Deployment deployment(noisy.policy());
  const auto said = deployment.json({"snapshot", "pull", "--all", "--from", "ssh://backup/srv"});
  CHECK(said.code == 1);
  CHECK_THAT(said.json["error"]["message"].get<std::string>(), Contains("Welcome"));
}
