#include "support/faults/power_cut.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace deskloom::test {
namespace {

namespace fs = std::filesystem;
using Kind = Call::Kind;

constexpr std::size_t page_bytes = 4096;

std::string parent_path(const std::string& path) { return fs::path(path).parent_path(); }
std::string name_in(const std::string& path) { return fs::path(path).filename(); }

std::string read_whole(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void change_names(std::map<std::string, std::uint64_t>& names,
                  const std::vector<std::pair<std::string, std::uint64_t>>& change) {
  for (const auto& [name, id] : change) {
    if (id == 0) {
      names.erase(name);
    } else {
      names[name] = id;
    }
  }
}

}  // namespace

PowerCut::PowerCut(const fs::path& before) : root_(load(before)) {}

PowerCut::Id PowerCut::load(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) throw std::runtime_error("cannot look at " + path.string());
  // Another name of a file that was met.
  if (const auto known = by_inode_.find(status.st_ino); known != by_inode_.end()) return known->second;
  const Id id = by_inode_[status.st_ino] = ++last_;
  if (!S_ISDIR(status.st_mode)) {
    files_[id].durable = read_whole(path);
    return id;
  }
  for (const auto& entry : fs::directory_iterator(path)) {
    const Id below = load(entry.path());
    directories_[id].durable[entry.path().filename()] = below;
  }
  directories_[id].now = directories_[id].durable;
  return id;
}

PowerCut::Id PowerCut::id_at(const std::string& path) const {
  if (path.empty()) return root_;
  return directories_.at(id_at(parent_path(path))).now.at(name_in(path));
}

PowerCut::Directory& PowerCut::parent_of(const std::string& path) {
  return directories_.at(id_at(parent_path(path)));
}

void PowerCut::change(const std::string& path, Id id) {
  Directory& directory = parent_of(path);
  directory.pending.push_back({{name_in(path), id}});
  change_names(directory.now, directory.pending.back());
}

void PowerCut::move(const Call& call) {
  if (parent_path(call.path) != parent_path(call.to)) throw std::logic_error("a move between directories");
  const Id id = id_at(call.path);
  Directory& directory = parent_of(call.path);
  directory.pending.push_back({{name_in(call.path), 0}, {name_in(call.to), id}});
  change_names(directory.now, directory.pending.back());
}

void PowerCut::sync(const Call& call) {
  const Id id = by_inode_.at(call.inode);
  if (const auto file = files_.find(id); file != files_.end()) {
    file->second.durable = content_of(file->second, {[] { return true; }, [] { return true; }});
    file->second.pending.clear();
    return;
  }
  directories_.at(id).durable = directories_.at(id).now;
  directories_.at(id).pending.clear();
}

void PowerCut::play(const Call& call) {
  switch (call.kind) {
    case Kind::create:
      by_inode_[call.inode] = ++last_;
      files_[last_] = {};
      return change(call.path, last_);
    case Kind::make_directory:
      by_inode_[call.inode] = ++last_;
      directories_[last_] = {};
      return change(call.path, last_);
    case Kind::write:
      return files_.at(by_inode_.at(call.inode)).pending.push_back({false, call.offset, call.data});
    case Kind::truncate:
      return files_.at(by_inode_.at(call.inode)).pending.push_back({true, call.offset, {}});
    case Kind::sync:
      return sync(call);
    case Kind::link:
      return change(call.to, by_inode_.at(call.inode));
    case Kind::rename:
      return move(call);
    case Kind::unlink:
      return change(call.path, 0);
    case Kind::open:
    case Kind::read:
      return;
  }
}

std::size_t PowerCut::pending() const {
  std::size_t count = 0;
  for (const auto& [id, file] : files_) count += file.pending.size();
  for (const auto& [id, directory] : directories_) count += directory.pending.size();
  return count;
}

std::string PowerCut::content_of(const File& file, const Choice& choice) {
  std::string content = file.durable;
  for (const DataChange& change : file.pending) {
    if (change.is_size) {
      if (choice.page()) content.resize(change.offset);
      continue;
    }
    for (std::size_t from = 0; from < change.data.size();) {
      const std::size_t at = change.offset + from;
      const std::size_t size = std::min(page_bytes - at % page_bytes, change.data.size() - from);
      if (choice.page()) {
        if (content.size() < at + size) content.resize(at + size);
        content.replace(at, size, change.data, from, size);
      }
      from += size;
    }
  }
  return content;
}

void PowerCut::build(const fs::path& directory, const Choice& choice) const {
  fs::create_directories(directory);
  build_directory(directory, directories_.at(root_), choice);
}

// Files that have several names come out as copies: nothing that is tested could tell.
void PowerCut::build_directory(const fs::path& to, const Directory& from, const Choice& choice) const {
  Names names = from.durable;
  for (const NameChange& change : from.pending) {
    if (choice.name()) change_names(names, change);
  }
  for (const auto& [name, id] : names) {
    if (const auto below = directories_.find(id); below != directories_.end()) {
      fs::create_directory(to / name);
      build_directory(to / name, below->second, choice);
    } else {
      std::ofstream(to / name, std::ios::binary) << content_of(files_.at(id), choice);
    }
  }
}

}  // namespace deskloom::test
