#pragma once

#include <functional>

#include "base/error.hpp"
#include "real/fleet_guest.hpp"

// What must hold of a booted instance on any kind of host; each is a set of Catch2 checks.
namespace deskloom::test {

// The kind of the Error that call throws; fails the test when it throws none.
base::ErrorKind kind_of(const std::function<void()>& call);

void check_exec(FleetGuest& guest);
void check_write_file(FleetGuest& guest);
void check_channel_echo(FleetGuest& guest);
void check_channel_throughput(FleetGuest& guest);
// A guest that neither talks nor listens; leaves the channel's buffers full.
void check_silent_channel(FleetGuest& guest);
void check_threads(FleetGuest& guest);
void check_display(FleetGuest& guest);
void check_destroy_leaves_nothing(FleetGuest& guest);

}  // namespace deskloom::test
