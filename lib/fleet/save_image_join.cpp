#include <fcntl.h>

#include <algorithm>

#include "base/error.hpp"
#include "fleet/save_image.hpp"
#include "fleet/save_image_rest.hpp"

namespace deskloom::fleet {
namespace {

using namespace save_image;

constexpr std::uint64_t page_bytes = SaveImage::page_bytes;
constexpr std::size_t piece_bytes = 1 << 20;
// How often QEMU may send a page as zeros again: a rest that claims more would fill the disk.
constexpr std::uint64_t rounds_limit = 64;

// The image's octets, gathered.
class Output {
 public:
  explicit Output(const std::filesystem::path& file)
      : name_(file.string()), fd_(base::open_file(file, O_WRONLY | O_CREAT | O_EXCL)) {}
  std::string& buffer() {
    if (buffer_.size() > 1 << 20) flush();
    return buffer_;
  }
  void finish() {
    flush();
    base::fsync_fd(fd_.get(), name_);
  }

 private:
  void flush() {
    base::write_full(fd_.get(), buffer_, name_);
    buffer_.clear();
  }

  std::string name_;
  base::UniqueFd fd_;
  std::string buffer_;
};

class Joiner {
 public:
  using ReadMemory = std::function<void(std::uint64_t offset, std::span<std::byte> into)>;
  Joiner(base::ByteSource& rest, std::uint64_t memory_bytes, const ReadMemory& read_memory,
         const std::filesystem::path& file)
      : rest_(rest),
        memory_pages_(memory_bytes / page_bytes),
        pages_left_(memory_pages_),
        zero_pages_left_(memory_pages_ * rounds_limit),
        read_memory_(read_memory),
        out_(file) {}
  void run();

 private:
  std::size_t take(std::span<std::byte> into);
  std::string take(std::size_t size);  // all of it at once: for what is small
  template <typename T>
  T integer();
  void put_octets(std::size_t count);
  void put_page(std::uint64_t page);
  void put_run(Record kind);

  base::ByteSource& rest_;
  std::uint64_t memory_pages_;
  std::uint64_t pages_left_;  // each stands in the image once
  std::uint64_t zero_pages_left_;
  const ReadMemory& read_memory_;
  Output out_;
};

[[noreturn]] void fail_rest() {
  throw base::Error(base::ErrorKind::corrupt, "the part of a save image that is not memory is damaged");
}

std::size_t Joiner::take(std::span<std::byte> into) {
  std::size_t have = 0;
  while (have < into.size()) {
    const std::size_t n = rest_.read(into.subspan(have));
    if (n == 0) break;
    have += n;
  }
  return have;
}

std::string Joiner::take(std::size_t size) {
  std::string text(size, '\0');
  if (take(std::as_writable_bytes(std::span(text))) != size) fail_rest();
  return text;
}

template <typename T>
T Joiner::integer() {
  const std::string text = take(sizeof(T));
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value = static_cast<T>(value | static_cast<T>(static_cast<unsigned char>(text[i])) << (8 * i));
  return value;
}

// In pieces: what the count claims may not be there.
void Joiner::put_octets(std::size_t count) {
  while (count > 0) {
    const std::size_t piece = std::min(count, piece_bytes);
    out_.buffer() += take(piece);
    count -= piece;
  }
}

void Joiner::put_page(std::uint64_t page) {
  if (page >= memory_pages_ || pages_left_-- == 0) fail_rest();
  std::string& out = out_.buffer();
  out.resize(out.size() + page_bytes);
  const auto bytes = std::as_writable_bytes(std::span(out));
  read_memory_(page * page_bytes, bytes.last(page_bytes));
}

void Joiner::put_run(Record kind) {
  const auto word = integer<std::uint64_t>();
  const auto count = integer<std::uint32_t>();
  const auto first_page = kind == Record::pages ? integer<std::uint64_t>() : 0;
  if (kind == Record::zero_pages) {
    if (count > zero_pages_left_) fail_rest();
    zero_pages_left_ -= count;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    put_word(out_.buffer(), word + i * page_bytes);
    if (kind == Record::pages) {
      put_page(first_page + i);
    } else {
      out_.buffer() += '\0';
    }
  }
}

void Joiner::run() {
  if (take(rest_magic.size()) != rest_magic) fail_rest();
  for (std::byte kind{}; take(std::span(&kind, 1)) == 1;) {
    const auto record = static_cast<Record>(kind);
    if (record == Record::octets) {
      put_octets(integer<std::uint32_t>());
    } else if (record == Record::page) {
      put_page(integer<std::uint64_t>());
    } else if (record == Record::pages || record == Record::zero_pages) {
      put_run(record);
    } else {
      fail_rest();
    }
  }
  out_.finish();
}

}  // namespace

void join_save_image(base::ByteSource& rest, std::uint64_t memory_bytes,
                     const Joiner::ReadMemory& read_memory, const std::filesystem::path& file) {
  Joiner(rest, memory_bytes, read_memory, file).run();
}

}  // namespace deskloom::fleet
