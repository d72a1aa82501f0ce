#include "fleet/libvirt/embedded_root.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace deskloom::fleet {
namespace {

// stdio_handler: there is no virtlogd beside an embedded driver. The rest is what an unprivileged driver does
// anyway; QEMU's own user could not reach a root that only root may enter.
constexpr const char* qemu_conf = R"(stdio_handler = "file"
security_driver = "none"
cgroup_controllers = []
namespaces = []
remember_owner = 0
)";
constexpr const char* qemu_conf_as_root = R"(user = "root"
group = "root"
)";

bool fits_in_uri(const std::string& path) {
  return std::all_of(path.begin(), path.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '-' || c == '_' || c == '.';
  });
}

// FNV-1a: stable between programs and versions, unlike std::hash.
std::uint64_t hash_of(const std::string& text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

void make_own_directory(const std::filesystem::path& directory, uid_t user) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    throw base::system_error("cannot create " + directory.string());
  }
  struct stat status {};
  if (::lstat(directory.c_str(), &status) != 0) throw base::system_error("cannot stat " + directory.string());
  const bool ours = S_ISDIR(status.st_mode) && status.st_uid == user && (status.st_mode & 022) == 0;
  if (ours) return;
  throw base::Error(base::ErrorKind::failed, directory.string() + " is not a directory of this user alone",
                    "another user made it: have it removed, or choose an embedded root of at most " +
                        std::to_string(max_root_bytes) + " bytes");
}

// Aliases of roots that are gone.
void remove_dangling_links(const std::filesystem::path& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    std::error_code ignored;  // another process may be at it too
    if (entry.is_symlink(ignored) && !std::filesystem::exists(entry.path(), ignored)) {
      std::filesystem::remove(entry.path(), ignored);
    }
  }
}

}  // namespace

std::filesystem::path embedded_alias(const std::filesystem::path& root,
                                     const std::filesystem::path& alias_dir) {
  const std::string path = root.string();
  if (path.size() <= max_root_bytes && fits_in_uri(path)) return root;
  return alias_dir / fmt::format("{:06x}", hash_of(path) & 0xffffff);
}

std::filesystem::path embedded_alias_dir(uid_t user) { return "/tmp/dl-" + std::to_string(user); }

void link_alias(const std::filesystem::path& alias, const std::filesystem::path& root, uid_t user) {
  make_own_directory(alias.parent_path(), user);
  remove_dangling_links(alias.parent_path());
  if (::symlink(root.c_str(), alias.c_str()) == 0) return;
  if (errno != EEXIST) throw base::system_error("cannot link " + alias.string() + " to " + root.string());
  const auto target = std::filesystem::read_symlink(alias);
  if (target == root) return;
  throw base::Error(
      base::ErrorKind::failed,
      alias.string() + ", the short name for " + root.string() + ", is taken by " + target.string(),
      "rename one of the two embedded roots");
}

void prepare_embedded_root(const std::filesystem::path& root, const std::filesystem::path& cache_dir,
                           uid_t user) {
  base::make_private_directories(root / "etc");
  const auto conf = root / "etc/qemu.conf";
  if (!std::filesystem::exists(conf)) {
    base::write_file_durably(conf, std::string(qemu_conf) + (user == 0 ? qemu_conf_as_root : ""));
  }
  const auto cache = root / "cache";
  if (cache_dir.empty() || std::filesystem::exists(std::filesystem::symlink_status(cache))) return;
  base::make_private_directories(cache_dir / "libvirt");
  std::filesystem::create_directory_symlink(std::filesystem::absolute(cache_dir / "libvirt"), cache);
}

}  // namespace deskloom::fleet
