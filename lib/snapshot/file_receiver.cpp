#include "snapshot/file_receiver.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace deskloom::snapshot {
namespace {

// How much a file may have grown since it was listed; past it the source is taken to send without end.
constexpr std::uint64_t growth_limit_bytes = std::uint64_t{1} << 30;

[[noreturn]] void refuse(const std::string& problem) {
  throw base::Error(base::ErrorKind::guest, "the source of the tree " + problem);
}

bool has_changed(const Node& listed, const Node& after, std::uint64_t received) {
  return after.size != received || after.size != listed.size || after.mtime_ns != listed.mtime_ns ||
         after.ctime_ns != listed.ctime_ns;
}

}  // namespace

void FileReceiver::expect(const std::vector<std::size_t>& wanted) {
  open_ = {wanted.begin(), wanted.end()};
  current_.reset();
  writer_.discard();
}

TreeSource::Receiver FileReceiver::callbacks() {
  return {[this](std::size_t index) { begin(index); }, [this](ByteView bytes) { data(bytes); },
          [this](std::uint64_t size) { hole(size); },
          [this](std::size_t index, const Node& after) { end(index, after); },
          [this](std::size_t index, const std::string& reason) { fail(index, reason); }};
}

void FileReceiver::begin(std::size_t index) {
  if (!open_.contains(index)) refuse("sends a file that was not asked for");
  if (current_ && *current_ != index) refuse("begins a file before it ended the last");
  current_ = index;
  writer_.discard();
  if (const Content* earlier = files_.earlier[index]; earlier != nullptr) writer_.follow(*earlier);
}

void FileReceiver::count(std::uint64_t size) {
  if (!current_) refuse("sends data outside a file");
  const Node& node = files_.nodes[*current_];
  if (size > node.size + growth_limit_bytes - std::min(writer_.size(), node.size + growth_limit_bytes)) {
    refuse("sends far more of '" + base::printable(node.path) + "' than it listed");
  }
}

void FileReceiver::data(ByteView bytes) {
  count(bytes.size());
  writer_.write(bytes);
  stats_.read_bytes += bytes.size();
  progress_.advance(bytes.size());
}

void FileReceiver::hole(std::uint64_t size) {
  count(size);
  writer_.hole(size);
  progress_.advance(size);
}

void FileReceiver::expect_current(std::size_t index) const {
  if (!current_ || *current_ != index) refuse("ends a file that it did not begin");
}

void FileReceiver::end(std::size_t index, const Node& after) {
  expect_current(index);
  files_.contents[index] = writer_.finish();
  Node& node = files_.nodes[index];
  if (!node.is_complete) node.xattrs = after.xattrs;
  if (has_changed(node, after, files_.contents[index]->size)) {
    skipped_.push_back({node.path, "changed while it was captured; stored as read"});
    node.mtime_ns = after.mtime_ns;
    node.ctime_ns = 0;  // never equal to a real one: the next capture reads it again
    node.inode = 0;
  }
  node.size = files_.contents[index]->size;
  ++stats_.files_changed;
  open_.erase(index);
  current_.reset();
}

void FileReceiver::fail(std::size_t index, const std::string& reason) {
  if (!open_.contains(index)) refuse("fails a file that was not asked for");
  if (current_) expect_current(index);
  writer_.discard();
  skipped_.push_back({files_.nodes[index].path, reason});
  open_.erase(index);
  current_.reset();
}

void FileReceiver::finish() {
  writer_.discard();
  for (const std::size_t index : open_) {
    skipped_.push_back({files_.nodes[index].path, "the source did not send it"});
  }
  open_.clear();
}

}  // namespace deskloom::snapshot
