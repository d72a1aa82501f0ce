#pragma once

namespace deskloom::frame {

// The first SIGINT or SIGTERM only sets a flag, so that work stops where it can be resumed; a second one
// kills.
void catch_interrupts();
bool interrupted();
// Throws Error(interrupted) when the flag is set: for loops.
void stop_if_interrupted();

}  // namespace deskloom::frame
