#pragma once

#include <span>

#include "frame/command.hpp"

// How to add a command "noun verb":
// 1. cmd/<noun>/<noun>.hpp, namespace deskloom::cmd (flat, because modules own names like snapshot): a struct
//    <Noun><Verb>Options with one field per option or argument, and the declarations of
//    setup(CLI::App&, <Noun><Verb>Options&) and run(const <Noun><Verb>Options&, frame::Context&).
// 2. cmd/<noun>/<verb>.cpp: setup declares the options (the metavariable in type_name, such as USER, INSTANCE
//    or FILE, also decides what the shells complete); run loads, calls the library, prints one
//    frame::Document.
// 3. cmd/commands.cpp: one row. Needs says what the frame opens first; Changes::world adds --dry-run.
// 4. cmd/CMakeLists.txt: the source. man/deskloom-<noun>.1.in: what it does, with an example (its options are
//    generated). config/schema/<noun>-<verb>.schema.json: its --json output. tests/cli/: a test.
// See cmd/instance/list.cpp.
namespace deskloom::cmd {

std::span<const frame::Command> commands();

}  // namespace deskloom::cmd
