#pragma once

#include <sys/types.h>

#include "snapshot/tree.hpp"

namespace deskloom::present {

// The part of st_mode that says what a node is.
mode_t type_bits(snapshot::NodeType type);

}  // namespace deskloom::present
