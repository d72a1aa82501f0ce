#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.hpp"
#include "present/fuse_operations.hpp"
#include "present/fuse_status.hpp"
#include "present/type_bits.hpp"

namespace deskloom::present {
namespace {

using snapshot::Node;
using Place = ShownTrees::Place;

// What is shown never changes: the kernel may keep it as long as it likes.
constexpr double for_ever_s = 1e9;

Served& served(fuse_req_t request) { return *static_cast<Served*>(fuse_req_userdata(request)); }

// Errors must not pass through libfuse: the reader sees EIO, the administrator why.
template <typename Work>
void answer(fuse_req_t request, fuse_ino_t inode, const Work& work) {
  try {
    work();
  } catch (const std::exception& error) {
    served(request).on_error("inode " + std::to_string(inode) + ": " + error.what());
    fuse_reply_err(request, EIO);
  }
}

// As answer, for what happens to one file: it is named by its path.
template <typename Work>
void answer_for(fuse_req_t request, const Node& node, const Work& work) {
  try {
    work();
  } catch (const std::exception& error) {
    served(request).on_error("'" + base::printable(node.path) + "': " + error.what());
    fuse_reply_err(request, EIO);
  }
}

void on_init(void*, fuse_conn_info* connection) {
  connection->want |= connection->capable & (FUSE_CAP_POSIX_ACL | FUSE_CAP_EXPORT_SUPPORT);
}

void on_lookup(fuse_req_t request, fuse_ino_t parent, const char* name) {
  answer(request, parent, [&] {
    const ShownTrees& trees = served(request).trees;
    fuse_entry_param entry{};
    entry.attr_timeout = entry.entry_timeout = for_ever_s;
    const auto found = trees.find(trees.place_of(parent), name);
    if (found) {
      entry.ino = *found;
      entry.attr = status_of(trees, *found);
    }
    fuse_reply_entry(request, &entry);  // inode 0: the kernel remembers that there is none
  });
}

void on_getattr(fuse_req_t request, fuse_ino_t inode, fuse_file_info*) {
  answer(request, inode, [&] {
    const auto status = status_of(served(request).trees, inode);
    fuse_reply_attr(request, &status, for_ever_s);
  });
}

void on_readlink(fuse_req_t request, fuse_ino_t inode) {
  answer(request, inode, [&] {
    const Place place = served(request).trees.place_of(inode);
    if (!place.view) {
      fuse_reply_err(request, EINVAL);
      return;
    }
    fuse_reply_readlink(request, place.view->node(place.number).target.c_str());
  });
}

struct OpenFile {
  ShownTrees::View view;  // the reader needs it
  Node node;
  std::unique_ptr<snapshot::RandomReader> reader;
};

OpenFile& open_file(const fuse_file_info* info) { return *reinterpret_cast<OpenFile*>(info->fh); }

void on_open(fuse_req_t request, fuse_ino_t inode, fuse_file_info* info) {
  answer(request, inode, [&] {
    if ((info->flags & O_ACCMODE) != O_RDONLY) {
      fuse_reply_err(request, EROFS);
      return;
    }
    const Place place = served(request).trees.place_of(inode);
    auto file = std::make_unique<OpenFile>(
        OpenFile{place.view, place.view->node(place.number), place.view->open(place.number)});
    info->fh = reinterpret_cast<std::uint64_t>(file.get());
    info->keep_cache = 1;
    if (fuse_reply_open(request, info) == 0) static_cast<void>(file.release());
  });
}

void on_read(fuse_req_t request, fuse_ino_t, std::size_t size, off_t offset, fuse_file_info* info) {
  OpenFile& file = open_file(info);
  answer_for(request, file.node, [&] {
    static thread_local std::vector<std::byte> buffer;
    buffer.resize(std::max(buffer.size(), size));
    const std::size_t n =
        file.reader->read(std::span(buffer).first(size), static_cast<std::uint64_t>(offset));
    fuse_reply_buf(request, reinterpret_cast<const char*>(buffer.data()), n);
  });
}

// Where data or a hole begins at or after offset; -1: nowhere.
off_t seek(const OpenFile& file, off_t offset, bool to_data) {
  const auto size = static_cast<off_t>(file.node.size);
  if (offset < 0 || offset >= size) return -1;
  for (const auto& range : file.reader->data_ranges()) {
    const auto begin = static_cast<off_t>(range.offset);
    const auto end = begin + static_cast<off_t>(range.size);
    if (end <= offset) continue;
    if (to_data) return std::max(begin, offset);
    return offset < begin ? offset : end;
  }
  return to_data ? -1 : offset;
}

void on_lseek(fuse_req_t request, fuse_ino_t, off_t offset, int whence, fuse_file_info* info) {
  const OpenFile& file = open_file(info);
  answer_for(request, file.node, [&] {
    if (whence != SEEK_DATA && whence != SEEK_HOLE) {
      fuse_reply_err(request, EINVAL);
      return;
    }
    const off_t found = seek(file, offset, whence == SEEK_DATA);
    found < 0 ? fuse_reply_err(request, ENXIO) : fuse_reply_lseek(request, found);
  });
}

void on_release(fuse_req_t request, fuse_ino_t, fuse_file_info* info) {
  delete &open_file(info);
  fuse_reply_err(request, 0);
}

using Listing = std::vector<ShownTrees::Child>;

void on_opendir(fuse_req_t request, fuse_ino_t inode, fuse_file_info* info) {
  answer(request, inode, [&] {
    const ShownTrees& trees = served(request).trees;
    auto listing = std::make_unique<Listing>(trees.children(trees.place_of(inode)));
    info->fh = reinterpret_cast<std::uint64_t>(listing.get());
    info->cache_readdir = info->keep_cache = 1;
    if (fuse_reply_open(request, info) == 0) static_cast<void>(listing.release());
  });
}

void on_readdir(fuse_req_t request, fuse_ino_t inode, std::size_t size, off_t offset, fuse_file_info* info) {
  answer(request, inode, [&] {
    const auto& listing = *reinterpret_cast<const Listing*>(info->fh);
    std::vector<char> buffer(size);
    std::size_t used = 0;
    for (auto i = static_cast<std::size_t>(offset); i < listing.size(); ++i) {
      struct stat status {};
      status.st_ino = listing[i].inode;
      status.st_mode = type_bits(listing[i].type);
      const std::size_t taken =
          fuse_add_direntry(request, buffer.data() + used, size - used, listing[i].name.c_str(), &status,
                            static_cast<off_t>(i + 1));
      if (taken > size - used) break;
      used += taken;
    }
    fuse_reply_buf(request, buffer.data(), used);
  });
}

void on_releasedir(fuse_req_t request, fuse_ino_t, fuse_file_info* info) {
  delete reinterpret_cast<Listing*>(info->fh);
  fuse_reply_err(request, 0);
}

// size 0 asks for the length.
void reply_sized(fuse_req_t request, const std::string& text, std::size_t size) {
  if (size == 0) {
    fuse_reply_xattr(request, text.size());
  } else if (size < text.size()) {
    fuse_reply_err(request, ERANGE);
  } else {
    fuse_reply_buf(request, text.data(), text.size());
  }
}

std::vector<std::pair<std::string, std::string>> xattrs_of(fuse_req_t request, fuse_ino_t inode) {
  const Place place = served(request).trees.place_of(inode);
  if (!place.view) return {};
  return place.view->node(place.number).xattrs;
}

void on_getxattr(fuse_req_t request, fuse_ino_t inode, const char* name, std::size_t size) {
  answer(request, inode, [&] {
    for (const auto& [key, value] : xattrs_of(request, inode)) {
      if (key == name) return reply_sized(request, value, size);
    }
    fuse_reply_err(request, ENODATA);
  });
}

void on_listxattr(fuse_req_t request, fuse_ino_t inode, std::size_t size) {
  answer(request, inode, [&] {
    std::string names;
    for (const auto& [key, value] : xattrs_of(request, inode)) names += key + '\0';
    reply_sized(request, names, size);
  });
}

void on_statfs(fuse_req_t request, fuse_ino_t) {
  struct statvfs status {};
  status.f_bsize = status.f_frsize = 4096;
  status.f_namemax = 255;
  fuse_reply_statfs(request, &status);
}

fuse_lowlevel_ops make_operations() {
  fuse_lowlevel_ops made{};
  made.init = on_init;
  made.lookup = on_lookup;
  made.getattr = on_getattr;
  made.readlink = on_readlink;
  made.open = on_open;
  made.read = on_read;
  made.lseek = on_lseek;
  made.release = on_release;
  made.opendir = on_opendir;
  made.readdir = on_readdir;
  made.releasedir = on_releasedir;
  made.getxattr = on_getxattr;
  made.listxattr = on_listxattr;
  made.statfs = on_statfs;
  return made;
}

}  // namespace

const fuse_lowlevel_ops& operations() {
  static const fuse_lowlevel_ops made = make_operations();
  return made;
}

}  // namespace deskloom::present
