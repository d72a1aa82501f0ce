#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace deskloom::test {

using Input = std::span<const std::byte>;

// One parser of bytes that nobody vouches for.
struct FuzzTarget {
  std::string_view name;
  // Parses, and uses what came out. Returns whether the bytes were taken; what it throws, and what a
  // sanitizer finds, is a defect.
  bool (*run)(Input);
  // Sound inputs to start from; each is taken.
  std::vector<std::string> (*seeds)();
};

const std::vector<FuzzTarget>& fuzz_targets();

std::vector<FuzzTarget> snapshot_targets();
std::vector<FuzzTarget> transfer_targets();
std::vector<FuzzTarget> memory_targets();
std::vector<FuzzTarget> guest_targets();
std::vector<FuzzTarget> document_targets();
std::vector<FuzzTarget> ingest_targets();
std::vector<FuzzTarget> forecast_targets();
std::vector<FuzzTarget> model_targets();
std::vector<FuzzTarget> container_targets();

}  // namespace deskloom::test
