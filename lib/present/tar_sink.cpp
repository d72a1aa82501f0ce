#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <locale.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <map>
#include <memory>

#include "base/error.hpp"
#include "base/text.hpp"
#include "present/plugin.hpp"
#include "present/posix_acl.hpp"
#include "present/type_bits.hpp"

namespace deskloom::present {
namespace {

using snapshot::Node;
using snapshot::NodeType;

constexpr int block_bytes = 1 << 20;
constexpr std::int64_t ns_per_s = 1'000'000'000;
constexpr std::array<std::byte, 1 << 20> zeros{};

struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using Entry = std::unique_ptr<archive_entry, FreeEntry>;

// libarchive takes names to be in the charset of the thread's locale, and passes on as they are those that
// are not.
class Utf8Locale {
 public:
  Utf8Locale() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (locale_ != nullptr) before_ = ::uselocale(locale_);
  }
  ~Utf8Locale() {
    if (locale_ == nullptr) return;
    ::uselocale(before_);
    ::freelocale(locale_);
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  locale_t locale_;
  locale_t before_ = nullptr;
};

class TarSink : public snapshot::TreeSink {
 public:
  explicit TarSink(WriteBytes write);
  ~TarSink() override { archive_write_free(archive_); }
  TarSink(const TarSink&) = delete;
  TarSink& operator=(const TarSink&) = delete;

  std::vector<bool> begin(const std::vector<Node>& nodes) override;
  void node(std::size_t) override {}  // write_up_to comes to it
  void file(std::size_t index, snapshot::ContentSender& content, unsigned writer) override;
  void finish() override;

 private:
  static la_ssize_t on_write(archive* archive, void* self, const void* data, std::size_t size);
  void write_up_to(std::size_t end);
  void write_without_content(const Node& node);
  Entry entry_of(const Node& node);
  void add_xattrs(const Node& node, archive_entry* entry);
  bool add_acl(archive_entry* entry, int type, const std::string& value);
  void write_header(const Node& node, archive_entry* entry);
  void write_data(const Node& node, std::span<const std::byte> bytes);
  void refuse(const Node& node, const std::string& reason);
  void check(int result, const std::string& what);

  WriteBytes write_;
  std::exception_ptr thrown_;  // by write_: it must not pass through libarchive
  Utf8Locale locale_;
  archive* archive_ = archive_write_new();
  const std::vector<Node>* nodes_ = nullptr;
  std::size_t next_ = 0;  // what was not written yet begins here
  std::map<std::uint64_t, std::size_t> first_of_group_;
  std::vector<std::string> refused_;
};

TarSink::TarSink(WriteBytes write) : write_(std::move(write)) {
  check(archive_write_set_format_pax(archive_), "set the format");
  check(archive_write_set_format_option(archive_, "pax", "xattrheader", "SCHILY"), "set the format");
  check(archive_write_set_bytes_per_block(archive_, block_bytes), "set the block size");
  check(archive_write_set_bytes_in_last_block(archive_, 1), "set the block size");
  check(archive_write_open(archive_, this, nullptr, on_write, nullptr), "begin");
}

la_ssize_t TarSink::on_write(archive* archive, void* self, const void* data, std::size_t size) {
  auto& sink = *static_cast<TarSink*>(self);
  try {
    sink.write_({static_cast<const std::byte*>(data), size});
    return static_cast<la_ssize_t>(size);
  } catch (...) {
    sink.thrown_ = std::current_exception();
    archive_set_error(archive, EIO, "cannot be written");
    return -1;
  }
}

void TarSink::check(int result, const std::string& what) {
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
  if (result >= ARCHIVE_WARN) return;
  const char* reason = archive_error_string(archive_);
  throw base::Error(base::ErrorKind::failed,
                    "cannot " + what + " of an archive: " + (reason == nullptr ? "unknown reason" : reason));
}

void TarSink::refuse(const Node& node, const std::string& reason) {
  refused_.push_back("'" + base::printable(node.path) + "': " + reason);
}

std::vector<bool> TarSink::begin(const std::vector<Node>& nodes) {
  nodes_ = &nodes;
  std::vector<bool> wanted(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].type != NodeType::file) continue;
    const bool is_first = nodes[i].link_group == 0 || first_of_group_.emplace(nodes[i].link_group, i).second;
    wanted[i] = is_first;
  }
  return wanted;
}

std::string name_of(const Node& node) {
  if (node.path.empty()) return "./";
  return node.type == NodeType::directory ? node.path + "/" : node.path;
}

// libarchive writes the fraction of a second behind the sign, so that -1.5 is -1 and 0.5; it has no -0.5.
void set_mtime(archive_entry* entry, std::int64_t ns) {
  const std::int64_t seconds = ns / ns_per_s;
  const bool has_fraction = ns >= 0 || seconds < 0;
  archive_entry_set_mtime(entry, seconds, has_fraction ? std::abs(static_cast<long>(ns % ns_per_s)) : 0);
}

Entry TarSink::entry_of(const Node& node) {
  Entry entry(archive_entry_new());
  archive_entry_copy_pathname(entry.get(), name_of(node).c_str());
  archive_entry_set_mode(entry.get(), type_bits(node.type) | node.mode);
  archive_entry_set_uid(entry.get(), node.uid);
  archive_entry_set_gid(entry.get(), node.gid);
  set_mtime(entry.get(), node.mtime_ns);
  archive_entry_set_size(entry.get(), 0);
  if (node.type == NodeType::symlink) archive_entry_copy_symlink(entry.get(), node.target.c_str());
  if (node.type == NodeType::char_device || node.type == NodeType::block_device) {
    archive_entry_set_rdevmajor(entry.get(), ::gnu_dev_major(node.device));
    archive_entry_set_rdevminor(entry.get(), ::gnu_dev_minor(node.device));
  }
  return entry;
}

bool TarSink::add_acl(archive_entry* entry, int type, const std::string& value) {
  const auto acl = parse_posix_acl(value);
  if (!acl) return false;
  for (const AclEntry& e : *acl)
    archive_entry_acl_add_entry(entry, type, e.permissions, e.tag, e.id, nullptr);
  return true;
}

void TarSink::add_xattrs(const Node& node, archive_entry* entry) {
  for (const auto& [name, value] : node.xattrs) {
    bool is_taken = true;
    if (name == "system.posix_acl_access") {
      is_taken = add_acl(entry, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, value);
    } else if (name == "system.posix_acl_default") {
      is_taken = add_acl(entry, ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, value);
    } else if (name.find('=') != std::string::npos) {
      is_taken = false;  // it would end the name in a pax record
    } else {
      archive_entry_xattr_add_entry(entry, name.c_str(), value.data(), value.size());
    }
    if (!is_taken) refuse(node, "the attribute " + base::printable(name));
  }
}

void TarSink::write_header(const Node& node, archive_entry* entry) {
  check(archive_write_header(archive_, entry), "write '" + base::printable(node.path) + "'");
}

// In the order of the tree: tar(1) sets the times of a directory when the first entry comes that is not below
// it.
void TarSink::write_up_to(std::size_t end) {
  for (; next_ < end; ++next_) write_without_content((*nodes_)[next_]);
}

void TarSink::write_without_content(const Node& node) {
  if (node.type == NodeType::socket) return;  // of no use without the program behind it
  const Entry entry = entry_of(node);
  if (node.type == NodeType::file) {
    const Node& first = (*nodes_)[first_of_group_.at(node.link_group)];
    archive_entry_copy_hardlink(entry.get(), first.path.c_str());
  } else {
    add_xattrs(node, entry.get());
  }
  write_header(node, entry.get());
}

void TarSink::write_data(const Node& node, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const la_ssize_t n = archive_write_data(archive_, bytes.data(), bytes.size());
    check(n < 0 ? static_cast<int>(n) : ARCHIVE_OK, "write '" + base::printable(node.path) + "'");
    if (n <= 0) throw base::Error(base::ErrorKind::failed, "libarchive takes no more of " + node.path);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

void TarSink::file(std::size_t index, snapshot::ContentSender& content, unsigned) {
  write_up_to(index);
  ++next_;
  const Node& node = (*nodes_)[index];
  const Entry entry = entry_of(node);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(node.size));
  add_xattrs(node, entry.get());
  const auto data = content.data_ranges();
  const bool is_whole = data.size() == 1 && data.front().size == node.size;
  if (!is_whole && node.size > 0) {
    for (const auto& [offset, size] : data) {
      archive_entry_sparse_add_entry(entry.get(), static_cast<la_int64_t>(offset),
                                     static_cast<la_int64_t>(size));
    }
    if (data.empty()) archive_entry_sparse_add_entry(entry.get(), 0, 0);
  }
  write_header(node, entry.get());
  content.send([&](std::span<const std::byte> bytes) { write_data(node, bytes); },
               [&](std::uint64_t size) {
                 // Passed over, where the header has a hole.
                 for (; size > 0; size -= std::min<std::uint64_t>(size, zeros.size()))
                   write_data(node, std::span(zeros).first(std::min<std::uint64_t>(size, zeros.size())));
               });
  check(archive_write_finish_entry(archive_), "write '" + base::printable(node.path) + "'");
}

void TarSink::finish() {
  write_up_to(nodes_->size());
  check(archive_write_close(archive_), "write the end");
  if (refused_.empty()) return;
  throw base::Error(base::ErrorKind::partial,
                    fmt::format("the archive lacks {} things that no archive can hold, the first: {}",
                                refused_.size(), refused_.front()),
                    "all else is in it");
}

}  // namespace
}  // namespace deskloom::present

extern "C" __attribute__((visibility("default"))) deskloom::snapshot::TreeSink* deskloom_make_tar_sink(
    const deskloom::present::WriteBytes& write) {
  return new deskloom::present::TarSink(write);
}
