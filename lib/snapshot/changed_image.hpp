#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "snapshot/image.hpp"
#include "snapshot/tree.hpp"

namespace deskloom::snapshot {

// Ranges of an image as nbdinfo(1) prints a dirty bitmap with --map: a line each, of offset and length in
// bytes, decimal or 0x…, and a type: 0 is clean and left out, others and none are dirty. Blank lines and
// those that begin with '#' are passed over. In any order; they may overlap. Returned ascending and joined.
// Throws Error(usage) "ORIGIN:LINE: …".
std::vector<DataRange> parse_changed_ranges(std::string_view text, const std::string& origin);

// The image with what lies outside of the ranges told to be unchanged. Throws Error(usage) when a range
// reaches past its end.
std::unique_ptr<ImageSource> changed_image(std::unique_ptr<ImageSource> image, std::vector<DataRange> ranges);

}  // namespace deskloom::snapshot
