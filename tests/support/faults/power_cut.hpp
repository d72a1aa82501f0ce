#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "support/faults/fault_layer.hpp"

namespace deskloom::test {

// What a disk may hold when the power fails: calls are played on a model that keeps apart what is durable and
// what is on its way. POSIX promises little, and no more is taken for granted: fsync of a file makes its
// content durable, fsync of a directory its names; before that any write may be lost, torn between pages, or
// overtake others, and so may each name that was made, moved or removed. A rename is one step.
// Method: Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014; Mohan et al., "Finding
// Crash-Consistency Bugs with Bounded Black-Box Crash Testing", OSDI 2018.
class PowerCut {
 public:
  // before: a directory, all of which is durable.
  explicit PowerCut(const std::filesystem::path& before);

  // Calls of a FaultLayer below that directory, in order.
  void play(const Call& call);

  // Says of each step on its way whether it reached the disk.
  struct Choice {
    std::function<bool()> page;  // 4 KiB of a write, or a change of a file's size
    std::function<bool()> name;
  };
  // Makes the directory as it would be found. Asks in a fixed order: a seed gives the same one again.
  void build(const std::filesystem::path& directory, const Choice& choice) const;
  // How many steps are on their way: 0 means that there is one state only.
  std::size_t pending() const;

 private:
  using Id = std::uint64_t;
  using Names = std::map<std::string, Id>;
  struct DataChange {
    bool is_size = false;
    std::uint64_t offset = 0;  // or the size
    std::string data;
  };
  struct File {
    std::string durable;
    std::vector<DataChange> pending;
  };
  using NameChange = std::vector<std::pair<std::string, Id>>;  // 0: removed
  struct Directory {
    Names durable;
    Names now;
    std::vector<NameChange> pending;
  };

  Id load(const std::filesystem::path& path);
  Directory& parent_of(const std::string& path);
  Id id_at(const std::string& path) const;
  void change(const std::string& path, Id id);
  void move(const Call& call);
  void sync(const Call& call);
  void build_directory(const std::filesystem::path& to, const Directory& from, const Choice& choice) const;
  static std::string content_of(const File& file, const Choice& choice);

  std::map<Id, File> files_;
  std::map<Id, Directory> directories_;
  std::map<std::uint64_t, Id> by_inode_;  // of what exists now: the file system gives numbers again
  Id last_ = 0;
  Id root_ = 0;
};

}  // namespace deskloom::test
