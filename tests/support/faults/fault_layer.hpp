#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace deskloom::test {

// One call that was made below the directory.
struct Call {
  enum class Kind { create, write, truncate, sync, make_directory, link, rename, unlink, open, read };
  Kind kind = Kind::write;
  std::string path;  // relative to the directory; as it was called when it was opened, for descriptors
  std::string to;    // link, rename: the new name
  std::uint64_t inode = 0;
  std::uint64_t offset = 0;  // write; truncate: the new size
  std::string data;          // write
};

struct FaultPlan {
  std::filesystem::path below = {};
  enum class Count { changes, reads } count = Count::changes;  // reads: of files, opening them included
  // within: a write is done in part, another call whole.
  enum class Fault { none, kill_before, kill_within, error } fault = Fault::none;
  std::uint64_t at = 0;          // the call, counted from 1, that it happens to
  int error = 0;                 // an errno
  bool lasts = false;            // all calls from then on fail
  bool short_transfers = false;  // every read and write does a part of what it was asked for
  bool record = false;
};

// Stands between this process and the file system while it lives: the program that links fault_layer.cpp has
// the calls' names, so that all of its code, libstdc++'s too, calls it instead of libc. Sees what concerns
// files below one directory; for these, fsync and its like do nothing but be counted: a test has many, and
// only a real power cut needs them. Does not see mmap, directories being read, and calls by number (openat2).
// One at a time in a process; all threads are subject to it.
class FaultLayer {
 public:
  explicit FaultLayer(FaultPlan plan);
  ~FaultLayer();
  FaultLayer(const FaultLayer&) = delete;
  FaultLayer& operator=(const FaultLayer&) = delete;

  std::uint64_t calls() const { return calls_; }         // of the sort that is counted
  const std::vector<Call>& log() const { return log_; }  // of changes, those that failed excepted
  const Call& hit() const { return hit_; }               // the call that failed

  // What the calls do; for fault_layer.cpp alone.
  enum class Verdict { proceed, tear, fail };
  Verdict before(const Call& call);
  void after(Call call);
  bool sees(const std::string& path) const;
  std::string relative(const std::string& path) const;
  const FaultPlan& plan() const { return plan_; }

 private:
  FaultPlan plan_;
  std::uint64_t calls_ = 0;
  std::vector<Call> log_;
  Call hit_;
};

}  // namespace deskloom::test
