#pragma once

#include <functional>

#include "event/event.hpp"
#include "frame/context.hpp"

namespace deskloom::cmd {

// "csv", "jsonl", "wtmp" or "ical": by the option, else by the file's name. Throws Error(usage).
std::string import_format(const EventImportOptions& options);
// read(source) with the file, showing progress; what is wrong with it names the file.
void read_import(const EventImportOptions& options, frame::Context& context,
                 const std::function<void(base::ByteSource& source)>& read);
// A calendar, by the options that are of one.
frame::ExitCode import_calendar(const EventImportOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
