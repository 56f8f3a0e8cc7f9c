// Preloaded into a node: remembers what a power cut would leave of $HIVE_HOME in $POWER_CUT_IMAGE. A file is worth its
// content at its last fsync or fdatasync, a folder its entries at its last fsync; everything younger is lost.
// power-cut.mjs builds a home from the image. Files are named by inode and time of birth, since inodes come again.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int key_of(int dir, const char *name, char *key, size_t size, struct statx *seen) {
  const int flags = AT_SYMLINK_NOFOLLOW | (*name ? 0 : AT_EMPTY_PATH);
  if (statx(dir, name, flags, STATX_BASIC_STATS | STATX_BTIME, seen) != 0) return -1;
  snprintf(key, size, "%llu-%lld%09u", (unsigned long long)seen->stx_ino, (long long)seen->stx_btime.tv_sec,
           seen->stx_btime.tv_nsec);
  return 0;
}

// Replaced by rename, so that a kill in the middle leaves the one of before.
static int open_image(const char *kind, const char *name, char *fresh, char *final) {
  static __thread unsigned long made;
  const char *image = getenv("POWER_CUT_IMAGE");
  snprintf(final, PATH_MAX, "%s/%s/%s", image, kind, name);
  snprintf(fresh, PATH_MAX, "%s/fresh-%d-%lx-%lu", image, getpid(), (unsigned long)&made, ++made);
  return open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

static void keep_file(int fd) {
  char key[64], fresh[PATH_MAX], final[PATH_MAX], self[64];
  struct statx seen;
  if (key_of(fd, "", key, sizeof key, &seen) != 0) return;
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  const int from = open(self, O_RDONLY | O_CLOEXEC); // `fd` may be write-only or direct
  const int to = open_image("files", key, fresh, final);
  static __thread char buffer[1 << 16];
  ssize_t got;
  while (from >= 0 && to >= 0 && (got = read(from, buffer, sizeof buffer)) > 0)
    if (write(to, buffer, (size_t)got) != got) abort();
  if (from >= 0) close(from);
  if (to >= 0) close(to);
  rename(fresh, final);
}

static void keep_folder(int fd, const char *below) {
  char name[NAME_MAX + 1], fresh[PATH_MAX], final[PATH_MAX], self[64];
  snprintf(name, sizeof name, "%s", *below ? below : "/");
  for (char *c = name; *c; ++c)
    if (*c == '/') *c = '%';
  const int to = open_image("folders", name, fresh, final);
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  DIR *all = opendir(self);
  for (struct dirent *next; to >= 0 && all && (next = readdir(all));) {
    char key[64];
    struct statx seen;
    if (!strcmp(next->d_name, ".") || !strcmp(next->d_name, "..")) continue;
    if (key_of(dirfd(all), next->d_name, key, sizeof key, &seen) != 0) continue;
    dprintf(to, "%o\t%s\t%s\n", (unsigned)seen.stx_mode, key, next->d_name);
  }
  if (all) closedir(all);
  if (to >= 0) close(to);
  rename(fresh, final);
}

static void keep(int fd) {
  const int before = errno;
  const char *home = getenv("HIVE_HOME");
  char self[64], path[PATH_MAX];
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(self, path, sizeof path - 1);
  if (home && getenv("POWER_CUT_IMAGE") && length > 0) {
    path[length] = '\0';
    const size_t root = strlen(home);
    struct stat seen;
    if (!strncmp(path, home, root) && (path[root] == '/' || !path[root]) && fstat(fd, &seen) == 0) {
      if (S_ISDIR(seen.st_mode)) keep_folder(fd, path + root);
      if (S_ISREG(seen.st_mode)) keep_file(fd);
    }
  }
  errno = before;
}

int fsync(int fd) {
  keep(fd);
  return 0;
}

int fdatasync(int fd) {
  keep(fd);
  return 0;
}
