#include "guest/server/surroundings.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/fd.hpp"
#include "base/handle.hpp"
#include "guest/server/lines.hpp"
#include "guest/server/proc.hpp"

namespace deskloom::guest {
namespace {

// "\040" and so on: how /proc/mounts writes blanks and backslashes.
std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      result += static_cast<char>(std::strtoul(std::string(text.substr(i + 1, 3)).c_str(), nullptr, 8));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

bool is_network_file_system(std::string_view type) {
  static constexpr std::array<std::string_view, 14> types = {
      "nfs",        "nfs4",           "cifs", "smb3", "smbfs", "fuse.sshfs", "fuse.rclone",
      "fuse.davfs", "fuse.glusterfs", "ceph", "afs",  "9p",    "davfs",      "virtiofs"};
  return std::find(types.begin(), types.end(), type) != types.end();
}

bool is_at_or_below(const std::string& path, const std::string& directory) {
  return path == directory || (path.starts_with(directory) && path[directory.size()] == '/');
}

bool is_sync_folder(std::string_view name) {
  static constexpr std::array<std::string_view, 12> prefixes = {
      "Nextcloud", "ownCloud",    "Dropbox", "OneDrive",  "Google Drive", "GoogleDrive",
      "MEGA",      "pCloudDrive", "Seafile", "Syncthing", "Insync",       "Box Sync"};
  return std::any_of(prefixes.begin(), prefixes.end(), [&](auto prefix) { return name.starts_with(prefix); });
}

}  // namespace

std::vector<Mount> user_mounts(const std::string& proc_mounts, const std::string& home) {
  std::vector<Mount> mounts;
  for (const auto line : split(proc_mounts, '\n')) {
    const auto fields = split(line, ' ');
    if (fields.size() < 3) continue;
    Mount mount{unescaped(fields[0]), unescaped(fields[1]), std::string(fields[2])};
    if (is_at_or_below(mount.target, home) || is_network_file_system(mount.type))
      mounts.push_back(std::move(mount));
  }
  return mounts;
}

std::vector<std::pair<std::string, std::string>> xdg_directories(const std::string& text,
                                                                 const std::string& home) {
  std::vector<std::pair<std::string, std::string>> directories;
  for (auto line : split(text, '\n')) {
    line = trimmed(line);
    const auto equals = line.find("=\"");
    if (!line.starts_with("XDG_") || equals == std::string_view::npos || !line.ends_with('"')) continue;
    std::string path(line.substr(equals + 2, line.size() - equals - 3));
    if (path.starts_with("$HOME")) path.replace(0, 5, home);
    if (path.starts_with('/')) directories.emplace_back(line.substr(0, equals), path);
  }
  return directories;
}

std::vector<std::string> sync_folders(const std::string& home) {
  std::vector<std::string> folders;
  const base::Handle<DIR, ::closedir> directory(::opendir(home.c_str()));
  while (const dirent* entry = directory ? ::readdir(directory.get()) : nullptr) {
    struct stat facts {};
    const bool is_directory =
        ::fstatat(::dirfd(directory.get()), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISDIR(facts.st_mode);
    if (is_directory && is_sync_folder(entry->d_name)) folders.push_back(home + "/" + entry->d_name);
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

std::string read_user_dirs(const std::string& home) {
  const auto path = home + "/.config/user-dirs.dirs";
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat facts {};
  if (!fd || ::fstat(fd.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return "";
  std::string text(65536, '\0');
  text.resize(base::read_full(fd.get(), text.data(), text.size(), path));
  return text;
}

std::uint64_t memory_total_bytes() {
  const auto text = read_proc("/proc/meminfo", 4096);
  const auto at = text.find("MemTotal:");
  return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at + 9, nullptr, 10) * 1024;
}

}  // namespace deskloom::guest
