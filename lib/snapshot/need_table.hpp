#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/sqlite.hpp"
#include "snapshot/hash.hpp"

// How often each thing of a store is named, from one collection to the next: the file needs.sqlite, a
// database of SQLite, so that a collection costs what has come and gone since the last. It is a cache: one
// that is lost, damaged or of another version is made anew from the store. PRAGMA user_version is 1.
//
//   counted(key, times, pack, frame, sum)      things that are named. key = kind:u8 id:32OCTET
//     kind = 1 / 2 / 3         ; the root of a tree, of a stream, of pages
//          / 4 / 5             ; a tree's block; a content with lists, by the SHA-256 of it
//          / 16 + depth:u8     ; a chunk that is needed, to be found in a frame less deep than that: 5 for
//          any. It stands
//                              ; in the frame at that offset of that pack, 0: nowhere
//          / 32 + depth:u8     ; a chunk that only keeps others readable, in the same way
//   frames(pack, offset, times, bases, bytes, depth, sum)    frames that hold such chunks, how many of either
//   kind packs(number, id, is_kept, needed, held, sum)    all packs. needed: the bytes of their frames with
//   times; held: of
//                                                    all their frames above. What a frame was compressed
//                                                    against is needed when the frame is; and keeps it
//                                                    readable when the frame is not needed, but held, or in a
//                                                    pack that is kept: not about to go
//   snapshots(id, layers, sum)                 those that are counted; layers = *(kind SP root LF)
//   folders(name, changed_at)                  of snapshots/, as they were when all in them was counted
//   made(at, inode)                            when, and the number of the file that it was made as
//   sum: XXH3 of the row
namespace deskloom::snapshot {

enum class NeedKind : std::uint8_t { tree = 1, stream, pages, block, list, chunk = 16, base = 32 };

struct NeedKey {
  std::uint8_t kind = 0;
  Hash id;
};

class NeedTable {
 public:
  // Made when it is not there; "" is one in memory. What is done is kept by commit() alone. Throws
  // Error(corrupt) when it is of another version or a copy, and from any of its functions when it is damaged.
  explicit NeedTable(const std::filesystem::path& file);

  void commit();                                        // and goes on
  base::Timestamp made_at() const { return made_at_; }  // by the file system's clock

  struct Counted {
    std::int64_t times = 0;
    std::int64_t pack = 0;
    std::int64_t frame = 0;
  };
  Counted counted(const NeedKey& key);
  void put(const NeedKey& key, const Counted& counted);  // times 0: nothing is kept of it

  struct Frame {
    std::int64_t times = 0;
    std::int64_t bases = 0;
    std::int64_t bytes = 0;
    std::int64_t depth = 0;
  };
  Frame frame(std::int64_t pack, std::int64_t offset);
  void put(std::int64_t pack, std::int64_t offset, const Frame& frame);
  std::map<std::int64_t, Frame> frames_of(std::int64_t pack);

  struct Pack {
    std::int64_t number = 0;
    std::string id;
    bool is_kept = false;
    std::int64_t needed_bytes = 0;
    std::int64_t held_bytes = 0;
  };
  std::vector<Pack> packs();
  void put(const Pack& pack);
  void remove_pack(std::int64_t number);

  std::vector<std::string> snapshots_in(const std::string& folder);  // ascending
  std::string layers_of(const std::string& snapshot);
  void put_snapshot(const std::string& id, const std::string& layers);
  void remove_snapshot(const std::string& id);

  std::map<std::string, base::Timestamp> folders();
  void put_folder(const std::string& name, base::Timestamp changed_at);

 private:
  void make(const std::filesystem::path& file);
  void expect_original(const std::filesystem::path& file);

  bool is_new_;
  base::Timestamp made_at_;
  base::Database db_;
  std::optional<base::Transaction> transaction_;
  // Prepared once: they run for each thing that is named.
  std::optional<base::Statement> find_, put_, remove_, find_frame_, put_frame_, remove_frame_;
};

}  // namespace deskloom::snapshot
