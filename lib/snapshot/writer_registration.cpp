#include "snapshot/writer_registration.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.hpp"

namespace deskloom::snapshot {
namespace {

namespace fs = std::filesystem;

bool has_name(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && status.st_nlink > 0;
}

}  // namespace

WriterRegistration::WriterRegistration(const fs::path& writers) {
  // A collection may take the new file for a dead writer's, in the moment before it is locked.
  do {
    path_ = writers / base::SystemRandom().hex(32);
    fd_ = base::open_file(path_, O_RDWR | O_CREAT | O_EXCL, 0600);
  } while (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0 || !has_name(fd_.get()));
}

WriterRegistration::~WriterRegistration() { ::unlink(path_.c_str()); }

std::set<std::string> living_writers(const fs::path& writers) {
  std::set<std::string> living;
  for (const std::string& name : base::list_directory(writers)) {
    const base::UniqueFd fd(::open((writers / name).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    if (!fd) continue;  // it has just ended
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      living.insert(name);
    } else {
      ::unlink((writers / name).c_str());
    }
  }
  return living;
}

}  // namespace deskloom::snapshot
