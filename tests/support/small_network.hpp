#pragma once

#include "predict/network/connect_network.hpp"

namespace deskloom::test {

// A network that nobody has trained, with weights of many sizes; it knows a user "ann" and a role "clerk".
predict::ModelFile small_network(const predict::ConnectShape& shape);

}  // namespace deskloom::test
