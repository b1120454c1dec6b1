// Loaded into a daemon before the C library. It counts the calls by which the daemon writes its journal,
// changes the host or answers, and at the one that the test chose it kills the daemon or fails the call.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/crash/crash_order.h"

static struct crash_order* order;
static pid_t daemon_pid;

// Programs that the daemon runs are no part of it.
__attribute__((constructor)) static void read_order(void) {
  const char* file = getenv("TROUPE_CRASH_ORDER");
  if (!file || strcmp(program_invocation_short_name, "trouped") != 0)
    return;
  int descriptor = open(file, O_RDWR | O_CLOEXEC);
  if (descriptor < 0)
    return;
  void* memory = mmap(NULL, sizeof *order, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  close(descriptor);
  if (memory == MAP_FAILED)
    return;
  daemon_pid = getpid();
  order = memory;
}

enum { go_on = -1 };

// A crash_action, or go_on.
static int reach_point(int kind) {
  if (!order || kind == 0 || getpid() != daemon_pid)
    return go_on;
  __atomic_add_fetch(&order->calls[__builtin_ctz((unsigned)kind)], 1, __ATOMIC_SEQ_CST);
  if (!(__atomic_load_n(&order->kinds, __ATOMIC_SEQ_CST) & (unsigned)kind))
    return go_on;
  if (__atomic_fetch_sub(&order->left, 1, __ATOMIC_SEQ_CST) != 1)
    return go_on;
  return (int)__atomic_load_n(&order->action, __ATOMIC_SEQ_CST);
}

static void note(const char* call) { strncpy(order->call, call, sizeof order->call - 1); }

static void die(const char* call) {
  note(call);
  kill(getpid(), SIGKILL);
  pause();
}

static int fail(const char* call) {
  note(call);
  return __atomic_load_n(&order->error, __ATOMIC_SEQ_CST);
}

// The journal is known by its name. Files without one, such as a log in memory, don't matter.
static int kind_of(int file) {
  char link[32];
  char path[512];
  struct stat status;
  int saved = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = order ? readlink(link, path, sizeof path - 1) : -1;
  int plain =
      length > 0 && fstat(file, &status) == 0 && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
  errno = saved;
  if (!plain)
    return 0;
  path[length] = '\0';
  if (strncmp(path, "/memfd:", 7) == 0)
    return 0;
  return strstr(path, "/var/lib/troupe/journal.db") ? crash_journal : crash_files;
}

#define NEXT(result, name, parameters)                                                                  \
  static result(*next) parameters;                                                                      \
  if (!next)                                                                                            \
    next = (result(*) parameters)dlsym(RTLD_NEXT, #name);

#define CRASH_POINT(kind, result, name, parameters, arguments)                                          \
  result name parameters {                                                                              \
    NEXT(result, name, parameters)                                                                      \
    int action = reach_point(kind);                                                                     \
    if (action == crash_kill_before)                                                                    \
      die(#name);                                                                                       \
    if (action == crash_fail) {                                                                         \
      errno = fail(#name);                                                                              \
      return -1;                                                                                        \
    }                                                                                                   \
    result done = next arguments;                                                                       \
    if (action == crash_kill_after)                                                                     \
      die(#name);                                                                                       \
    return done;                                                                                        \
  }

CRASH_POINT(kind_of(file), int, fdatasync, (int file), (file))
CRASH_POINT(kind_of(file), ssize_t, pwrite64, (int file, const void* from, size_t bytes, off64_t at),
            (file, from, bytes, at))
CRASH_POINT(kind_of(file), int, ftruncate64, (int file, off64_t bytes), (file, bytes))
CRASH_POINT(kind_of(file), int, fsync, (int file), (file))
CRASH_POINT(kind_of(file), ssize_t, write, (int file, const void* from, size_t bytes),
            (file, from, bytes))
CRASH_POINT(kind_of(to), ssize_t, copy_file_range,
            (int from, off64_t* from_at, int to, off64_t* to_at, size_t bytes, unsigned flags),
            (from, from_at, to, to_at, bytes, flags))
CRASH_POINT(kind_of(file), int, fchmod, (int file, mode_t mode), (file, mode))

CRASH_POINT(crash_files, int, mkdir, (const char* path, mode_t mode), (path, mode))
CRASH_POINT(crash_files, int, chmod, (const char* path, mode_t mode), (path, mode))
CRASH_POINT(crash_files, int, unlink, (const char* path), (path))
CRASH_POINT(crash_files, int, unlinkat, (int directory, const char* path, int flags),
            (directory, path, flags))
CRASH_POINT(crash_files, int, rename, (const char* from, const char* to), (from, to))
CRASH_POINT(crash_files, int, symlink, (const char* target, const char* path), (target, path))
CRASH_POINT(crash_files, int, linkat, (int from, const char* old, int to, const char* path, int flags),
            (from, old, to, path, flags))
CRASH_POINT(crash_files, int, mkostemp, (char* pattern, int flags), (pattern, flags))

#define CRASH_POINT_AT_CREATION(name, parameters, arguments)                                            \
  int name parameters {                                                                                 \
    NEXT(int, name, parameters)                                                                         \
    mode_t mode = 0;                                                                                    \
    if (flags & O_CREAT) {                                                                              \
      va_list rest;                                                                                     \
      va_start(rest, flags);                                                                            \
      mode = va_arg(rest, mode_t);                                                                      \
      va_end(rest);                                                                                     \
    }                                                                                                   \
    int action = reach_point(flags & O_CREAT ? crash_files : 0);                                        \
    if (action == crash_kill_before)                                                                    \
      die(#name);                                                                                       \
    if (action == crash_fail) {                                                                         \
      errno = fail(#name);                                                                              \
      return -1;                                                                                        \
    }                                                                                                   \
    int file = next arguments;                                                                          \
    if (action == crash_kill_after)                                                                     \
      die(#name);                                                                                       \
    return file;                                                                                        \
  }

CRASH_POINT_AT_CREATION(open, (const char* path, int flags, ...), (path, flags, mode))
CRASH_POINT_AT_CREATION(open64, (const char* path, int flags, ...), (path, flags, mode))
CRASH_POINT_AT_CREATION(openat, (int directory, const char* path, int flags, ...),
                        (directory, path, flags, mode))

CRASH_POINT(crash_mounts, int, mount,
            (const char* from, const char* on, const char* type, unsigned long flags, const void* data),
            (from, on, type, flags, data))
CRASH_POINT(crash_mounts, int, umount2, (const char* path, int flags), (path, flags))

int ioctl(int file, unsigned long request, ...) {
  NEXT(int, ioctl, (int, unsigned long, ...))
  va_list rest;
  va_start(rest, request);
  void* argument = va_arg(rest, void*);
  va_end(rest);
  int action = reach_point(request == LOOP_CONFIGURE ? crash_mounts : 0);
  if (action == crash_kill_before)
    die("LOOP_CONFIGURE");
  if (action == crash_fail) {
    errno = fail("LOOP_CONFIGURE");
    return -1;
  }
  int done = next(file, request, argument);
  if (action == crash_kill_after)
    die("LOOP_CONFIGURE");
  return done;
}

// This one returns its error.
int posix_spawnp(pid_t* pid, const char* file, const posix_spawn_file_actions_t* actions,
                 const posix_spawnattr_t* attributes, char* const* arguments, char* const* variables) {
  NEXT(int, posix_spawnp,
       (pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*, char* const*,
        char* const*))
  int action = reach_point(crash_process);
  if (action == crash_kill_before)
    die("posix_spawnp");
  if (action == crash_fail)
    return fail("posix_spawnp");
  int done = next(pid, file, actions, attributes, arguments, variables);
  if (action == crash_kill_after)
    die("posix_spawnp");
  return done;
}

CRASH_POINT(crash_process, int, waitid, (idtype_t type, id_t id, siginfo_t* into, int options),
            (type, id, into, options))

CRASH_POINT(crash_answer, ssize_t, sendmsg, (int socket, const struct msghdr* message, int flags),
            (socket, message, flags))
