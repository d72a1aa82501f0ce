#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "snapshot/content.hpp"
#include "snapshot/tree.hpp"

namespace deskloom::snapshot {

// Takes the files that a TreeSource sends and holds it to the protocol: Error(guest) where it breaks it.
class FileReceiver {
 public:
  FileReceiver(std::vector<Node>& nodes, const std::vector<std::size_t>& wanted,
               std::vector<std::optional<Content>>& contents, std::vector<Skipped>& skipped,
               ContentWriter& writer, WriteStats& stats, base::Progress& progress);

  TreeSource::Receiver callbacks();
  // What was wanted and never came is skipped.
  void finish();

 private:
  void begin(std::size_t index);
  void data(ByteView bytes);
  void hole(std::uint64_t size);
  void end(std::size_t index, const Node& after);
  void fail(std::size_t index, const std::string& reason);
  void expect_current(std::size_t index) const;
  void count(std::uint64_t size);

  std::vector<Node>& nodes_;
  std::vector<std::optional<Content>>& contents_;
  std::vector<Skipped>& skipped_;
  ContentWriter& writer_;
  WriteStats& stats_;
  base::Progress& progress_;
  std::vector<bool> open_;  // wanted and neither ended nor failed
  std::optional<std::size_t> current_;
};

}  // namespace deskloom::snapshot
