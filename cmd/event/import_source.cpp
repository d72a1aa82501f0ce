#include "event/import_source.hpp"

#include "base/text.hpp"

namespace deskloom::cmd {
namespace {

class CountedSource : public base::ByteSource {
 public:
  CountedSource(base::ByteSource& source, base::Progress& progress) : source_(source), progress_(progress) {}
  std::size_t read(std::span<std::byte> buffer) override {
    const std::size_t size = source_.read(buffer);
    progress_.advance(size);
    return size;
  }

 private:
  base::ByteSource& source_;
  base::Progress& progress_;
};

std::string shown_name(const EventImportOptions& options) {
  return options.file == "-" ? "standard input" : base::printable(options.file);
}

}  // namespace

std::string import_format(const EventImportOptions& options) {
  if (options.format) return *options.format;
  const std::string file = std::filesystem::path(options.file).filename();
  for (const std::string format : {"csv", "jsonl"}) {
    if (file.ends_with("." + format)) return format;
  }
  if (file.ends_with(".ics")) return "ical";
  if (file.starts_with("wtmp")) return "wtmp";
  throw base::Error(base::ErrorKind::usage, "cannot tell the format of " + shown_name(options),
                    "name it with --format csv, jsonl, wtmp or ical");
}

void read_import(const EventImportOptions& options, frame::Context& context,
                 const std::function<void(base::ByteSource& source)>& read) try {
  base::FileSource file(options.file == "-" ? "/dev/stdin" : options.file);
  std::error_code unknown;
  const auto size = std::filesystem::file_size(options.file, unknown);
  context.progress().begin("importing", unknown ? 0 : size);
  CountedSource source(file, context.progress());
  read(source);
  context.progress().end();
} catch (const base::Error& error) {
  if (error.kind() != base::ErrorKind::usage) throw;
  throw error.with_context(shown_name(options));
}

}  // namespace deskloom::cmd
