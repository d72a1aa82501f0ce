#include <csv.h>

#include <algorithm>
#include <exception>
#include <optional>

#include "base/error.hpp"
#include "base/text.hpp"
#include "ingest/lines.hpp"

namespace deskloom::ingest {
namespace {

constexpr std::size_t block_bytes = 256 << 10;

// libcsv calls back for each field and for each end of a line.
class CsvReader {
 public:
  CsvReader(const std::vector<WantedColumn>& columns, const LineVisitor& visitor)
      : columns_(columns), visitor_(visitor), cells_(columns.size()) {
    start();
  }
  ~CsvReader() { csv_free(&parser_); }
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  void feed(std::string_view bytes);
  void finish();

 private:
  static void on_field(void* text, std::size_t size, void* self);
  static void on_line(int character, void* self);
  void start();
  void stop_at_damage(const std::string& reason);
  void end_field(std::string_view text);
  void end_line(int character);
  void take_line();
  void take_header();
  void check_size(std::size_t more) const;
  std::string_view field(std::size_t number) const;
  template <typename Call>
  void guard(const Call& call) noexcept;  // exceptions must not pass through C

  const std::vector<WantedColumn>& columns_;
  const LineVisitor& visitor_;
  csv_parser parser_{};
  std::exception_ptr failure_;
  bool skips_line_ = false;  // behind damage

  std::uint64_t line_ = 1;        // that is being read
  std::uint64_t first_line_ = 1;  // of this record
  std::string text_;              // of the fields of this record
  std::vector<std::size_t> ends_;
  std::vector<std::optional<std::size_t>> places_;  // of the wanted columns; empty before the header
  std::size_t width_ = 0;
  Cells cells_;
};

void CsvReader::start() {
  if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0) throw std::bad_alloc();
}

template <typename Call>
void CsvReader::guard(const Call& call) noexcept {
  if (failure_) return;
  try {
    call();
  } catch (...) {
    failure_ = std::current_exception();
  }
}

void CsvReader::on_field(void* text, std::size_t size, void* self) {
  auto& reader = *static_cast<CsvReader*>(self);
  reader.guard([&] { reader.end_field({static_cast<const char*>(text), size}); });
}

void CsvReader::on_line(int character, void* self) {
  auto& reader = *static_cast<CsvReader*>(self);
  reader.guard([&] { reader.end_line(character); });
}

void CsvReader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (skips_line_) {
      const std::size_t end = bytes.find('\n');
      if (end == std::string_view::npos) return;
      bytes.remove_prefix(end + 1);
      skips_line_ = false;
      first_line_ = ++line_;
      continue;
    }
    const std::size_t used = csv_parse(&parser_, bytes.data(), bytes.size(), on_field, on_line, this);
    if (failure_) std::rethrow_exception(failure_);
    if (used < bytes.size()) stop_at_damage("has a quote where RFC 4180 allows none");
    bytes.remove_prefix(used);
  }
  check_size(csv_get_buffer_size(&parser_) > line_limit_bytes ? line_limit_bytes : 0);
}

void CsvReader::finish() {
  if (!skips_line_ && csv_fini(&parser_, on_field, on_line, this) != 0) {
    stop_at_damage("has a quote that is not closed");
  }
  if (failure_) std::rethrow_exception(failure_);
  if (places_.empty())
    throw base::Error(base::ErrorKind::usage, "there is no header", "the first line names the columns");
}

void CsvReader::stop_at_damage(const std::string& reason) {
  if (places_.empty()) throw base::Error(base::ErrorKind::usage, "the header " + reason);
  visitor_.reject(first_line_, reason);
  skips_line_ = true;
  text_.clear();
  ends_.clear();
  csv_free(&parser_);
  start();
}

void CsvReader::check_size(std::size_t more) const {
  if (text_.size() + more < line_limit_bytes) return;
  throw base::Error(base::ErrorKind::usage, "line " + std::to_string(first_line_) + " is longer than 1 MiB",
                    "is a quote not closed?");
}

void CsvReader::end_field(std::string_view text) {
  check_size(text.size());
  text_ += text;
  ends_.push_back(text_.size());
  line_ += static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

// Of "\r\n" both ends are told; the second finds no field.
void CsvReader::end_line(int character) {
  const bool is_blank = ends_.empty() || (ends_.size() == 1 && text_.empty());
  if (!is_blank) places_.empty() ? take_header() : take_line();
  text_.clear();
  ends_.clear();
  if (character == '\n') ++line_;
  first_line_ = line_;
}

std::string_view CsvReader::field(std::size_t number) const {
  const std::size_t begin = number == 0 ? 0 : ends_[number - 1];
  return std::string_view(text_).substr(begin, ends_[number] - begin);
}

void CsvReader::take_header() {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  std::vector<std::string> names;
  for (std::size_t i = 0; i < ends_.size(); ++i) names.emplace_back(field(i));
  if (names.front().starts_with(byte_order_mark)) names.front().erase(0, byte_order_mark.size());
  width_ = names.size();
  for (const WantedColumn& column : columns_) {
    const auto found = std::ranges::find(names, column.name);
    if (found == names.end() && column.is_required) {
      throw base::Error(
          base::ErrorKind::usage, "the header has no column '" + column.name + "'",
          "it has " + base::printable(base::join(names, ", ")) + "; say which one is meant with --column");
    }
    places_.push_back(found == names.end() ? std::nullopt
                                           : std::optional(static_cast<std::size_t>(found - names.begin())));
  }
}

void CsvReader::take_line() {
  if (ends_.size() != width_) {
    return visitor_.reject(first_line_, "has " + std::to_string(ends_.size()) + " columns, the header " +
                                            std::to_string(width_));
  }
  for (std::size_t i = 0; i < cells_.size(); ++i)
    cells_[i] = places_[i] ? field(*places_[i]) : std::string_view();
  visitor_.take(first_line_, cells_);
}

}  // namespace

void read_csv(base::ByteSource& source, const std::vector<WantedColumn>& columns,
              const LineVisitor& visitor) {
  CsvReader reader(columns, visitor);
  std::string block(block_bytes, '\0');
  while (const std::size_t size = source.read(std::as_writable_bytes(std::span(block))))
    reader.feed(std::string_view(block).substr(0, size));
  reader.finish();
}

}  // namespace deskloom::ingest
