/* The receiving end of sd_notify(3) for tests: binds a datagram socket at argv[1] (a leading '@' is an
   abstract one), says "bound", then prints each datagram as one line, its own line ends as '|'. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(int count, char** words) {
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  const size_t size = count == 2 ? strlen(words[1]) : 0;
  if (size == 0 || size >= sizeof at.sun_path) return 2;
  memcpy(at.sun_path, words[1], size);
  if (at.sun_path[0] == '@') at.sun_path[0] = '\0';
  const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (bind(fd, (const struct sockaddr*)&at, offsetof(struct sockaddr_un, sun_path) + size) != 0) return 1;
  puts("bound");
  for (;;) {
    char text[4097];
    fflush(stdout);
    const ssize_t got = recv(fd, text, sizeof text - 1, 0);
    if (got < 0) return 1;
    text[got] = '\0';
    for (char* c = text; *c; ++c)
      if (*c == '\n') *c = '|';
    puts(text);
  }
}
