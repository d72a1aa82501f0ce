#include "guest/server/apply.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>

#include "base/error.hpp"
#include "guest/list_check.hpp"

namespace deskloom::guest {
namespace {

std::optional<GuestNode> look_at(const Home::Place& at) {
  struct stat facts {};
  if (::fstatat(at.directory, at.name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  return node_of(facts);
}

void rename_over(const Home::Place& at, const std::string& beside) {
  if (::renameat(at.directory, beside.c_str(), at.directory, at.name.c_str()) == 0) return;
  const auto error = base::system_error("cannot put it in its place");
  ::unlinkat(at.directory, beside.c_str(), 0);
  throw error;
}

bool has_target(const Home::Place& at, const std::string& target) {
  std::string buffer(target.size() + 1, '\0');
  const ssize_t n = ::readlinkat(at.directory, at.name.c_str(), buffer.data(), buffer.size());
  return n == static_cast<ssize_t>(target.size()) && buffer.compare(0, target.size(), target) == 0;
}

}  // namespace

Apply::Apply(Home& home, const Identity& identity, const Selection& selection, std::vector<GuestNode> nodes,
             bool remove_others)
    : home_(home),
      nodes_(std::move(nodes)),
      order_(nodes_.size()),
      remover_(
          home, selection, [this](const std::string& path) { return named_.contains(path); }, notes_),
      remove_others_(remove_others) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::sort(order_.begin(), order_.end(),
            [this](auto a, auto b) { return path_before(nodes_[a].path, nodes_[b].path); });
  check_nodes();
  const auto root = named_.find("");
  if (root == named_.end() && remove_others) {
    throw base::Error(base::ErrorKind::usage, "a tree without its root cannot say what else to remove");
  }
  const auto& account = identity.account;
  attributes_.emplace(identity, root == named_.end() ? account.uid : nodes_[root->second].uid,
                      root == named_.end() ? account.gid : nodes_[root->second].gid, notes_);
}

void Apply::check_nodes() {
  for (const auto index : order_) {
    const auto& node = nodes_[index];
    if (!named_.try_emplace(node.path, index).second) {
      throw base::Error(base::ErrorKind::usage, node.path + " is named twice");
    }
    const auto slash = node.path.rfind('/');
    const auto parent =
        named_.find(std::string_view(node.path).substr(0, slash == std::string::npos ? 0 : slash));
    if (parent != named_.end() && nodes_[parent->second].type != 'd') {
      throw base::Error(base::ErrorKind::usage, node.path + " lies in something that is no directory");
    }
    if (node.type == 'f' && node.link_group != 0) first_of_group_.try_emplace(node.link_group, index);
  }
}

template <typename Step>
void Apply::try_for(const GuestNode& node, Step step) {
  try {
    step();
  } catch (const base::Error& error) {
    notes_.add(node.path, error.what());
  }
}

std::vector<bool> Apply::prepare() {
  std::vector<bool> wanted(nodes_.size());
  for (const auto index : order_) {
    try_for(nodes_[index], [&] { wanted[index] = place(index); });
  }
  return wanted;
}

bool Apply::place(std::size_t index) {
  const auto& node = nodes_[index];
  const auto at = home_.locate(node.path);
  const auto existing = look_at(at);
  switch (node.type) {
    case 'd':
      place_directory(node, at, existing);
      return false;
    case 'l':
      place_link(node, at, existing);
      return false;
    case 'p':
      place_fifo(node, at, existing);
      return false;
    case 'f':
      return is_file_wanted(index, existing);
    default:
      throw base::Error(base::ErrorKind::failed, "devices and sockets are not restored");
  }
}

void Apply::place_directory(const GuestNode& node, const Home::Place& at,
                            const std::optional<GuestNode>& existing) {
  const bool is_there = existing && existing->type == 'd';
  if (existing && !is_there && ::unlinkat(at.directory, at.name.c_str(), 0) != 0) {
    throw base::system_error("cannot replace what is there");
  }
  if (!is_there && ::mkdirat(at.directory, at.name.c_str(), 0700) != 0)
    throw base::system_error("cannot create it");
  // Until finish() the user must be able to write in it.
  if (is_there && (existing->mode & 0700) != 0700 &&
      ::fchmodat(at.directory, at.name.c_str(), (node.mode | 0700) & 07777, 0) != 0) {
    throw base::system_error("cannot make it writable");
  }
}

void Apply::place_link(const GuestNode& node, const Home::Place& at,
                       const std::optional<GuestNode>& existing) {
  if (!existing || existing->type != 'l' || !has_target(at, node.target)) {
    const auto beside = beside_name();
    if (::symlinkat(node.target.c_str(), at.directory, beside.c_str()) != 0) {
      throw base::system_error("cannot create the link");
    }
    make_way(node.path, at);
    rename_over(at, beside);
  }
  attributes_->set_link_time(at.directory, at.name, node);
}

void Apply::place_fifo(const GuestNode& node, const Home::Place& at,
                       const std::optional<GuestNode>& existing) {
  if (!existing || existing->type != 'p') {
    const auto beside = beside_name();
    if (::mkfifoat(at.directory, beside.c_str(), 0600) != 0)
      throw base::system_error("cannot create the FIFO");
    make_way(node.path, at);
    rename_over(at, beside);
  }
  set_attributes(node);
}

bool Apply::is_file_wanted(std::size_t index, const std::optional<GuestNode>& existing) {
  const auto& node = nodes_[index];
  if (node.link_group != 0 && first_of_group_.at(node.link_group) != index) return false;
  const bool is_equal =
      existing && existing->type == 'f' && existing->size == node.size && existing->mtime_ns == node.mtime_ns;
  if (is_equal) set_attributes(node);
  return !is_equal;
}

// A directory cannot be renamed over: it goes first, with its content only when others are to be removed.
void Apply::make_way(const std::string& path, const Home::Place& at) {
  const auto existing = look_at(at);
  if (!existing || existing->type != 'd') return;
  if (remove_others_) remover_.remove_below(at.directory, at.name, path);
  if (::unlinkat(at.directory, at.name.c_str(), AT_REMOVEDIR) != 0) {
    throw base::system_error("cannot replace the directory that is there");
  }
}

void Apply::begin_file(std::uint64_t index) {
  writer_.reset();
  current_ = index;
  if (index >= nodes_.size() || nodes_[index].type != 'f') {
    throw base::Error(base::ErrorKind::usage, "content came for what is no file");
  }
  const auto& node = nodes_[index];
  try_for(node, [&] { writer_ = std::make_unique<FileWriter>(home_.locate(node.path), node.size); });
}

void Apply::data(std::string_view bytes) {
  write([&] { writer_->data(bytes); });
}

void Apply::hole(std::uint64_t size) {
  write([&] { writer_->hole(size); });
}

// After a failure, which is noted, the rest of that file is let pass.
template <typename Step>
void Apply::write(Step step) {
  if (!writer_) return;
  bool done = false;
  try_for(nodes_[current_], [&] {
    step();
    done = true;
  });
  if (!done) writer_.reset();
}

void Apply::end_file() {
  if (!writer_) return;
  const auto& node = nodes_[current_];
  try_for(node, [&] {
    writer_->complete();
    attributes_->set(writer_->fd(), node);
    make_way(node.path, home_.locate(node.path));
    writer_->place();
  });
  writer_.reset();
}

void Apply::link_to_first(const GuestNode& node) {
  const auto& first = nodes_[first_of_group_.at(node.link_group)];
  const auto from = home_.locate(first.path);
  const base::UniqueFd from_directory(::fcntl(from.directory, F_DUPFD_CLOEXEC, 3));
  const auto source = look_at({from_directory.get(), from.name});
  const auto at = home_.locate(node.path);
  const auto existing = look_at(at);
  if (source && existing && source->inode == existing->inode) return;
  const auto beside = beside_name();
  if (::linkat(from_directory.get(), from.name.c_str(), at.directory, beside.c_str(), 0) != 0) {
    throw base::system_error("cannot link it to " + first.path);
  }
  make_way(node.path, at);
  rename_over(at, beside);
}

void Apply::set_attributes(const GuestNode& node) {
  const auto at = home_.locate(node.path);
  const base::UniqueFd fd(::openat(at.directory, at.name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat facts {};
  if (!fd || ::fstat(fd.get(), &facts) != 0) throw base::system_error("cannot open it");
  // What stands here may not be what was placed: the user is free to act meanwhile.
  if (node_of(facts).type != node.type) throw base::Error(base::ErrorKind::failed, "was replaced meanwhile");
  attributes_->set(fd.get(), node);
}

Pairs Apply::finish() {
  writer_.reset();
  for (const auto index : order_) {
    const auto& node = nodes_[index];
    const bool follows =
        node.type == 'f' && node.link_group != 0 && first_of_group_.at(node.link_group) != index;
    if (follows) try_for(node, [&] { link_to_first(node); });
  }
  if (remove_others_) remover_.remove_below(home_.root(), ".", "");
  home_.forget_open_directories();
  for (auto at = order_.rbegin(); at != order_.rend(); ++at) {
    const auto& node = nodes_[*at];
    if (node.type == 'd') try_for(node, [&] { set_attributes(node); });
  }
  return notes_.all();
}

}  // namespace deskloom::guest
