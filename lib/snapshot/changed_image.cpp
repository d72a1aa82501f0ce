#include "snapshot/changed_image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/error.hpp"
#include "base/text.hpp"

namespace deskloom::snapshot {
namespace {

class ChangedImage : public ImageSource {
 public:
  ChangedImage(std::unique_ptr<ImageSource> image, std::vector<DataRange> ranges)
      : image_(std::move(image)), ranges_(std::move(ranges)) {}

  std::uint64_t size_bytes() const override { return image_->size_bytes(); }
  std::vector<ImageExtent> extents() override;
  void read(std::uint64_t offset, std::span<std::byte> into) override { image_->read(offset, into); }

 private:
  void split(const ImageExtent& extent, std::vector<ImageExtent>& into) const;

  std::unique_ptr<ImageSource> image_;
  std::vector<DataRange> ranges_;
};

std::vector<ImageExtent> ChangedImage::extents() {
  std::vector<ImageExtent> extents;
  for (const ImageExtent& extent : image_->extents()) {
    if (extent.kind == ImageExtentKind::data) {
      split(extent, extents);
    } else {
      extents.push_back(extent);
    }
  }
  return extents;
}

void ChangedImage::split(const ImageExtent& extent, std::vector<ImageExtent>& into) const {
  const std::uint64_t end = extent.offset + extent.length;
  std::uint64_t at = extent.offset;
  const auto add = [&](std::uint64_t upto, ImageExtentKind kind) {
    if (upto > at) into.push_back({at, upto - at, kind});
    at = std::max(at, upto);
  };
  auto range =
      std::ranges::upper_bound(ranges_, at, {}, [](const DataRange& r) { return r.offset + r.size; });
  for (; range != ranges_.end() && range->offset < end; ++range) {
    add(range->offset, ImageExtentKind::unchanged);
    add(std::min(end, range->offset + range->size), ImageExtentKind::data);
  }
  add(end, ImageExtentKind::unchanged);
}

class LineParser {
 public:
  LineParser(std::string_view line, std::string place) : line_(line), place_(std::move(place)) {}

  bool at_end() {
    line_.remove_prefix(std::min(line_.find_first_not_of(" \t\r"), line_.size()));
    return line_.empty();
  }
  bool is_comment() { return at_end() || line_.front() == '#'; }
  std::uint64_t number(const char* what) {
    at_end();
    const int base = line_.starts_with("0x") ? 16 : 10;
    const std::string_view digits = line_.substr(base == 16 ? 2 : 0);
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    const auto used = static_cast<std::size_t>(end - digits.data());
    if (problem != std::errc{} || (used < digits.size() && digits[used] != ' ' && digits[used] != '\t')) {
      fail(fmt::format("'{}' is no {}", base::printable(std::string(line_.substr(0, 40))), what));
    }
    line_ = digits.substr(used);
    return value;
  }
  [[noreturn]] void fail(const std::string& problem) const {
    throw base::Error(base::ErrorKind::usage, place_ + ": " + problem,
                      "a line is 'OFFSET LENGTH [TYPE]' in bytes, as nbdinfo --map prints them");
  }

 private:
  std::string_view line_;
  std::string place_;
};

std::vector<DataRange> joined(std::vector<DataRange> ranges) {
  std::ranges::sort(ranges, {}, &DataRange::offset);
  std::vector<DataRange> result;
  for (const DataRange& range : ranges) {
    if (!result.empty() && range.offset <= result.back().offset + result.back().size) {
      DataRange& last = result.back();
      last.size = std::max(last.offset + last.size, range.offset + range.size) - last.offset;
    } else {
      result.push_back(range);
    }
  }
  return result;
}

}  // namespace

std::vector<DataRange> parse_changed_ranges(std::string_view text, const std::string& origin) {
  std::vector<DataRange> ranges;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    LineParser line(text.substr(0, end), fmt::format("{}:{}", origin, number));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.is_comment()) continue;
    DataRange range;
    range.offset = line.number("offset");
    range.size = line.number("length");
    if (range.size > std::numeric_limits<std::uint64_t>::max() - range.offset)
      line.fail("the range is too long");
    const bool is_clean = !line.at_end() && line.number("type") == 0;
    if (!is_clean && range.size > 0) ranges.push_back(range);
  }
  return joined(std::move(ranges));
}

std::unique_ptr<ImageSource> changed_image(std::unique_ptr<ImageSource> image,
                                           std::vector<DataRange> ranges) {
  const std::uint64_t size = image->size_bytes();
  if (!ranges.empty() && ranges.back().offset + ranges.back().size > size) {
    throw base::Error(base::ErrorKind::usage,
                      fmt::format("the changed ranges reach to byte {}, the image has {}",
                                  ranges.back().offset + ranges.back().size, size),
                      "give the ranges of this image");
  }
  return std::make_unique<ChangedImage>(std::move(image), std::move(ranges));
}

}  // namespace deskloom::snapshot
