#include "commands.hpp"

#include <array>

#include "instance/instance.hpp"

namespace deskloom::cmd {
namespace {

using frame::bind;
using frame::Changes;
using frame::Command;
using frame::Needs;

constexpr std::array table{
    Command{"instance", "list", "List instances", Needs::state_read, Changes::nothing,
            bind<InstanceListOptions>},
};

}  // namespace

std::span<const frame::Command> commands() { return table; }

}  // namespace deskloom::cmd
