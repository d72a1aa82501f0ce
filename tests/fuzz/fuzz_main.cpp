// libFuzzer's entry. The target is named by DESKLOOM_FUZZ_TARGET; with DESKLOOM_FUZZ_SEEDS, a directory, its
// seeds are written there first.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "fuzz/targets.hpp"

using namespace deskloom::test;

namespace {

const FuzzTarget& chosen() {
  static const FuzzTarget& target = [&]() -> const FuzzTarget& {
    const char* name = std::getenv("DESKLOOM_FUZZ_TARGET");
    const auto& all = fuzz_targets();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const FuzzTarget& t) { return name != nullptr && t.name == name; });
    if (found != all.end()) return *found;
    std::fputs("set DESKLOOM_FUZZ_TARGET to one of:\n", stderr);
    for (const FuzzTarget& t : all) std::fprintf(stderr, "  %s\n", std::string(t.name).c_str());
    std::exit(2);
  }();
  return target;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* directory = std::getenv("DESKLOOM_FUZZ_SEEDS");
  if (directory == nullptr) return 0;
  std::filesystem::create_directories(directory);
  int number = 0;
  for (const std::string& seed : chosen().seeds())
    std::ofstream(std::filesystem::path(directory) / ("seed-" + std::to_string(number++)), std::ios::binary)
        << seed;
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen().run({reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
