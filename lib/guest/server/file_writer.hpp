#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "guest/server/home.hpp"

namespace deskloom::guest {

// A file that is written beside its place and takes it only when it is complete; else it is removed.
class FileWriter {
 public:
  FileWriter(const Home::Place& place, std::uint64_t size);  // throws Error
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  void data(std::string_view bytes);
  void hole(std::uint64_t size);
  // Throws Error when it has not got size bytes. Afterwards attributes can be set and place() may follow.
  void complete();
  int fd() const { return fd_.get(); }
  void place();

 private:
  void take(std::uint64_t size);

  base::UniqueFd directory_;
  std::string name_;
  std::string beside_;
  base::UniqueFd fd_;
  std::uint64_t size_;
  std::uint64_t written_ = 0;
  bool placed_ = false;
};

// A name for a new object that is going to replace another in the same directory.
std::string beside_name();

}  // namespace deskloom::guest
