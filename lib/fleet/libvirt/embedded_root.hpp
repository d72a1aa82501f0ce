#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace deskloom::fleet {

// libvirt binds sockets below the root; the longest, an agent's, adds 81 bytes, and the kernel allows 107.
inline constexpr std::size_t max_root_bytes = 26;

// The path to give libvirt for root: root itself, or ALIAS_DIR/HASH when root is too long for sockets or
// holds what a URI would not carry. The same for every process, because libvirt records it in its domains'
// state.
std::filesystem::path embedded_alias(const std::filesystem::path& root,
                                     const std::filesystem::path& alias_dir);
// A directory of the user's own with a short name.
std::filesystem::path embedded_alias_dir(uid_t user);
// Makes alias a symbolic link to root. Refuses a directory that another user owns or may write, and a link
// that leads elsewhere.
void link_alias(const std::filesystem::path& alias, const std::filesystem::path& root, uid_t user);

// Makes what libvirt needs before its driver starts in root: qemu.conf, and its cache of what QEMU can do
// shared through cache_dir, because asking QEMU anew takes seconds in every new root. Idempotent.
void prepare_embedded_root(const std::filesystem::path& root, const std::filesystem::path& cache_dir,
                           uid_t user);

}  // namespace deskloom::fleet
