#include "present/type_bits.hpp"

#include <sys/stat.h>

namespace deskloom::present {

mode_t type_bits(snapshot::NodeType type) {
  using snapshot::NodeType;
  switch (type) {
    case NodeType::directory:
      return S_IFDIR;
    case NodeType::file:
      return S_IFREG;
    case NodeType::symlink:
      return S_IFLNK;
    case NodeType::fifo:
      return S_IFIFO;
    case NodeType::socket:
      return S_IFSOCK;
    case NodeType::block_device:
      return S_IFBLK;
    case NodeType::char_device:
      return S_IFCHR;
  }
  return 0;
}

}  // namespace deskloom::present
