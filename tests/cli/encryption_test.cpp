// Encrypted snapshot stores as an administrator meets them.
#include <algorithm>

#include "encrypted.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using test::Contains;
using test::Deployment;
using test::Encrypted;
using test::key_file;
namespace fs = std::filesystem;

namespace {

bool shows(const fs::path& store, const std::string& text) {
  for (const auto& entry : fs::recursive_directory_iterator(store)) {
    if (entry.is_regular_file() && test::read_text(entry.path()).find(text) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a store that policy wants encrypted captures, restores, verifies, and shows nothing") {
  const Encrypted work;
  CHECK(work.deployment.json({"init"}).json["snapshot_store_encrypted"] == true);
  const auto created = work.create();
  INFO(created.err);
  REQUIRE(created.code == 0);
  const auto back = work.dir / "back";
  CHECK(work.deployment.json({"snapshot", "restore", "latest", "--to", back}).code == 0);
  CHECK(test::read_text(back / "salaries.txt") == "nobody may read this");
  CHECK(work.deployment.json({"snapshot", "verify", "--full"}).code == 0);
  CHECK(work.deployment.json({"snapshot", "gc"}).code == 0);
  for (const auto* secret : {"salaries", "nobody may", "alice"})
    CHECK_FALSE(shows(work.deployment.snapshot_store(), secret));
}

TEST_CASE("without its key, or with a wrong one, an encrypted store says which store and what to give") {
  const Encrypted work;
  REQUIRE(work.create().code == 0);
  const auto without = work.foreign({"snapshot", "list"});
  CHECK(without.code == 18);
  CHECK(without.json["error"]["name"] == "no-key");
  CHECK_THAT(without.json["error"]["message"], Contains(work.deployment.snapshot_store().string()));
  CHECK_THAT(without.json["error"]["hint"], Contains("--key-file"));
  const auto wrong = key_file(work.dir / "wrong.key", test::random_key('b')).file;
  CHECK(work.foreign({"snapshot", "list", "--key-file", wrong}).code == 18);
  CHECK(work.foreign({"snapshot", "list", "--key-file", work.dir / "none"}).code == 18);
  fs::permissions(work.key, fs::perms::others_read, fs::perm_options::add);
  CHECK_THAT(work.foreign({"snapshot", "list", "--key-file", work.key}).json["error"]["hint"],
             Contains("chmod"));
}

TEST_CASE("the key of another store comes from a file, a command or the environment") {
  const Encrypted work;
  REQUIRE(work.create().code == 0);
  const auto count = [](const test::Outcome& said) { return said.json["snapshots"].size(); };
  CHECK(count(work.foreign({"snapshot", "list", "--key-file", work.key})) == 1);
  CHECK(count(work.foreign({"snapshot", "list", "--key-command", "cat '" + work.key.string() + "'"})) == 1);
  base::ProcessOptions options;
  options.environment = {"DESKLOOM_KEY_FILE=" + work.key.string()};
  CHECK(count(test::run_deskloom({"snapshot", "list", "--json", "--state-dir", work.dir / "nowhere",
                                  "--store", work.deployment.snapshot_store()},
                                 options)) == 1);
  CHECK(work.foreign({"snapshot", "list", "--key-file", work.key, "--key-command", "true"}).code == 2);
}

TEST_CASE("a store that was there before policy wanted it encrypted is warned about") {
  const Encrypted work;
  const Deployment plain;
  const auto said = test::run_deskloom(
      {"--config", work.deployment.policy_file(), "--state-dir", plain.state_dir(), "init"});
  CHECK(said.code == 0);
  CHECK_THAT(said.err, Contains("not encrypted"));
  CHECK_THAT(test::run_deskloom({"--config", work.deployment.policy_file(), "--state-dir", plain.state_dir(),
                                 "snapshot", "verify"})
                 .err,
             Contains("made without encryption"));
}

TEST_CASE("store rekey changes what unlocks the store") {
  const Encrypted work;
  REQUIRE(work.create().code == 0);
  const auto next = key_file(work.dir / "next.key", "a passphrase this time\n").file;
  CHECK(work.deployment.json({"store", "rekey"}).code == 2);
  CHECK(work.deployment.json({"store", "rekey", "--new-key-file", next}).code == 0);
  CHECK(work.deployment.json({"snapshot", "list"}).code == 0);  // from the state store, which needs no key
  CHECK(work.deployment.json({"snapshot", "verify"}).code == 18);
  CHECK(work.deployment.json({"snapshot", "verify", "--full", "--key-file", next}).code == 0);
}

TEST_CASE("a backup store keeps what it cannot read, and gives it back with the key") {
  const Encrypted work;
  REQUIRE(work.create().code == 0);
  const auto backup = work.dir / "backup";
  const auto at_backup = [&](std::vector<std::string> args) {
    args.insert(args.end(), {"--json", "--state-dir", work.dir / "nowhere", "--store", backup});
    return test::run_deskloom(args);
  };
  CHECK(at_backup({"init", "--store-key", work.deployment.snapshot_store() / "key"})
            .json["snapshot_store_encrypted"] == true);
  const auto pushed = work.deployment.json({"snapshot", "push", "--all", "--to", backup});
  INFO(pushed.err);
  CHECK(pushed.code == 0);
  CHECK(pushed.json["snapshots"] == 1);
  CHECK(at_backup({"snapshot", "list"}).code == 18);
  const auto unread = at_backup({"snapshot", "verify", "--full"});
  CHECK(unread.code == 0);
  CHECK(at_backup({"snapshot", "verify", "--full", "--key-file", work.key}).code == 0);
  const auto lost = work.deployment.snapshot_store();
  fs::remove_all(lost / "snapshots");
  fs::create_directory(lost / "snapshots");
  CHECK(work.deployment.json({"snapshot", "pull", "--all", "--from", backup}).json["snapshots"] == 1);
}

TEST_CASE("verify claims no more than it looked at, with the key and without") {
  const Encrypted work;
  REQUIRE(work.create().code == 0);
  const auto verify = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"snapshot", "verify"});
    return work.foreign(more);
  };
  const auto check = [&](const test::Outcome& said, bool contents, bool references) {
    CHECK(said.code == 0);
    CHECK(said.json["contents_checked"] == contents);
    CHECK(said.json["references_checked"] == references);
    CHECK(said.json["with_key"] == references);
  };
  check(verify({"--full", "--key-file", work.key}), true, true);
  check(verify({"--key-file", work.key}), false, true);
  check(verify({"--full"}), false, false);
  check(verify({}), false, false);
  const auto store = work.deployment.snapshot_store();
  const auto text = test::run_deskloom(
      {"snapshot", "verify", "--full", "--state-dir", work.dir / "nowhere", "--store", store});
  CHECK_THAT(text.out, Contains("stored as it was written; contents") && Contains("take the key"));
  CHECK_THAT(text.err, Contains("--key-file"));

  for (const auto& pack : fs::directory_iterator(store / "packs"))
    test::flip_byte(pack.path(), pack.file_size() / 2);
  const auto damaged = verify({"--full"});
  CHECK(damaged.code == 14);
  CHECK(damaged.json["problems"][0]["snapshots"] == nullptr);  // nobody knows
  const auto named = verify({"--full", "--key-file", work.key}).json["problems"];
  CHECK(std::any_of(named.begin(), named.end(),
                    [](const base::Json& problem) { return problem["snapshots"].size() == 1; }));
}

TEST_CASE("a push to a store with another key says how to make one") {
  const Encrypted work, stranger;
  REQUIRE(work.create().code == 0);
  const auto said =
      work.deployment.json({"snapshot", "push", "--all", "--to", stranger.deployment.snapshot_store()});
  CHECK(said.code == 2);
  CHECK_THAT(said.json["error"]["message"], Contains("another key"));
  CHECK_THAT(said.json["error"]["hint"], Contains("--store-key"));
}

TEST_CASE("a policy that wants encryption and names no key, or two, is refused") {
  const test::TempDir dir;
  const auto check = [&](const std::string& text) {
    test::write_file(dir / "deskloom.toml", "[store]\n" + text);
    return test::run_deskloom({"--config", dir / "deskloom.toml", "config", "check"});
  };
  CHECK(check("encryption = \"aes-256-gcm\"\n").code == 2);
  CHECK(check("encryption = \"rot13\"\n").code == 2);
  CHECK(check("key_file = \"/k\"\nkey_command = [\"x\"]\n").code == 2);
  CHECK(check("encryption = \"aes-256-gcm\"\nkey_command = [\"x\"]\n").code == 0);
}
