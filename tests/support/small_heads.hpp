#pragma once

#include "predict/network/connect_network.hpp"

namespace deskloom::test {

// Puts all heads that there can be into a network's file: nobody has trained them, and each says something.
void put_small_heads(predict::ModelFile& network);

}  // namespace deskloom::test
