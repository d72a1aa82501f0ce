#include "support/odd_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "base/fd.hpp"
#include "base/text.hpp"

namespace deskloom::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t content_limit_bytes = 64 << 20;

void require(bool worked, const fs::path& path) {
  if (!worked) throw std::runtime_error("cannot make " + path.string());
}

void write(const fs::path& path, const std::string& data, mode_t mode = 0644) {
  fs::create_directories(path.parent_path());
  require(static_cast<bool>(std::ofstream(path, std::ios::binary) << data), path);
  require(::chmod(path.c_str(), mode) == 0, path);
}

void set_mtime(const fs::path& path, std::int64_t seconds, long ns) {
  const timespec times[2] = {{0, UTIME_OMIT}, {seconds, ns}};
  require(::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0, path);
}

// Data in the middle and at the end of holes; and nothing but a hole.
void make_sparse(const fs::path& root) {
  write(root / "sparse", "");
  fs::resize_file(root / "sparse", 3 << 20);
  std::fstream file(root / "sparse", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(1 << 20) << std::string(5'000, 'm');
  file.seekp((3 << 20) - 10) << "0123456789";
  file.close();
  write(root / "hole", "");
  fs::resize_file(root / "hole", 1 << 20);
}

// owner rw-, user 1234 r--, group r--, mask r--, other ---.
void set_acl(const fs::path& path, const char* name) {
  constexpr std::array<std::uint8_t, 44> acl{2,    0,    0,    0,    1,    0,    6,  0,    0xff, 0xff, 0xff,
                                             0xff, 2,    0,    4,    0,    0xd2, 4,  0,    0,    4,    0,
                                             4,    0,    0xff, 0xff, 0xff, 0xff, 16, 0,    4,    0,    0xff,
                                             0xff, 0xff, 0xff, 32,   0,    0,    0,  0xff, 0xff, 0xff, 0xff};
  static_cast<void>(::setxattr(path.c_str(), name, acl.data(), acl.size(), 0));  // where there are any
}

std::string xattrs_of(const std::string& path) {
  std::array<char, 4096> names{}, value{};
  std::vector<std::string> found;
  const ssize_t size = ::llistxattr(path.c_str(), names.data(), names.size());
  for (ssize_t at = 0; at < size;) {
    const std::string name = names.data() + at;
    at += static_cast<ssize_t>(name.size()) + 1;
    const ssize_t n = ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
    found.push_back(name + "=" +
                    std::string(value.data(), static_cast<std::size_t>(std::max<ssize_t>(n, 0))));
  }
  std::ranges::sort(found);
  return base::join(found, " ");
}

std::string describe(const fs::path& path, const std::string& relative,
                     std::map<ino_t, std::string>& first_names) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) throw std::runtime_error("cannot look at " + path.string());
  std::ostringstream line;
  line << relative << std::oct << " mode " << status.st_mode << std::dec << " owner " << status.st_uid << ':'
       << status.st_gid << " mtime " << status.st_mtim.tv_sec << '.' << status.st_mtim.tv_nsec;
  if (S_ISLNK(status.st_mode)) line << " -> " << fs::read_symlink(path).string();
  if (S_ISCHR(status.st_mode)) line << " device " << status.st_rdev;
  if (S_ISREG(status.st_mode)) {
    const std::string content = base::read_file(path, content_limit_bytes);
    line << " size " << content.size() << " content " << std::hash<std::string>()(content) << " links "
         << status.st_nlink << " of " << first_names.emplace(status.st_ino, relative).first->second;
  }
  line << " xattrs " << xattrs_of(path);
  return base::printable(line.str()) + "\n";
}

}  // namespace

void make_odd_tree(const fs::path& root) {
  write(root / "plain", "text");
  write(root / "empty", "");
  write(root / "d/secret", "s", 0600);
  write(root / "d/setuid", "x", 06755);
  write(root / "d/e/deep", std::string(300'000, 'd') + "end");
  write(root / "\xff\xfe\n bad \x1b[31m", "odd");
  write(root /
            "gr\xc3\xbc\xc3\x9f"
            "e",
        "utf-8");
  write(root / std::string(200, 'l') / std::string(200, 'n'), "a name that no old tar holds");
  make_sparse(root);
  fs::create_directory(root / "d/nothing");
  fs::create_hard_link(root / "plain", root / "d/hard");
  fs::create_symlink("/nowhere/\xff", root / "dangling");
  require(::mkfifo((root / "fifo").c_str(), 0640) == 0, root / "fifo");
  static_cast<void>(::mknod((root / "device").c_str(), S_IFCHR | 0600, ::makedev(1, 3)));  // root alone may
  static_cast<void>(::lchown((root / "d/secret").c_str(), 1234, 5678));
  static_cast<void>(::setxattr((root / "plain").c_str(), "user.note", "v\0w", 3, 0));
  static_cast<void>(::setxattr((root / "d/nothing").c_str(), "user.tag", "t", 1, 0));
  set_acl(root / "empty", "system.posix_acl_access");
  set_acl(root / "d/nothing", "system.posix_acl_default");
  set_mtime(root / "plain", 1'234'567'890, 123'456'789);
  set_mtime(root / "dangling", 1'000'000'000, 1);
  set_mtime(root / "d/setuid", -5, 500'000'000);
  set_mtime(root / "d", 99, 9);
  set_mtime(root, 1'111'111'111, 1);
}

std::string describe_tree(const fs::path& root) {
  std::map<ino_t, std::string> first_names;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(root)) paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::string text = describe(root, ".", first_names);
  for (const auto& path : paths)
    text += describe(path, path.string().substr(root.string().size() + 1), first_names);
  return text;
}

bool has_holes(const fs::path& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 && status.st_blocks * 512 < status.st_size;
}

}  // namespace deskloom::test
