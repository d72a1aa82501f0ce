#include "fleet/libvirt/embedded_root.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.hpp"
#include "support/temp_dir.hpp"
#include "throws.hpp"

using namespace deskloom;
using namespace deskloom::fleet;
using test::error_of;

TEST_CASE("a short root is used as it is, a long or odd one under a short name") {
  const auto aliases = embedded_alias_dir(4294967295U);
  CHECK(embedded_alias("/var/lib/deskloom/embedded", aliases) == "/var/lib/deskloom/embedded");
  for (const char* root :
       {"/home/somebody/.local/share/deskloom/embedded", "/srv/a b", "/srv/a?b", "/srv/a&b"}) {
    CAPTURE(root);
    const auto alias = embedded_alias(root, aliases);
    CHECK(alias.parent_path() == aliases);
    CHECK(alias.string().size() <= max_root_bytes);
    CHECK(alias == embedded_alias(root, aliases));
  }
  CHECK(embedded_alias("/srv/a b", aliases) != embedded_alias("/srv/a c", aliases));
}

TEST_CASE("an alias leads to its root, again and after its old root is gone") {
  const test::TempDir directory;
  const auto alias = directory / "short/a";
  base::make_private_directories(directory / "root");
  std::filesystem::create_directories(alias.parent_path());
  ::chmod(alias.parent_path().c_str(), 0700);
  std::filesystem::create_symlink(directory / "gone", alias);
  link_alias(alias, directory / "root", ::geteuid());
  link_alias(alias, directory / "root", ::geteuid());
  CHECK(std::filesystem::read_symlink(alias) == directory / "root");
}

TEST_CASE("an alias is not taken from another root, nor put where others may write") {
  const test::TempDir directory;
  const auto alias = directory / "short/a";
  base::make_private_directories(directory / "root");
  base::make_private_directories(directory / "other");
  link_alias(alias, directory / "other", ::geteuid());
  CHECK(error_of([&] { link_alias(alias, directory / "root", ::geteuid()); }).kind() ==
        base::ErrorKind::failed);
  CHECK(error_of([&] { link_alias(alias, directory / "other", ::geteuid() + 1); }).kind() ==
        base::ErrorKind::failed);
  ::chmod(alias.parent_path().c_str(), 0777);
  CHECK(error_of([&] { link_alias(alias, directory / "other", ::geteuid()); }).kind() ==
        base::ErrorKind::failed);
}

TEST_CASE("a link in the place of the alias directory is refused") {
  const test::TempDir directory;
  base::make_private_directories(directory / "elsewhere");
  std::filesystem::create_symlink(directory / "elsewhere", directory / "short");
  CHECK_THROWS(link_alias(directory / "short/a", directory / "elsewhere", ::geteuid()));
}

TEST_CASE("a root is prepared once, and an administrator's configuration stays") {
  const test::TempDir directory;
  prepare_embedded_root(directory / "root", directory / "cache", 1000);
  CHECK(std::filesystem::is_directory(directory / "root/cache"));
  CHECK(std::filesystem::read_symlink(directory / "root/cache") == directory / "cache/libvirt");
  base::write_file_durably(directory / "root/etc/qemu.conf", "mine");
  prepare_embedded_root(directory / "root", directory / "cache", 1000);
  CHECK(base::read_file(directory / "root/etc/qemu.conf", 100) == "mine");
}

TEST_CASE("QEMU runs as root only for root") {
  const test::TempDir directory;
  const auto conf_for = [&](const char* root, uid_t user) {
    prepare_embedded_root(directory / root, directory / "cache", user);
    return base::read_file(directory / root / "etc/qemu.conf", 4096);
  };
  CHECK(test::contains(conf_for("for-root", 0), "user = \"root\""));
  CHECK_FALSE(test::contains(conf_for("for-user", 1000), "user = "));
}
