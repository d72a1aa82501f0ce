#include "fleet/save_image.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

#include "base/error.hpp"
#include "fleet/save_image_rest.hpp"

namespace deskloom::fleet {
namespace {

using namespace save_image;

constexpr std::string_view magic = "LibvirtQemudSave";
constexpr std::uint64_t header_bytes = 92;
constexpr std::uint64_t page_bytes = SaveImage::page_bytes;

// QEMU's migration/savevm.h and migration/ram.c.
constexpr std::uint8_t section_start = 1, section_part = 2, section_end = 3, section_configuration = 7,
                       section_footer = 0x7e;
constexpr std::uint64_t flag_zero = 0x02, flag_mem_size = 0x04, flag_page = 0x08, flag_eos = 0x10,
                        flag_same_block = 0x20, flag_flush = 0x200;

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& problem) {
  throw base::Error(base::ErrorKind::failed, file.string() + ": " + problem);
}

template <typename T>
void put(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out += static_cast<char>((value >> (8 * i)) & 0xff);
}

// Front to back through a file; its end ends it.
struct EndOfFile {};
class Cursor {
 public:
  explicit Cursor(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

  std::uint64_t at() const { return at_; }
  void skip(std::uint64_t size) { at_ += size; }
  std::string_view text(std::size_t size) {
    if (at_ < start_ || at_ + size > start_ + have_) fill(size);
    const std::string_view text(buffer_.data() + (at_ - start_), size);
    at_ += size;
    return text;
  }
  template <typename T>
  T big_endian() {
    T value = 0;
    for (const char c : text(sizeof(T))) value = static_cast<T>(value << 8 | static_cast<unsigned char>(c));
    return value;
  }
  std::uint8_t byte() { return big_endian<std::uint8_t>(); }

 private:
  void fill(std::size_t size) {
    buffer_.resize(std::max<std::size_t>(size, 1 << 20));
    start_ = at_;
    have_ = base::pread_full(fd_, buffer_.data(), buffer_.size(), at_, name_);
    if (have_ < size) throw EndOfFile();
  }

  int fd_;
  std::string name_;
  std::string buffer_;
  std::uint64_t start_ = 0;
  std::size_t have_ = 0;
  std::uint64_t at_ = 0;
};

}  // namespace

class SaveImageParser {
 public:
  explicit SaveImageParser(SaveImage& image)
      : image_(image),
        size_(std::filesystem::file_size(image.file_)),
        in_(image.fd_.get(), image.file_.string()) {}
  void run();

 private:
  // A run of page words, not written to the rest yet.
  struct Run {
    Record kind = Record::octets;
    std::uint64_t word = 0;
    std::uint32_t count = 0;
    std::uint64_t page = 0;
  };
  struct Block {
    std::uint64_t first_page = 0;
    std::uint64_t pages = 0;
  };

  void parse_header();
  void parse_sections();
  bool parse_ram();
  bool parse_blocks(std::uint64_t total);
  bool parse_page(std::uint64_t word);
  void take(Run one, std::uint64_t until);
  static std::uint64_t size_of(const Run& run);
  std::uint64_t place_of(std::uint64_t page, std::uint64_t at);
  void end_run();
  void copy_until(std::uint64_t end);  // as octets

  SaveImage& image_;
  std::uint64_t size_;
  Cursor in_;
  std::uint64_t copied_ = 0;  // of the file, into the rest
  Run run_;
  std::uint64_t run_until_ = 0;  // of the file
  std::map<std::string, Block, std::less<>> blocks_;
  const Block* block_ = nullptr;
};

void SaveImageParser::run() {
  image_.rest_ = rest_magic;
  parse_header();
  try {
    parse_sections();
  } catch (const EndOfFile&) {
    // What follows the last page is copied below.
  }
  end_run();
  copy_until(size_);
}

void SaveImageParser::parse_header() try {
  if (in_.text(magic.size()) != magic) fail(image_.file_, "is no whole save image of libvirt");
  std::uint32_t fields[4];  // version, length of the XML and what follows it, was running, compression
  std::memcpy(fields, in_.text(sizeof fields).data(), sizeof fields);
  if (fields[3] != 0) {
    throw base::Error(base::ErrorKind::failed, image_.file_.string() + " is compressed",
                      "set save_image_format = \"raw\" in libvirt's qemu.conf: the store compresses");
  }
  in_.skip(header_bytes - magic.size() - sizeof fields + fields[1]);
} catch (const EndOfFile&) {
  fail(image_.file_, "is no whole save image of libvirt");
}

void SaveImageParser::parse_sections() {
  if (in_.text(4) != "QEVM") return;
  in_.skip(4);
  std::optional<std::uint32_t> ram;
  for (;;) {
    const auto type = in_.byte();
    if (type == section_configuration) {
      in_.skip(in_.big_endian<std::uint32_t>());
      continue;
    }
    if (type != section_start && type != section_part && type != section_end) return;
    const auto id = in_.big_endian<std::uint32_t>();
    if (type == section_start) {
      const std::string name(in_.text(in_.byte()));
      in_.skip(8);
      if (name == "ram") ram = id;
    }
    if (ram != id || !parse_ram()) return;
    if (in_.byte() != section_footer || in_.big_endian<std::uint32_t>() != id || type == section_end) return;
  }
}

// One section's words; false at the first that is not understood.
bool SaveImageParser::parse_ram() {
  for (;;) {
    const auto word = in_.big_endian<std::uint64_t>();
    const std::uint64_t flags = word % page_bytes;
    if (flags == flag_eos) return true;
    if (flags == flag_flush) continue;
    const bool understood = flags == flag_mem_size ? parse_blocks(word - flag_mem_size) : parse_page(word);
    if (!understood) return false;
  }
}

bool SaveImageParser::parse_blocks(std::uint64_t total) {
  std::uint64_t bytes = 0;
  while (bytes < total) {
    const std::string name(in_.text(in_.byte()));
    const auto length = in_.big_endian<std::uint64_t>();
    if (length % page_bytes != 0 || length > memory_limit_bytes - bytes) return false;
    // The table of pages must not be much larger than the file that asks for it.
    if ((bytes + length) / page_bytes > size_) return false;
    blocks_[name] = {bytes / page_bytes, length / page_bytes};
    bytes += length;
  }
  image_.pages_.resize(bytes / page_bytes);
  return bytes == total;
}

bool SaveImageParser::parse_page(std::uint64_t word) {
  const std::uint64_t flags = (word % page_bytes) & ~flag_same_block;
  if (flags != flag_zero && flags != flag_page) return false;
  if ((word & flag_same_block) == 0) {
    end_run();
    const auto found = blocks_.find(in_.text(in_.byte()));
    block_ = found == blocks_.end() ? nullptr : &found->second;
  }
  const std::uint64_t number = word / page_bytes;
  if (block_ == nullptr || number >= block_->pages) return false;
  if (flags == flag_zero) {
    const bool is_zero = in_.byte() == 0;
    if (is_zero && (word & flag_same_block) != 0) take({Record::zero_pages, word, 1, 0}, in_.at());
  } else {
    if (in_.at() + page_bytes > size_) throw EndOfFile();
    const std::uint64_t place = place_of(block_->first_page + number, in_.at());
    in_.skip(page_bytes);
    take({(word & flag_same_block) != 0 ? Record::pages : Record::page, word, 1, place}, in_.at());
  }
  return true;
}

// A page that was there before comes behind all others: its first octets stay where they are looked for.
std::uint64_t SaveImageParser::place_of(std::uint64_t page, std::uint64_t at) {
  if (image_.pages_[page] == 0) {
    image_.pages_[page] = at;
    return page;
  }
  image_.pages_.push_back(at);
  return image_.pages_.size() - 1;
}

// What ends at until is one more of the run, or the first of the next.
void SaveImageParser::take(Run one, std::uint64_t until) {
  const bool goes_on = run_.count > 0 && one.kind == run_.kind && one.kind != Record::page &&
                       one.word == run_.word + run_.count * page_bytes &&
                       (one.kind == Record::zero_pages || one.page == run_.page + run_.count) &&
                       run_until_ + size_of(one) == until;
  if (goes_on) {
    ++run_.count;
  } else {
    end_run();
    copy_until(until - size_of(one));
    run_ = one;
  }
  run_until_ = until;
}

// How many octets of the image it stands for.
std::uint64_t SaveImageParser::size_of(const Run& run) {
  if (run.kind == Record::page) return page_bytes;
  return run.count * (sizeof run.word + (run.kind == Record::pages ? page_bytes : 1));
}

void SaveImageParser::end_run() {
  if (run_.count == 0) return;
  std::string& rest = image_.rest_;
  rest += static_cast<char>(run_.kind);
  if (run_.kind != Record::page) {
    put(rest, run_.word);
    put(rest, run_.count);
  }
  if (run_.kind != Record::zero_pages) put(rest, run_.page);
  copied_ = run_until_;
  run_ = {};
}

void SaveImageParser::copy_until(std::uint64_t end) {
  constexpr std::uint64_t at_a_time = 1 << 20;
  std::string& rest = image_.rest_;
  while (copied_ < end) {
    const std::uint64_t size = std::min(end - copied_, at_a_time);
    if (rest.size() + size > rest_limit_bytes)
      fail(image_.file_, "is of a QEMU that this program does not know");
    rest += static_cast<char>(Record::octets);
    put(rest, static_cast<std::uint32_t>(size));
    const std::size_t from = rest.size();
    rest.resize(from + size);
    if (base::pread_full(image_.fd_.get(), &rest[from], size, copied_, image_.file_.string()) != size) {
      fail(image_.file_, "became shorter while it was read");
    }
    copied_ += size;
  }
}

bool SaveImage::is_one(const std::filesystem::path& file) {
  const auto fd = base::open_file(file, O_RDONLY);
  std::string start(magic.size(), '\0');
  return base::pread_full(fd.get(), start.data(), start.size(), 0, file.string()) == start.size() &&
         start == magic;
}

SaveImage::SaveImage(const std::filesystem::path& file) : file_(file) {
  if (!std::filesystem::exists(file))
    throw base::Error(base::ErrorKind::not_found, "there is no " + file.string());
  fd_ = base::open_file(file, O_RDONLY);
  SaveImageParser(*this).run();
}

std::vector<Extent> SaveImage::extents() const {
  std::vector<Extent> extents;
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    const auto kind = pages_[i] == 0 ? ExtentKind::zero : ExtentKind::data;
    if (extents.empty() || extents.back().kind != kind) extents.push_back({i * page_bytes, 0, kind});
    extents.back().length += page_bytes;
  }
  return extents;
}

void SaveImage::read(std::uint64_t offset, std::span<std::byte> into) const {
  while (!into.empty()) {
    const std::uint64_t in_page = offset % page_bytes;
    const std::size_t size = std::min<std::uint64_t>(page_bytes - in_page, into.size());
    const std::uint64_t at = pages_.at(offset / page_bytes);
    if (at == 0) {
      std::ranges::fill(into.first(size), std::byte{0});
    } else if (base::pread_full(fd_.get(), into.data(), size, at + in_page, file_.string()) != size) {
      fail(file_, "became shorter while it was read");
    }
    into = into.subspan(size);
    offset += size;
  }
}

}  // namespace deskloom::fleet
