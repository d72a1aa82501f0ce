// What reads snapshots out of an encrypted store: as out of any other with its key, and not at all without.
#include "encrypted.hpp"
#include "mounted.hpp"
#include "support/catch.hpp"
#include "support/odd_tree.hpp"

using namespace deskloom;
using test::Contains;
using test::Deployment;
using test::Outcome;
namespace fs = std::filesystem;

namespace {

// The same two captures of one home in a plain store and in an encrypted one.
struct Twins {
  test::Encrypted encrypted;
  Deployment plain;
  fs::path home = encrypted.dir / "odd";
  fs::path out = encrypted.dir / "out";

  Twins() {
    test::make_odd_tree(home);
    test::write_file(home / "notes.txt", "one\ntwo\n");
    capture();
    test::write_file(home / "notes.txt", "one\n2\n");
    test::write_file(home / "new", test::noise(50'000));
    capture();
  }
  void capture() const {
    for (const Deployment* deployment : {&plain, &encrypted.deployment})
      REQUIRE(deployment->json({"snapshot", "create", "--user", "alice", "--tree", home}).code == 0);
  }
  static std::vector<std::string> ids(const Deployment& deployment) {
    const auto listed = deployment.json({"snapshot", "list"}).json["snapshots"];
    return {listed.at(1)["id"], listed.at(0)["id"]};
  }
  // What the command says of the second snapshot, or of both: {1} and {2} stand for their ids.
  static Outcome ask(const Deployment& deployment, std::vector<std::string> args, bool as_json = true) {
    const auto found = ids(deployment);
    for (std::string& arg : args) {
      if (arg == "{1}") arg = found[0];
      if (arg == "{2}") arg = found[1];
    }
    Outcome said = as_json ? deployment.json(args) : deployment.run(args);
    INFO(said.err);
    REQUIRE(said.code == 0);
    return said;
  }
};

using Call = std::vector<std::string>;

std::vector<Call> reading_calls(const Twins& twins) {
  const std::string id = Twins::ids(twins.encrypted.deployment).at(1);
  fs::create_directory(twins.encrypted.dir / "mnt");
  return {{"snapshot", "restore", id, "--to", twins.out},
          {"snapshot", "export", id, "--output", twins.out},
          {"snapshot", "mount", id, twins.encrypted.dir / "mnt"},
          {"snapshot", "mount", "all", twins.encrypted.dir / "mnt"},
          {"snapshot", "diff", id, id},
          {"snapshot", "show", id},
          {"snapshot", "stats"},
          {"snapshot", "stats", "alice"}};
}

}  // namespace

TEST_CASE("an encrypted store restores what a plain one does") {
  const Twins twins;
  for (const Deployment* deployment : {&twins.plain, &twins.encrypted.deployment}) {
    const auto target = deployment->directory() / "back";
    Twins::ask(*deployment, {"snapshot", "restore", "{2}", "--to", target});
    CHECK(test::describe_tree(target) == test::describe_tree(twins.home));
    const auto some = deployment->directory() / "some";
    Twins::ask(*deployment, {"snapshot", "restore", "{1}", "--to", some, "notes.txt"});
    CHECK(test::read_text(some / "notes.txt") == "one\ntwo\n");
    CHECK_FALSE(fs::exists(some / "new"));
  }
}

TEST_CASE("an encrypted store exports the bytes that a plain one does") {
  const Twins twins;
  const auto archive_of = [](const Deployment& deployment) {
    Twins::ask(deployment, {"snapshot", "export", "{2}", "--output", deployment.directory() / "x.tar"});
    return test::read_text(deployment.directory() / "x.tar");
  };
  CHECK((archive_of(twins.plain) == archive_of(twins.encrypted.deployment)));
}

TEST_CASE("an encrypted store shows, mounted, what a plain one does") {
  if (!test::MountPoint::possible()) return;
  const Twins twins;
  const auto& deployment = twins.encrypted.deployment;
  const std::string id = Twins::ids(deployment).at(1);
  const test::Mounted mounted(deployment, id);
  CHECK(test::describe_tree(mounted.path()) == test::describe_tree(twins.home));
}

TEST_CASE("an encrypted store is mounted in the background with a key that is given") {
  if (!test::MountPoint::possible()) return;
  const Twins twins;
  const test::MountPoint point(twins.encrypted.deployment);
  const std::string print_key = "cat '" + twins.encrypted.key.string() + "'";
  const auto said =
      base::run_process({DESKLOOM_PROGRAM, "--store", twins.encrypted.deployment.snapshot_store(),
                         "--state-dir", twins.encrypted.dir / "nowhere", "snapshot", "mount", "all",
                         point.path(), "--background", "--key-command", print_key});
  INFO(said.err);
  CHECK(said.exit_code == 0);
  CHECK(std::distance(fs::directory_iterator(point.path() / "alice"), fs::directory_iterator()) == 2);
  CHECK(point.unmount() == 0);
}

TEST_CASE("an encrypted store compares snapshots as a plain one does") {
  const Twins twins;
  const auto differences = [](const Deployment& deployment) {
    auto json = Twins::ask(deployment, {"snapshot", "diff", "{1}", "{2}"}).json;
    json.erase("older");
    json.erase("newer");
    return json;
  };
  const auto plain = differences(twins.plain);
  CHECK(plain["files_changed"] == 1);
  CHECK(plain["files_added"] == 1);
  CHECK(plain == differences(twins.encrypted.deployment));
  const Call by_line{"snapshot", "diff", "{1}", "{2}", "--content"};
  const std::string text = Twins::ask(twins.plain, by_line, false).out;
  CHECK_THAT(text, Contains("-two\n+2\n"));
  CHECK(text == Twins::ask(twins.encrypted.deployment, by_line, false).out);
}

TEST_CASE("an encrypted store counts what a plain one does, and takes little more") {
  const Twins twins;
  const auto plain = Twins::ask(twins.plain, {"snapshot", "stats"}).json;
  const auto sealed = Twins::ask(twins.encrypted.deployment, {"snapshot", "stats"}).json;
  for (const char* same : {"snapshot_count", "logical_bytes", "unique_bytes", "damaged"})
    CHECK(plain[same] == sealed[same]);
  CHECK(sealed["users"][0]["user"] == "alice");
  CHECK(sealed["stored_bytes"] > plain["stored_bytes"]);
  CHECK(sealed["stored_bytes"].get<double>() < 1.1 * plain["stored_bytes"].get<double>());
}

TEST_CASE(
    "without the key nothing is read out of an encrypted store, and the option that gives it is named") {
  const Twins twins;
  for (const Call& call : reading_calls(twins)) {
    CAPTURE(call);
    const auto said = twins.encrypted.foreign(call);
    CHECK(said.code == 18);
    CHECK(said.json["error"]["name"] == "no-key");
    CHECK_THAT(said.json["error"]["message"], Contains("no key is given"));
    CHECK_THAT(said.json["error"]["hint"], Contains("--key-file"));
    CHECK_FALSE(fs::exists(twins.out));
  }
}

TEST_CASE("with a wrong key nothing is read out of an encrypted store, and it is not called damaged") {
  const Twins twins;
  const auto wrong = test::key_file(twins.encrypted.dir / "wrong.key", test::random_key('b')).file;
  for (Call call : reading_calls(twins)) {
    CAPTURE(call);
    call.insert(call.end(), {"--key-file", wrong});
    const auto said = twins.encrypted.foreign(call);
    CHECK(said.code == 18);
    CHECK_THAT(said.json["error"]["message"], Contains("does not open") && Contains(wrong.string()));
    CHECK_THAT(said.json["error"]["hint"], Contains("not damaged"));
    CHECK_FALSE(fs::exists(twins.out));
  }
}

TEST_CASE("a deployment whose key is lost still lists what it had, and reads none of it") {
  const Twins twins;
  const auto& deployment = twins.encrypted.deployment;
  fs::rename(twins.encrypted.key, twins.encrypted.dir / "elsewhere.key");
  CHECK(deployment.json({"snapshot", "list"}).code == 0);
  for (const Call& call : reading_calls(twins)) {
    CAPTURE(call);
    const auto said = deployment.json(call);
    CHECK(said.code == 18);
    CHECK_THAT(said.json["error"]["message"], Contains(twins.encrypted.key.string()));
    CHECK_FALSE(fs::exists(twins.out));
  }
  CHECK(deployment.json({"snapshot", "stats", "--key-file", twins.encrypted.dir / "elsewhere.key"}).code ==
        0);
}
