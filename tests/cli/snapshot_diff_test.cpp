#include "captures.hpp"
#include "support/catch.hpp"
#include "unit/snapshot/snapshot_builders.hpp"

using namespace deskloom;
using test::Deployment;
using test::FakeTree;

namespace {

// Two captures of what setup makes of a tree before and after.
struct Edited {
  Deployment deployment;
  std::string first, second;

  Edited() {
    FakeTree before, after;
    before.file("notes.txt", "one\ntwo\nthree\n").directory("docs").file("docs/a.bin", std::string("\0x", 2));
    after.file("notes.txt", "one\n2\nthree\n").directory("docs").file("docs/a.bin", std::string("\0y", 2));
    const std::string letter = "Dear Sir or Madam, " + std::string(80, '-');
    before.file("letter.txt", letter);
    after.file("docs/letter.txt", letter);
    first = put_capture(deployment, test::profile_of("alice"), before).id;
    second = put_capture(deployment, test::profile_of("alice"), after).id;
  }
  test::Outcome diff(const std::vector<std::string>& more) const {
    std::vector<std::string> args{"snapshot", "diff", first, second};
    args.insert(args.end(), more.begin(), more.end());
    return deployment.run(args);
  }
  base::Json diff_json(std::vector<std::string> more) const {
    more.push_back("--json");
    return diff(more).json;
  }
};

}  // namespace

TEST_CASE("snapshot diff says where a file was before") {
  const auto said = Edited().diff_json({});
  CHECK(said["files_renamed"] == 1);
  CHECK(said["files_added"] == 0);
  CHECK(said["files"][1]["path"] == "docs/letter.txt");
  CHECK(said["files"][1]["old_path"] == "letter.txt");
}

TEST_CASE("snapshot diff --content prints what diff(1) would, and says which files are binary") {
  const Edited edited;
  const auto said = edited.diff({"--content"});
  CHECK(said.code == 0);
  CHECK_THAT(said.out,
             test::Contains("--- a/notes.txt\n+++ b/notes.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"));
  CHECK_THAT(said.out, test::Contains("Binary files a/docs/a.bin and b/docs/a.bin differ"));
  const auto content = edited.diff_json({"--content"})["content"];
  REQUIRE(content.size() == 2);
  CHECK(content[0]["kind"] == "binary");
  CHECK_THAT(content[1]["diff"].get<std::string>(), test::Contains("+2\n"));
}

TEST_CASE("snapshot diff looks at the paths that are named, and at those that were") {
  const Edited edited;
  const auto docs = edited.diff_json({"docs/"});
  CHECK(docs["files"].size() == 2);
  CHECK(docs["files_changed"] == 1);
  CHECK(edited.diff_json({"letter.txt"})["files_renamed"] == 1);
  CHECK(edited.diff({"--content", "docs"}).out == "Binary files a/docs/a.bin and b/docs/a.bin differ\n");
  CHECK(edited.diff_json({"nowhere"})["files"].empty());
}

TEST_CASE("snapshot diff tells of a volume and a blob how much of them differs, and of no files") {
  const Deployment deployment;
  const auto disk = deployment.directory() / "disk.raw", blob = deployment.directory() / "keys";
  const auto create = [&](const std::string& option, const std::filesystem::path& file) {
    const auto said = deployment.json({"snapshot", "create", "--user", "alice", option, file});
    REQUIRE(said.code == 0);
    return said.json["snapshot"].get<std::string>();
  };
  test::write_file(disk, test::noise(400'000) + std::string(1 << 20, '\0'));
  const auto first = create("--volume", disk);
  test::write_file(disk, test::noise(300'000) + test::noise(100'000, 2) + std::string(1 << 20, '\0'));
  const auto second = create("--volume", disk);
  const auto said = deployment.json({"snapshot", "diff", first, second});
  REQUIRE(said.code == 0);
  REQUIRE(said.json["layers"].size() == 1);
  const auto layer = said.json["layers"][0];
  CHECK(layer["layer"] == "volume");
  CHECK(layer["change"] == "changed");
  CHECK(layer["old_size_bytes"] == 400'000 + (1 << 20));
  CHECK(layer["differing_pages"] == 25);
  CHECK(layer["exact"] == true);
  const auto text = deployment.run({"snapshot", "diff", first, second}).out;
  CHECK_THAT(text, test::Contains("changed  volume") && test::Contains("Files\nnot captured in both"));

  test::write_file(blob, test::noise(10'000));
  const auto other = deployment.json({"snapshot", "diff", second, create("--blob", blob)}).json["layers"];
  REQUIRE(other.size() == 2);
  CHECK(other[0]["change"] == "removed");
  CHECK(other[0]["new_size_bytes"] == nullptr);
  CHECK(other[1]["layer"] == "blob");
  CHECK(other[1]["change"] == "added");
}

TEST_CASE("snapshot diff --content says what is too large to compare by line") {
  const Deployment deployment;
  FakeTree before, after;
  before.file("large.log", std::string(17 << 20, 'a'));
  after.file("large.log", std::string(17 << 20, 'b'));
  const auto first = put_capture(deployment, test::profile_of("alice"), before).id;
  put_capture(deployment, test::profile_of("alice"), after);
  const auto said = deployment.run({"snapshot", "diff", first, "latest", "--content"});
  CHECK_THAT(said.out, test::Contains("too large"));
}
