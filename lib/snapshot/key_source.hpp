#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "snapshot/secret.hpp"

namespace deskloom::snapshot {

// Where the user keeps the key of an encrypted store. Neither: nowhere.
struct KeySource {
  std::filesystem::path file;
  std::vector<std::string> command;  // argv; what it prints is the key

  bool is_given() const { return !file.empty() || !command.empty(); }
  std::string name() const;  // for messages
};

// One line end behind a text is left out. Throws Error: no_key when it cannot be read or the command fails,
// usage when it is empty, or in a file that others can read.
Secret read_key(const KeySource& source);

// Whether it was surely made at random, by its form: 64 hexadecimal digits, or at least 32 octets that are no
// text. Anything else may be a passphrase.
bool is_random_key(ByteView key);

}  // namespace deskloom::snapshot
