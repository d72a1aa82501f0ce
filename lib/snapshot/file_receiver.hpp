#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "snapshot/content.hpp"
#include "snapshot/tree.hpp"

namespace deskloom::snapshot {

// Takes the files that a TreeSource sends and holds it to the protocol: Error(guest) where it breaks it.
class FileReceiver {
 public:
  // Of one capture; each file belongs to one receiver.
  struct Files {
    std::vector<Node>& nodes;
    std::vector<std::optional<Content>>& contents;
    const std::vector<const Content*>& earlier;  // what a file held at the last capture, or nullptr
  };
  FileReceiver(const Files& files, ChunkWriter& chunks, std::vector<Skipped>& skipped, WriteStats& stats,
               base::Progress& progress)
      : files_(files), skipped_(skipped), writer_(chunks), stats_(stats), progress_(progress) {}

  // These may come now.
  void expect(const std::vector<std::size_t>& wanted);
  TreeSource::Receiver callbacks();
  // What was expected and never came is skipped.
  void finish();

 private:
  void begin(std::size_t index);
  void data(ByteView bytes);
  void hole(std::uint64_t size);
  void end(std::size_t index, const Node& after);
  void fail(std::size_t index, const std::string& reason);
  void expect_current(std::size_t index) const;
  void count(std::uint64_t size);

  Files files_;
  std::vector<Skipped>& skipped_;
  ContentWriter writer_;
  WriteStats& stats_;
  base::Progress& progress_;
  std::set<std::size_t> open_;  // expected and neither ended nor failed
  std::optional<std::size_t> current_;
};

}  // namespace deskloom::snapshot
