#include "fleet/extents.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace deskloom::fleet {
namespace {

[[noreturn]] void refuse(const std::string& complaint) {
  throw base::Error(base::ErrorKind::failed, "the volume's NBD server " + complaint,
                    "QEMU on the host is broken, or a guest has taken it over");
}

// Walks through the runs of one context; only the last may reach past the end, and is cut there.
class Cursor {
 public:
  Cursor(const std::vector<StatusRun>& runs, std::uint64_t limit) : runs_(runs) {
    for (const auto& run : runs) {
      if (run.length == 0) refuse("tells of an extent without length");
      if (total_ >= limit) refuse("tells of extents past the volume's end");
      total_ += std::min(run.length, limit - total_);
    }
    if (total_ == 0) refuse("tells nothing of a part of the volume");
    left_ = runs_.front().length;
  }
  std::uint64_t total() const { return total_; }
  std::uint64_t left_in_run() const { return left_; }
  std::uint32_t flags() const { return runs_[index_].flags; }
  void advance(std::uint64_t length) {
    left_ -= length;
    if (left_ == 0 && ++index_ < runs_.size()) left_ = runs_[index_].length;
  }

 private:
  const std::vector<StatusRun>& runs_;
  std::size_t index_ = 0;
  std::uint64_t left_ = 0;
  std::uint64_t total_ = 0;
};

ExtentKind kind_of(std::uint32_t allocation, bool unchanged) {
  if (unchanged) return ExtentKind::unchanged;
  return (allocation & allocation_zero) != 0 ? ExtentKind::zero : ExtentKind::data;
}

}  // namespace

ExtentBuilder::ExtentBuilder(std::uint64_t size_bytes, std::size_t limit)
    : size_bytes_(size_bytes), limit_(limit) {}

void ExtentBuilder::append(std::uint64_t length, ExtentKind kind) {
  if (extents_.size() >= limit_) kind = ExtentKind::data;
  if (!extents_.empty() && (extents_.back().kind == kind || extents_.size() >= limit_)) {
    extents_.back().kind = kind;
    extents_.back().length += length;
  } else {
    extents_.push_back({covered_, length, kind});
  }
  covered_ += length;
}

void ExtentBuilder::add_reply(const std::vector<StatusRun>& allocation,
                              const std::optional<std::vector<StatusRun>>& dirty) {
  const std::uint64_t limit = size_bytes_ - covered_;
  Cursor blocks(allocation, limit);
  std::optional<Cursor> changes;
  if (dirty) changes.emplace(*dirty, limit);
  std::uint64_t rest = changes ? std::min(blocks.total(), changes->total()) : blocks.total();
  while (rest > 0) {
    std::uint64_t step = std::min(rest, blocks.left_in_run());
    if (changes) step = std::min(step, changes->left_in_run());
    append(step, kind_of(blocks.flags(), changes && (changes->flags() & bitmap_dirty) == 0));
    blocks.advance(step);
    if (changes) changes->advance(step);
    rest -= step;
  }
}

std::vector<Extent> ExtentBuilder::finish() {
  if (covered_ != size_bytes_) refuse("told of only a part of the volume");
  return std::move(extents_);
}

}  // namespace deskloom::fleet
