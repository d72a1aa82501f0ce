// notes FILE: stands for an editor. Keeps FILE open for writing; SIGUSR1 appends an autosave line.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int fail(const char* action, const char* path) {
  fprintf(stderr, "notes: cannot %s %s: %s\n", action, path, strerror(errno));
  return 1;
}

static int save(int fd, int count) {
  char line[32];
  const int length = snprintf(line, sizeof line, "autosave %d\n", count);
  return write(fd, line, (size_t)length) == length ? 0 : -1;
}

int main(int argc, char** argv) {
  if (argc != 2) {
    fputs("usage: notes FILE\n", stderr);
    return 2;
  }
  const int fd = open(argv[1], O_RDWR | O_APPEND | O_CLOEXEC);
  if (fd < 0) return fail("open", argv[1]);

  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR1);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  for (int saves = 1, number = 0; sigwait(&signals, &number) == 0 && number == SIGUSR1; ++saves) {
    if (save(fd, saves) != 0) return fail("write", argv[1]);
  }
  return 0;
}
