#pragma once

#include <functional>
#include <string>

#include "guest/server/notes.hpp"
#include "guest/server/tree_walk.hpp"

namespace deskloom::guest {

// Removes from a home what is selected and not to be kept. Never enters another file system; what is excluded
// stays, and so do the directories it lies in.
class TreeRemover {
 public:
  using IsKept = std::function<bool(const std::string& path)>;
  TreeRemover(Home& home, const Selection& selection, IsKept is_kept, Notes& notes)
      : home_(home), selection_(selection), is_kept_(std::move(is_kept)), notes_(notes) {}

  // The content of the directory at path ("" for the home).
  void remove_below(int parent, const std::string& name, const std::string& path);

 private:
  void visit(int directory, const std::string& name, const std::string& path);

  Home& home_;
  const Selection& selection_;
  IsKept is_kept_;
  Notes& notes_;
};

}  // namespace deskloom::guest
