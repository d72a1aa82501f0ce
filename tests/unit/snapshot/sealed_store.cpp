#include "sealed_store.hpp"

namespace deskloom::test {

namespace fs = std::filesystem;

std::vector<fs::path> SealedStore::files() const {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(path())) {
    if (entry.is_regular_file()) found.push_back(entry.path());
  }
  return found;
}

bool SealedStore::is_sound() const { return verify(*this, true).problems.empty(); }

FakeTree secret_tree(int step) {
  std::string large = noise(300'000);
  large.replace(0, 20, "step " + std::to_string(step) + std::string(14, ' '));
  FakeTree tree;
  tree.directory("private").file("private/salaries.txt",
                                 "nobody may read this sentence " + std::to_string(step));
  tree.file("private/same", "known everywhere").file("video", large);
  for (auto& node : tree.nodes) {
    if (node.path != "private/same") node.mtime_ns += step * 1'000'000;
  }
  return tree;
}

}  // namespace deskloom::test
