#include "guest/server/tree_walk.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include "base/error.hpp"
#include "base/handle.hpp"
#include "base/path.hpp"
#include "guest/server/xattr.hpp"

namespace deskloom::guest {
namespace {

bool lies_below(const std::string& path, const std::string& directory) {
  return path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/';
}

bool read_target(int directory, const std::string& name, std::string& target) {
  target.resize(PATH_MAX);
  const ssize_t n = ::readlinkat(directory, name.c_str(), target.data(), target.size());
  target.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return n >= 0;
}

}  // namespace

Selection::Selection(const TreeRequest& request) : include_(request.include), exclude_(request.exclude) {
  for (const auto& path : include_) {
    if (!base::is_safe_relative_path(path)) {
      throw base::Error(base::ErrorKind::usage, "the included path " + path + " is not one below the home");
    }
  }
}

bool Selection::contains(const std::string& path, bool is_directory) const {
  const bool included = include_.empty() ||
                        std::any_of(include_.begin(), include_.end(),
                                    [&](const auto& root) { return path == root || lies_below(path, root); });
  return included && !exclude_.excluded(path, is_directory);
}

bool Selection::leads_to(const std::string& path) const {
  if (path.empty()) return true;
  return !exclude_.excluded(path, true) &&
         std::any_of(include_.begin(), include_.end(),
                     [&](const auto& root) { return lies_below(root, path); });
}

std::vector<std::string> names_in(int directory) {
  const int fd = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) throw base::system_error("cannot list the directory");
  const base::Handle<DIR, ::closedir> stream(::fdopendir(fd));
  if (!stream) throw base::system_error("cannot list the directory");
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(stream.get())) names.emplace_back(entry->d_name);
  std::erase_if(names, [](const auto& name) { return name == "." || name == ".."; });
  std::sort(names.begin(), names.end());
  // While the directory is changed, readdir(3) may give a name twice.
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

TreeWalk::TreeWalk(Home& home, const Selection& selection, OnNode on_node, Notes& skipped)
    : home_(home), selection_(selection), on_node_(std::move(on_node)), skipped_(skipped) {}

void TreeWalk::run() {
  visit(home_.root(), ".", "");
  note_missing_includes();
}

void TreeWalk::visit(int directory, const std::string& name, const std::string& path) {
  struct stat facts {};
  if (::fstatat(directory, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno != ENOENT) skipped_.add(path, std::strerror(errno));
    return;
  }
  const bool is_directory = S_ISDIR(facts.st_mode);
  if (!selection_.contains(path, is_directory) && !(is_directory && selection_.leads_to(path))) return;
  if (facts.st_dev != home_.device()) return skipped_.add(path, "is on another file system");
  if (S_ISSOCK(facts.st_mode)) return skipped_.add(path, "is a socket");
  if (!path.empty() && !base::is_safe_relative_path(path)) return skipped_.add(path, "has too long a path");
  auto node = node_of(facts);
  node.path = path;
  if (!complete(node, directory, name, facts.st_nlink)) return;
  on_node_(node);
  if (is_directory) enter(directory, name, path);
}

bool TreeWalk::complete(GuestNode& node, int directory, const std::string& name, nlink_t links) {
  if (node.type == 'l' && !read_target(directory, name, node.target)) {
    skipped_.add(node.path, std::string("cannot read the link: ") + std::strerror(errno));
    return false;
  }
  if (node.type == 'f' && links > 1) {
    // A file that grows during the walk must not look like two.
    const auto [at, is_new] = linked_.try_emplace(node.inode, node);
    if (is_new) at->second.link_group = linked_.size();
    auto path = std::move(node.path);
    node = at->second;
    node.path = std::move(path);
  }
  if (node.type == 'f' || node.type == 'd') {
    std::string reason;
    node.xattrs = read_xattrs(path_of_fd(directory) + "/" + name, Follow::no, reason);
    if (!reason.empty()) skipped_.add(node.path, reason);
  }
  return true;
}

void TreeWalk::enter(int directory, const std::string& name, const std::string& path) {
  std::vector<std::string> names;
  const base::UniqueFd fd(::openat(directory, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat facts {};
  try {
    if (!fd || ::fstat(fd.get(), &facts) != 0) throw base::system_error("cannot enter the directory");
    if (facts.st_dev != home_.device())
      throw base::Error(base::ErrorKind::failed, "is on another file system");
    names = names_in(fd.get());
  } catch (const base::Error& error) {
    skipped_.add(path, error.what());
  }
  for (const auto& entry : names) visit(fd.get(), entry, path_below(path, entry));
}

void TreeWalk::note_missing_includes() {
  for (const auto& path : selection_.include()) {
    struct stat facts {};
    bool exists = false;
    try {
      const auto place = home_.locate(path);
      exists = ::fstatat(place.directory, place.name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0;
    } catch (const base::Error&) {
      exists = false;  // a directory on the way is missing or is none
    }
    if (!exists) skipped_.add(path, "does not exist");
  }
}

}  // namespace deskloom::guest
