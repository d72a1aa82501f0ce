#pragma once

#include "guest/server/account.hpp"
#include "guest/server/notes.hpp"

namespace deskloom::guest {

// Gives restored objects what the snapshot says about them, as far as the user's own rights go.
class Attributes {
 public:
  // Who owns the home in the snapshot is the user, whatever number that was on the machine it comes from.
  Attributes(const Identity& identity, std::uint32_t home_uid, std::uint32_t home_gid, Notes& notes)
      : identity_(identity), home_uid_(home_uid), home_gid_(home_gid), notes_(notes) {}

  // Mode, group, extended attributes and times of the file, directory or FIFO that fd (also O_PATH) has open.
  void set(int fd, const GuestNode& node);
  // The time of a symbolic link; it has nothing else.
  void set_link_time(int directory, const std::string& name, const GuestNode& node);

 private:
  void set_xattrs(const std::string& path, const GuestNode& node);
  void set_group(const std::string& path, const GuestNode& node);
  void note_owner(const GuestNode& node);

  const Identity& identity_;
  std::uint32_t home_uid_;
  std::uint32_t home_gid_;
  Notes& notes_;
};

}  // namespace deskloom::guest
