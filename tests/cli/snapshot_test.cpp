#include <fcntl.h>
#include <sys/stat.h>

#include "base/fd.hpp"
#include "base/text.hpp"
#include "captures.hpp"
#include "state/leases.hpp"
#include "support/catch.hpp"
#include "unit/snapshot/snapshot_builders.hpp"

using namespace deskloom;
using test::Deployment;

namespace {

// Two captures of alice, some minutes of work apart.
struct Work {
  Deployment deployment;
  domain::SnapshotRecord first, second;

  Work() {
    test::FakeTree before;
    before.file("draft.txt", "draft").file("notes.txt", "one");
    first = put_capture(deployment, test::profile_of("alice", "light"), before);
    test::FakeTree after;
    after.file("notes.txt", "one two").file("report.txt", test::noise(100'000));
    second = put_capture(deployment, test::profile_of("alice", "dark"), after);
  }
};

const base::Json* row(const base::Json& table, const std::string& key, const std::string& value) {
  for (const auto& r : table) {
    if (r[key] == value) return &r;
  }
  return nullptr;
}

}  // namespace

TEST_CASE(
    "snapshot create captures a directory, then only what changed in it, and leaves out what policy says") {
  const Deployment deployment("[capture]\nexclude = [\"/skip\"]\n");
  const auto home = deployment.directory() / "home";
  test::write_file(home / "a.txt", "one");
  test::write_file(home / "large", test::noise(500'000));
  test::write_file(home / "skip/secret", "x");
  const auto create = [&] {
    return deployment.json({"snapshot", "create", "--user", "alice", "--tree", home}).json;
  };
  const auto first = create();
  CHECK(first["files"] == 2);
  CHECK(first["bytes_read"] == 500'003);
  test::write_file(home / "a.txt", "two");
  const auto second = create();
  CHECK(second["bytes_added"] < 10'000);
  const auto diff = deployment.json({"snapshot", "diff", first["snapshot"], second["snapshot"]}).json;
  REQUIRE(diff["files"].size() == 1);
  CHECK(diff["files"][0]["path"] == "a.txt");
  const auto listed = deployment.json({"snapshot", "list", "alice"}).json["snapshots"];
  CHECK(listed.size() == 2);
  const auto missing = deployment.json({"snapshot", "create", "--user", "alice", "--tree", home / "none"});
  CHECK(missing.code == 17);
}

TEST_CASE("fifos are captured unless policy says otherwise") {
  const auto restored = [](const std::string& policy) {
    const Deployment deployment(policy);
    const auto home = deployment.directory() / "home", out = deployment.directory() / "out";
    test::write_file(home / "a.txt", "a");
    REQUIRE(::mkfifo((home / "pipe").c_str(), 0600) == 0);
    const auto created = deployment.json({"snapshot", "create", "--user", "alice", "--tree", home});
    REQUIRE(created.code == 0);
    CHECK(created.json["skipped"].empty());
    CHECK(deployment.json({"snapshot", "restore", created.json["snapshot"], "--to", out}).code == 0);
    CHECK(test::read_text(out / "a.txt") == "a");
    return std::filesystem::exists(out / "pipe");
  };
  CHECK(restored(""));
  CHECK_FALSE(restored("[capture]\nspecial_files = [\"device\"]\n"));
}

TEST_CASE("snapshot create captures volumes, memory and any file, and restore gives each back") {
  const Deployment deployment;
  const auto disk = deployment.directory() / "disk.raw", blob = deployment.directory() / "keys.tar";
  const auto out = deployment.directory() / "out";
  test::write_file(disk, test::noise(300'000) + std::string(1 << 20, '\0') + test::noise(50'000, 2));
  test::write_file(blob, test::noise(10'000, 3));
  const auto create = [&](const std::string& user) {
    return deployment.json(
        {"snapshot", "create", "--user", user, "--volume", disk, "--memory", disk, "--blob", blob});
  };
  const auto first = create("alice");
  REQUIRE(first.code == 0);
  CHECK(create("alice").json["bytes_added"] < 1000);
  const std::string id = first.json["snapshot"];
  CHECK(deployment.json({"snapshot", "show", id}).json["layers"].size() == 3);
  for (const auto& [layer, file] :
       {std::pair("volume", disk), std::pair("memory", disk), std::pair("blob", blob)}) {
    CAPTURE(layer);
    CHECK(deployment.json({"snapshot", "restore", id, "--layer", layer, "--to", out}).code == 0);
    CHECK(test::read_text(out) == test::read_text(file));
  }
  CHECK(deployment.json({"snapshot", "restore", id, "--to", out}).code == 17);  // no tree
  CHECK(deployment.json({"snapshot", "restore", id, "--layer", "blob", "--to", out, "a/path"}).code == 2);
  CHECK(deployment.json({"snapshot", "create", "--user", "alice"}).code == 2);
  CHECK(deployment.json({"snapshot", "create", "--user", "alice", "--volume", "/nonexistent"}).code == 17);
}

TEST_CASE("of a volume whose changed ranges are given nothing else is read") {
  const Deployment deployment;
  const auto disk = deployment.directory() / "disk.raw", map = deployment.directory() / "map.txt";
  const auto out = deployment.directory() / "out";
  std::string bytes = test::noise(1 << 20);
  test::write_file(disk, bytes);
  const std::vector<std::string> create{"snapshot", "create", "--user", "alice", "--volume", disk};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), create.begin(), create.end());
    return deployment.json(more);
  };
  const std::string first = with({}).json["snapshot"];
  bytes.replace(500'000, 5, "fresh");
  test::write_file(disk, bytes);
  test::write_file(map, "0 499712 0 clean\n499712 4096 1 dirty\n503808 544768 0 clean\n");
  const auto second = with({"--changed", map, "--since", first});
  REQUIRE(second.code == 0);
  CHECK(second.json["bytes_read"] == 4096);
  deployment.json({"snapshot", "restore", second.json["snapshot"], "--layer", "volume", "--to", out});
  CHECK(test::read_text(out) == bytes);
  CHECK(with({"--changed", map}).code == 2);
  CHECK(with({"--since", first}).code == 2);
  CHECK(with({"--memory", disk, "--changed", map, "--since", first}).code == 2);
  CHECK(with({"--changed", map, "--since", "0000"}).code == 17);
  test::write_file(map, "0 1048577\n");
  CHECK(with({"--changed", map, "--since", first}).code == 2);
  const auto other = deployment.json(
      {"snapshot", "create", "--user", "alice", "--memory", disk, "--changed", map, "--since", first});
  CHECK(other.code == 2);  // that snapshot has no memory
}

TEST_CASE("a volume that a running instance writes to is refused") {
  const Deployment deployment;
  const auto disk = deployment.directory() / "disk.raw";
  test::write_file(disk, test::noise(300'000));
  const auto fd = base::open_file(disk, O_RDWR);
  struct flock lock {};  // as QEMU says that it writes
  lock.l_type = F_RDLCK;
  lock.l_start = 101;
  lock.l_len = 1;
  REQUIRE(::fcntl(fd.get(), F_OFD_SETLK, &lock) == 0);
  const auto refused = deployment.run({"snapshot", "create", "--user", "alice", "--volume", disk});
  CHECK(refused.code == 1);
  CHECK_THAT(refused.err, test::Contains("a running instance writes to volume"));
}

TEST_CASE("snapshot list shows the newest first, of one user or of all") {
  const Work work;
  const auto said = work.deployment.json({"snapshot", "list"});
  REQUIRE(said.json["snapshots"].size() == 2);
  CHECK(said.json["snapshots"][0]["id"] == work.second.id);
  CHECK(said.json["snapshots"][1]["files"] == work.first.files);
  CHECK(work.deployment.json({"snapshot", "list", "--limit", "1"}).json["snapshots"].size() == 1);
  CHECK(work.deployment.json({"snapshot", "list", "bob"}).json["snapshots"].empty());
}

TEST_CASE("a snapshot is named by its id, the start of it, or as the latest") {
  const Work work;
  for (const auto& name : {work.second.id, work.second.id.substr(0, 8), std::string("latest")}) {
    CAPTURE(name);
    const auto said = work.deployment.json({"snapshot", "show", name});
    CHECK(said.code == 0);
    CHECK(said.json["snapshot"] == work.second.id);
    CHECK(said.json["layers"].size() == 2);
  }
  CHECK(work.deployment.json({"snapshot", "show", "00000000"}).code == 17);
  CHECK(work.deployment.json({"snapshot", "show", "0"}).code == 2);
}

TEST_CASE("snapshot diff names files, settings and applications that changed") {
  const Work work;
  const auto said = work.deployment.json({"snapshot", "diff", work.first.id, work.second.id});
  CHECK(said.code == 0);
  const auto& files = said.json["files"];
  CHECK(row(files, "path", "report.txt")->at("change") == "added");
  CHECK(row(files, "path", "draft.txt")->at("change") == "removed");
  CHECK(row(files, "path", "notes.txt")->at("new_size_bytes") == 7);
  const auto* setting = row(said.json["settings"], "name", "dconf:/org/desk/theme");
  REQUIRE(setting != nullptr);
  CHECK(setting->at("before") == "light");
  CHECK(setting->at("after") == "dark");
  CHECK(said.json["applications"].empty());

  const auto stat = work.deployment.json({"snapshot", "diff", work.first.id, work.second.id, "--stat"});
  CHECK(stat.json["files_added"] == 1);
  CHECK_FALSE(stat.json.contains("files"));
}

TEST_CASE("persona show tells what a capture is made of, now and then") {
  const Work work;
  const auto now = work.deployment.json({"persona", "show", "alice"});
  CHECK(now.code == 0);
  CHECK(now.json["snapshot"] == work.second.id);
  CHECK(now.json["settings"][0]["value"] == "dark");
  CHECK(now.json["applications"][0]["minutes"] == 41.5);
  CHECK(now.json["processes"][0]["relaunch"] == true);
  const auto then = work.deployment.json({"persona", "show", "alice", "--snapshot", work.first.id});
  CHECK(then.json["settings"][0]["value"] == "light");
  CHECK(work.deployment.json({"persona", "show", "bob"}).code == 17);
}

TEST_CASE("snapshot restore brings back all files, or those named") {
  const Work work;
  const auto all = work.deployment.directory() / "all";
  const auto said = work.deployment.json({"snapshot", "restore", work.second.id, "--to", all});
  CHECK(said.code == 0);
  CHECK(test::read_text(all / "notes.txt") == "one two");
  CHECK(test::read_text(all / "report.txt") == test::noise(100'000));

  const auto some = work.deployment.directory() / "some";
  CHECK(work.deployment.run({"snapshot", "restore", work.first.id, "--to", some, "notes.txt"}).code == 0);
  CHECK(test::read_text(some / "notes.txt") == "one");
  CHECK_FALSE(std::filesystem::exists(some / "draft.txt"));
  CHECK(work.deployment.json({"snapshot", "restore", work.first.id, "--to", some, "no.txt"}).code == 17);
}

TEST_CASE("snapshot verify finds nothing in a whole store") {
  const Work work;
  const auto said = work.deployment.json({"snapshot", "verify", "--full"});
  CHECK(said.code == 0);
  CHECK(said.json["snapshots"] == 2);
  CHECK(said.json["problems"].empty());
}

TEST_CASE("a flipped byte in a pack is found, and the snapshots it costs are named") {
  const Work work;
  for (const auto& pack : std::filesystem::directory_iterator(work.deployment.snapshot_store() / "packs")) {
    if (pack.file_size() > 100'000) test::flip_byte(pack.path(), pack.file_size() / 2);  // within the noise
  }
  const auto said = work.deployment.json({"snapshot", "verify", "--full"});
  CHECK(said.code == 14);
  REQUIRE(said.json["problems"].size() == 1);
  CHECK(said.json["problems"][0]["snapshots"] == base::Json::array({work.second.id}));

  const auto damaged = work.deployment.directory() / "damaged";
  CHECK(work.deployment.json({"snapshot", "restore", work.second.id, "--to", damaged}).code == 14);
  const auto whole = work.deployment.directory() / "whole";
  CHECK(work.deployment.json({"snapshot", "restore", work.first.id, "--to", whole}).code == 0);
}

TEST_CASE("hostile names and settings never reach a terminal or JSON raw") {
  const Deployment deployment;
  test::FakeTree plain;
  const auto first = put_capture(deployment, test::profile_of("mallory"), plain);
  test::FakeTree hostile;
  hostile.file("clear\033[2Jscreen", "x").file("not\xffutf8", "x").file("two\nlines", "x");
  auto profile = test::profile_of("mallory", "\033]0;title\007");
  profile.processes[0].argv = {"\033[31mred"};
  const auto second = put_capture(deployment, profile, hostile);

  for (const auto& args : {std::vector<std::string>{"snapshot", "diff", first.id, second.id},
                           {"persona", "show", "mallory"},
                           {"snapshot", "show", second.id}}) {
    CAPTURE(args[1]);
    const auto table = deployment.run(args);
    CHECK(table.code == 0);
    CHECK(table.out.find('\033') == std::string::npos);
    CHECK(table.out.find('\007') == std::string::npos);
    CHECK(base::is_valid_utf8(table.out));
    const auto document = deployment.json(args);
    CHECK(document.code == 0);
    CHECK(document.out.find('\033') == std::string::npos);
    CHECK(base::is_valid_utf8(document.out));
  }
  const auto diff = deployment.run({"snapshot", "diff", first.id, second.id});
  CHECK_THAT(diff.out, test::Contains("clear\\x1b[2Jscreen") && test::Contains("not\\xffutf8") &&
                           test::Contains("two\\x0alines"));
}

TEST_CASE("snapshot prune keeps what policy says and what an instance holds; gc frees the rest") {
  const Work work;
  const std::vector<std::string> prune{"snapshot",     "prune", "--keep-last",   "1", "--keep-hourly", "0",
                                       "--keep-daily", "0",     "--keep-weekly", "0"};
  const auto store = work.deployment.state();
  test::add_instance(store, "default-1", domain::InstanceState::connected, "alice");
  store.instances.set_snapshot("default-1", work.first.id);
  const auto held = work.deployment.json(prune);
  CHECK(held.json["removed"] == 0);
  CHECK(held.json["snapshots"][0]["reason"] == "instance default-1 holds it");

  store.instances.set_snapshot("default-1", work.second.id);
  const auto pruned = work.deployment.json(prune);
  CHECK(pruned.json["removed"] == 1);
  CHECK(work.deployment.json({"snapshot", "list"}).json["snapshots"].size() == 1);
  const auto freed = work.deployment.json({"snapshot", "gc"});
  CHECK(freed.code == 0);
  CHECK(freed.json["packs_waiting"] == 0);
  CHECK(work.deployment.json({"snapshot", "verify", "--full"}).json["problems"].empty());
  CHECK(work.deployment.json({"status"}).json["snapshots"] == 1);
}

TEST_CASE("snapshot prune leaves a user alone on whom another command works") {
  const Work work;
  const auto store = work.deployment.state();
  const state::LeaseGuard held(store.leases, "user:alice", "session assign", std::chrono::milliseconds(0));
  const auto said = work.deployment.json({"snapshot", "prune", "--keep-last", "1", "--keep-hourly", "0"});
  CHECK(said.json["removed"] == 0);
}

TEST_CASE("snapshot stats says what each layer and user take, and what a user's removal frees") {
  const Work work;
  const auto all = work.deployment.json({"snapshot", "stats"}).json;
  CHECK(all["snapshot_count"] == 2);
  CHECK(all["users"][0]["user"] == "alice");
  CHECK(all["users"][0]["frees_bytes"] == all["stored_bytes"]);
  const auto* tree = row(all["layers"], "layer", "tree");
  CHECK(tree->at("logical_bytes") == 5 + 3 + 7 + 100'000);
  CHECK(tree->at("stored_bytes") > 100'000);  // noise
  CHECK(row(all["layers"], "layer", "profile")->at("snapshots") == 2);
  CHECK_THAT(work.deployment.run({"snapshot", "stats"}).out, test::Contains("Size to different content"));
}

TEST_CASE("snapshot stats of a user tells of their snapshots alone, one by one") {
  const Work work;
  test::FakeTree tree;
  tree.file("own", test::noise(70'000, 7));
  put_capture(work.deployment, test::profile_of("bob"), tree);
  const auto alice = work.deployment.json({"snapshot", "stats", "alice"}).json;
  CHECK(alice["snapshot_count"] == 2);
  CHECK(alice["snapshots"][0]["id"] == work.second.id);
  CHECK(alice["snapshots"][0]["frees_bytes"] >= 100'000);
  const auto bob = work.deployment.json({"snapshot", "stats", "bob"}).json;
  CHECK(bob["snapshots"].size() == 1);
  CHECK(bob["stored_bytes"] == bob["snapshots"][0]["frees_bytes"]);
  const auto none = work.deployment.json({"snapshot", "stats", "carol"});
  CHECK(none.code == 17);
  CHECK_THAT(none.json["error"]["message"].get<std::string>(), test::Contains("'carol'"));
}
