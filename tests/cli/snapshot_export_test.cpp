#include "captures.hpp"
#include "support/catch.hpp"
#include "support/odd_tree.hpp"
#include "support/small_disk.hpp"
#include "unit/snapshot/snapshot_builders.hpp"

using namespace deskloom;
using test::Deployment;

namespace {

namespace fs = std::filesystem;

// A capture of a directory with one of everything.
struct Odd {
  Deployment deployment;
  fs::path home = deployment.directory() / "home";
  std::string id;

  Odd() {
    test::make_odd_tree(home);
    const auto said = deployment.json({"snapshot", "create", "--user", "alice", "--tree", home});
    REQUIRE(said.code == 0);
    id = said.json["snapshot"];
  }
  test::Outcome export_to(const fs::path& file, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> args{"snapshot", "export", id, "--output", file};
    args.insert(args.end(), more.begin(), more.end());
    return deployment.json(args);
  }
};

int shell(const std::string& command, std::string* err = nullptr) {
  auto result = base::run_process({"bash", "-c", command});
  if (err != nullptr) *err = result.err;
  INFO(command << "\n" << result.err);
  return result.exit_code;
}

// How the program is called in a shell, up to its arguments.
std::string program(const Deployment& deployment) {
  return DESKLOOM_PROGRAM " --config '" + deployment.policy_file().string() + "' --state-dir '" +
         deployment.state_dir().string() + "' ";
}

}  // namespace

TEST_CASE("GNU tar makes of an export the tree that was captured") {
  const Odd odd;
  const auto archive = odd.deployment.directory() / "home.tar";
  const auto said = odd.export_to(archive);
  CHECK(said.code == 0);
  CHECK(said.json["output_bytes"] == fs::file_size(archive));
  CHECK(fs::file_size(archive) < (1 << 20));  // the holes are not in it
  const auto back = odd.deployment.directory() / "back";
  fs::create_directory(back);
  std::string err;
  CHECK(shell("tar --warning=no-timestamp --warning=no-unknown-keyword --xattrs --xattrs-include='*' --acls "
              "-xpf '" +
                  archive.string() + "' -C '" + back.string() + "'",
              &err) == 0);
  CHECK(err == "");
  CHECK(test::describe_tree(back) == test::describe_tree(odd.home));
  CHECK(test::has_holes(back / "sparse"));
  CHECK(test::has_holes(back / "hole"));
}

TEST_CASE("an export of the same snapshot has the same bytes, in a file and through a pipe") {
  const Odd odd;
  const auto& directory = odd.deployment.directory();
  REQUIRE(odd.export_to(directory / "one.tar").code == 0);
  CHECK(shell(program(odd.deployment) + "snapshot export " + odd.id + " --output - | cmp - '" +
              (directory / "one.tar").string() + "'") == 0);
}

TEST_CASE("an export holds the paths that are named, with the directories above them") {
  const Odd odd;
  const auto archive = odd.deployment.directory() / "some.tar";
  REQUIRE(odd.export_to(archive, {"d/e"}).code == 0);
  const auto listed = base::run_process({"tar", "-tf", archive.string()});
  CHECK(listed.out == "./\nd/\nd/e/\nd/e/deep\n");
  CHECK(odd.export_to(odd.deployment.directory() / "none.tar", {"no/such"}).code == 17);
  CHECK_FALSE(fs::exists(odd.deployment.directory() / "none.tar"));
}

TEST_CASE("a layer of bytes is exported as a file") {
  const Deployment deployment;
  test::FakeTree tree;
  tree.file("a", "a");
  const auto id = put_capture(deployment, test::profile_of("alice"), tree).id;
  const auto file = deployment.directory() / "profile.json";
  CHECK(deployment.json({"snapshot", "export", id, "--layer", "profile", "--output", file}).json["format"] ==
        "bytes");
  CHECK(base::Json::parse(test::read_text(file))["user"] == "alice");
  const auto missing =
      deployment.json({"snapshot", "export", id, "--layer", "memory", "--output", file / "2"});
  CHECK(missing.code == 17);
  CHECK_THAT(missing.json["error"]["hint"].get<std::string>(), test::Contains("profile, tree"));
}

TEST_CASE("an export replaces no file, and leaves no part of one") {
  const Odd odd;
  const auto file = odd.deployment.directory() / "there";
  test::write_file(file, "mine");
  CHECK(odd.export_to(file).code == 2);
  CHECK(test::read_text(file) == "mine");
  CHECK(odd.export_to(odd.deployment.directory() / "none/home.tar").code == 17);
  if (!test::SmallDisk::possible()) return;
  const test::SmallDisk disk("64k");
  const auto full = odd.export_to(disk.path() / "home.tar");
  CHECK(full.code == 15);
  CHECK_THAT(full.json["error"]["message"].get<std::string>(), test::Contains("home.tar"));
  CHECK(fs::is_empty(disk.path()));
}

TEST_CASE("an export whose reader goes away fails and says so") {
  const Odd odd;
  std::string err;
  CHECK(shell("set -o pipefail; " + program(odd.deployment) + "snapshot export " + odd.id +
                  " --output - | head -c 1000 > /dev/null",
              &err) == 1);
  CHECK_THAT(err, test::Contains("went away"));
}

TEST_CASE("an export of a damaged file is corrupt, and leaves no archive") {
  const Deployment deployment;
  test::FakeTree tree;
  tree.file("noise", test::noise(100'000));
  put_capture(deployment, test::profile_of("alice"), tree);
  for (const auto& pack : fs::directory_iterator(deployment.snapshot_store() / "packs"))
    if (pack.file_size() > 100'000) test::flip_byte(pack.path(), pack.file_size() / 2);
  const auto archive = deployment.directory() / "home.tar";
  CHECK(deployment.json({"snapshot", "export", "latest", "--output", archive}).code == 14);
  CHECK_FALSE(fs::exists(archive));
}
