// The keys of encrypted stores: where they come from, how they lock, how they are changed.
#include "snapshot/store_key.hpp"
#include "sealed_store.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::snapshot;
using namespace deskloom::test;
using test::Contains;
namespace fs = std::filesystem;

namespace {

std::string text_of(const Secret& secret) { return std::string(as_text(secret.view())); }
Secret secret_of(const std::string& text) { return Secret(as_bytes(text)); }
std::string derivation_of(const std::string& key) {
  const std::string locked = lock_master_key(make_master_key(), secret_of(key));
  return locked.substr(locked.find('\n') + 1, 6);
}

}  // namespace

TEST_CASE("a key file and a command that prints the same are the same key, the line end left out") {
  const TempDir dir;
  CHECK(text_of(read_key(key_file(dir / "a", "correct horse"))) == "correct horse");
  CHECK(text_of(read_key(key_file(dir / "b", "correct horse\n"))) == "correct horse");
  CHECK(text_of(read_key({{}, {"echo", "correct horse"}})) == "correct horse");
  const std::string binary = std::string(31, '\xff') + "\n";
  CHECK(text_of(read_key(key_file(dir / "c", binary))) == binary);
}

TEST_CASE("a key file that others can read is refused, and so is an empty one") {
  const TempDir dir;
  const auto key = key_file(dir / "key", "correct horse");
  fs::permissions(dir / "key", fs::perms::others_read, fs::perm_options::add);
  CHECK(error_kind([&] { read_key(key); }) == base::ErrorKind::usage);
  CHECK_THAT(error_text([&] { read_key(key); }), Contains("open to others"));
  CHECK(error_kind([&] { read_key(key_file(dir / "empty", "\n")); }) == base::ErrorKind::usage);
}

TEST_CASE("a key that cannot be had says why") {
  CHECK(error_kind([] { read_key({"/nowhere/key", {}}); }) == base::ErrorKind::no_key);
  const KeySource failing{{}, {"/bin/sh", "-c", "echo the vault is sealed >&2; exit 3"}};
  CHECK(error_kind([&] { read_key(failing); }) == base::ErrorKind::no_key);
  CHECK_THAT(error_text([&] { read_key(failing); }), Contains("the vault is sealed"));
}

TEST_CASE("a key that may be a passphrase is derived slowly, a random one is not") {
  CHECK(derivation_of("correct horse battery staple") == "scrypt");
  CHECK(derivation_of(std::string(32, 'x')) == "scrypt");
  CHECK(derivation_of(random_key()) == "hkdf-s");
  CHECK(derivation_of(noise(32)) == "hkdf-s");
  CHECK(error_kind([] { derivation_of("short"); }) == base::ErrorKind::usage);
}

TEST_CASE("a locked master key opens with the key that locked it, and no other") {
  const Secret master = make_master_key();
  for (const std::string& key : {random_key(), std::string("correct horse")}) {
    const std::string locked = lock_master_key(master, secret_of(key));
    CHECK(id_of_locked_key(locked, "test") == key_id_of(master));
    const auto opened = unlock_master_key(locked, secret_of(key), "test");
    REQUIRE(opened);
    CHECK(text_of(*opened) == text_of(master));
    CHECK_FALSE(unlock_master_key(locked, secret_of(key + "x"), "test"));
    CHECK(locked.find(hex_of(master.view())) == std::string::npos);
  }
}

TEST_CASE("a derivation that would cost beyond reason is refused") {
  std::string locked = lock_master_key(make_master_key(), secret_of("correct horse"));
  locked.replace(locked.find("scrypt 32768 8"), 14, "scrypt 99999999 8");
  CHECK(error_kind([&] { unlock_master_key(locked, secret_of("correct horse"), "test"); }) ==
        base::ErrorKind::corrupt);
}

TEST_CASE("a changed key opens the store, the old one no more, and what is stored is not touched") {
  const SealedStore sealed;
  auto tree = secret_tree();
  const auto captured = capture(*sealed.store, tree);
  const auto pack = fs::directory_iterator(sealed.path() / "packs")->path();
  const std::string before = read_text(pack);
  const auto next = key_file(sealed.dir / "next", "a passphrase this time");
  change_key(sealed.path(), sealed.key, next, true);
  CHECK_NOTHROW(Store::open(sealed.path(), sealed.key));
  change_key(sealed.path(), sealed.key, next);
  CHECK(error_kind([&] { Store::open(sealed.path(), sealed.key); }) == base::ErrorKind::no_key);
  CHECK(read_all(*Store::open(sealed.path(), next)->open_file(captured.tree(), "video")) ==
        tree.contents["video"]);
  CHECK(read_text(pack) == before);
  CHECK(capture(*Store::open(sealed.path(), next), tree).stats.new_chunks == 0);
}

TEST_CASE("a key is changed with the old one in hand only, and in encrypted stores only") {
  const SealedStore sealed;
  const auto next = key_file(sealed.dir / "next", random_key('c'));
  CHECK(error_kind([&] { change_key(sealed.path(), next, next); }) == base::ErrorKind::no_key);
  const TempStore plain;
  CHECK(error_kind([&] { change_key(plain.path(), next, next); }) == base::ErrorKind::usage);
}

TEST_CASE("the key of another store in place of a store's own is found out") {
  const SealedStore one, other;
  fs::copy_file(other.path() / "key", one.path() / "key", fs::copy_options::overwrite_existing);
  CHECK_THAT(error_text([&] { one.open(); }), Contains("another store"));
  fs::remove(one.path() / "key");
  CHECK_THAT(error_text([&] { one.open(); }), Contains("missing"));
}

TEST_CASE("an encrypted store that was half made, or is made again, opens") {
  const SealedStore sealed;
  auto tree = secret_tree();
  capture(*sealed.store, tree);
  Store::init(sealed.path(), sealed.key);
  CHECK(sealed.is_sound());
  const auto half = sealed.dir / "half";
  Store::init(half, sealed.key);
  fs::remove(half / "format");  // it comes last
  Store::init(half, sealed.key);
  CHECK_NOTHROW(Store::open(half, sealed.key));
}
