// Loaded into a daemon before the C library. It counts the calls by which the daemon changes the host,
// writes its journal or answers, and kills it at the one that the test chose.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/crash/crash_plan.h"

static struct crash_plan* plan;

__attribute__((constructor)) static void read_plan(void) {
  const char* file = getenv("TROUPE_CRASH_PLAN");
  int descriptor = file ? open(file, O_RDWR | O_CLOEXEC) : -1;
  if (descriptor < 0)
    return;
  void* memory = mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  close(descriptor);
  if (memory != MAP_FAILED)
    plan = memory;
}

static void reach_point(const char* call) {
  if (!plan)
    return;
  uint64_t number = __atomic_add_fetch(&plan->calls, 1, __ATOMIC_SEQ_CST);
  if (number != __atomic_load_n(&plan->fatal, __ATOMIC_SEQ_CST))
    return;
  strncpy(plan->call, call, sizeof plan->call - 1);
  kill(getpid(), SIGKILL);
}

#define CRASH_POINT(result, name, parameters, arguments)                                                \
  result name parameters {                                                                              \
    static result(*next) parameters;                                                                    \
    if (!next)                                                                                          \
      next = (result(*) parameters)dlsym(RTLD_NEXT, #name);                                             \
    reach_point(#name);                                                                                 \
    return next arguments;                                                                              \
  }

// The journal's.
CRASH_POINT(int, fdatasync, (int file), (file))
CRASH_POINT(ssize_t, pwrite64, (int file, const void* from, size_t bytes, off64_t at),
            (file, from, bytes, at))
CRASH_POINT(int, ftruncate64, (int file, off64_t bytes), (file, bytes))

// The host's.
CRASH_POINT(int, fsync, (int file), (file))
CRASH_POINT(int, mkdir, (const char* path, mode_t mode), (path, mode))
CRASH_POINT(int, chmod, (const char* path, mode_t mode), (path, mode))
CRASH_POINT(int, fchmod, (int file, mode_t mode), (file, mode))
CRASH_POINT(int, unlink, (const char* path), (path))
CRASH_POINT(int, unlinkat, (int directory, const char* path, int flags), (directory, path, flags))
CRASH_POINT(int, rename, (const char* from, const char* to), (from, to))
CRASH_POINT(int, symlink, (const char* target, const char* path), (target, path))
CRASH_POINT(int, linkat, (int from, const char* old, int to, const char* path, int flags),
            (from, old, to, path, flags))
CRASH_POINT(int, mkostemp, (char* pattern, int flags), (pattern, flags))
CRASH_POINT(int, mount,
            (const char* from, const char* on, const char* type, unsigned long flags, const void* data),
            (from, on, type, flags, data))
CRASH_POINT(int, umount2, (const char* path, int flags), (path, flags))
CRASH_POINT(int, waitid, (idtype_t type, id_t id, siginfo_t* into, int options),
            (type, id, into, options))

int ioctl(int file, unsigned long request, ...) {
  static int (*next)(int, unsigned long, ...);
  if (!next)
    next = (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
  va_list rest;
  va_start(rest, request);
  void* argument = va_arg(rest, void*);
  va_end(rest);
  if (request == LOOP_CONFIGURE)
    reach_point("LOOP_CONFIGURE");
  return next(file, request, argument);
}

// The client's answers.
CRASH_POINT(ssize_t, sendmsg, (int socket, const struct msghdr* message, int flags),
            (socket, message, flags))
