#include "guest/server/tree_read.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace deskloom::guest {
namespace {

struct stat facts_of(int fd) {
  struct stat facts {};
  if (::fstat(fd, &facts) != 0) throw base::system_error("cannot look at it");
  return facts;
}

base::UniqueFd open_listed(Home& home, const std::string& path, std::uint64_t inode) {
  const auto place = home.locate(path);
  // O_NONBLOCK: a FIFO that has taken the file's place must not hold the helper up.
  constexpr int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  base::UniqueFd fd(::openat(place.directory, place.name.c_str(), flags));
  if (!fd) throw base::system_error("cannot open it");
  const auto facts = facts_of(fd.get());
  if (!S_ISREG(facts.st_mode) || facts.st_ino != inode || facts.st_dev != home.device()) {
    throw base::Error(base::ErrorKind::failed, "was replaced after it was listed");
  }
  return fd;
}

// [data, hole) is the next run of data at or after offset; both are size when there is none.
struct Run {
  std::uint64_t data, hole;
};

Run next_run(int fd, std::uint64_t offset, std::uint64_t size) {
  const off_t data = ::lseek(fd, static_cast<off_t>(offset), SEEK_DATA);
  if (data < 0) return {errno == ENXIO ? size : offset, size};  // else a file system that knows no holes
  const off_t hole = ::lseek(fd, data, SEEK_HOLE);
  return {std::min(size, static_cast<std::uint64_t>(data)),
          hole < 0 ? size : std::min(size, static_cast<std::uint64_t>(hole))};
}

// One message per call, so that a failed pread is told in the place of the next message.
std::uint64_t send_data(MessageStream& stream, int fd, std::uint64_t offset, std::uint64_t end,
                        std::string& buffer) {
  buffer.resize(std::min<std::uint64_t>(data_frame_bytes, end - offset));
  buffer.resize(base::pread_full(fd, buffer.data(), buffer.size(), offset, "it"));
  if (buffer.empty()) throw base::Error(base::ErrorKind::failed, "became shorter while it was read");
  stream.send(MessageType::data, buffer);
  return buffer.size();
}

void send_content(MessageStream& stream, int fd, std::uint64_t size) {
  std::string buffer;
  for (std::uint64_t offset = 0; offset < size;) {
    const auto run = next_run(fd, offset, size);
    if (run.data > offset) stream.send(MessageType::hole, Encoder().number(run.data - offset));
    for (offset = run.data; offset < run.hole;) offset += send_data(stream, fd, offset, run.hole, buffer);
  }
}

bool is_unchanged(const struct stat& before, const struct stat& after) {
  return before.st_size == after.st_size && to_ns(before.st_mtim) == to_ns(after.st_mtim) &&
         to_ns(before.st_ctim) == to_ns(after.st_ctim);
}

void send_open_file(MessageStream& stream, std::uint64_t index, int fd) {
  const auto before = facts_of(fd);
  const auto size = static_cast<std::uint64_t>(before.st_size);
  stream.send(MessageType::file_begin, Encoder().number(index).number(size));
  send_content(stream, fd, size);
  const auto after = facts_of(fd);
  if (!is_unchanged(before, after)) throw base::Error(base::ErrorKind::failed, "changed while it was read");
  stream.send(MessageType::file_end, Encoder()
                                         .number(index)
                                         .number(size)
                                         .signed_number(to_ns(after.st_mtim))
                                         .signed_number(to_ns(after.st_ctim)));
}

}  // namespace

void send_file(MessageStream& stream, Home& home, std::uint64_t index, const std::string& path,
               std::uint64_t inode) {
  try {
    send_open_file(stream, index, open_listed(home, path, inode).get());
  } catch (const base::Error& error) {
    // Were it the channel that failed, this fails as well and ends the conversation.
    stream.send(MessageType::file_failed, Encoder().number(index).string(error.what()));
  }
}

}  // namespace deskloom::guest
