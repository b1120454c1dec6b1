// Started by the kernel, as root, with the path of a group of the freezer hierarchy that has become
// empty. If that is a snap's group, its marker goes, which tells the daemon. The link `runctl` beside
// this program leads to the run-control directory. Source: cgroups(7), "release agent"; the seed on
// refreshes.

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { usage = 64, longest_path = 4096 };

int main(int argc, char** argv) {
  if (argc != 2)
    return usage;
  const char* slash = strrchr(argv[1], '/');
  const char* group = slash ? slash + 1 : argv[1];
  const char* place = strrchr(argv[0], '/');
  if (strncmp(group, "snap.", strlen("snap.")) != 0 || !place)
    return 0;
  char marker[longest_path];
  int length = snprintf(marker, sizeof marker, "%.*s/runctl/running/%s.running", (int)(place - argv[0]),
                        argv[0], group);
  if (length < 0 || (size_t)length >= sizeof marker)
    return 0;
  unlink(marker);
  return 0;
}
