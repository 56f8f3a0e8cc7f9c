/* A crowd of SSE subscribers for tests/bench/subscribers.mjs: argv = port, path, how many.
   Says "open N" when all hear, then on each line of its input ("mark") the figures since the mark before, as JSON:
   events heard, bytes, and how old they were (ms from their "time" to when they were read). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { most_at_once = 200, slots = 20000, hour_ms = 3600 * 1000 };
static unsigned long ages[slots], events, bytes, lost;

static long now_in_hour(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (t.tv_sec % 3600) * 1000 + t.tv_nsec / 1000000;
}

/* "time":"2026-11-22T05:27:17.123Z" */
static void hear(const char* text, size_t size, long now) {
  static const char key[] = "\"time\":\"";
  bytes += size;
  for (const char* at = text; (at = memmem(at, size - (size_t)(at - text), key, sizeof key - 1)); ++at) {
    const char* clock = at + sizeof key - 1 + 14;
    if (clock + 9 > text + size) return;
    const long told = (atol(clock) * 60 + atol(clock + 3)) * 1000 + atol(clock + 6);
    const long age = (now - told + hour_ms) % hour_ms;
    ++events;
    ++ages[age < slots ? age : slots - 1];
  }
}

static unsigned long at_share(double share) {
  unsigned long left = (unsigned long)(share * (double)events);
  for (unsigned long i = 0; i < slots; ++i) {
    if (ages[i] > left) return i;
    left -= ages[i];
  }
  return slots;
}

static void tell(void) {
  unsigned long worst = slots;
  while (worst > 0 && ages[worst - 1] == 0) --worst;
  printf("{\"events\":%lu,\"bytes\":%lu,\"p50\":%lu,\"p99\":%lu,\"worst\":%lu,\"lost\":%lu}\n", events, bytes, at_share(0.5), at_share(0.99),
         worst ? worst - 1 : 0, lost);
  fflush(stdout);
  memset(ages, 0, sizeof ages);
  events = bytes = 0;
}

static int dial(int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (fd < 0 || (connect(fd, (const struct sockaddr*)&to, sizeof to) != 0 && errno != EINPROGRESS)) {
    perror("connect");
    exit(1);
  }
  return fd;
}

int main(int count, char** words) {
  if (count != 4) return 2;
  const int port = atoi(words[1]), wanted = atoi(words[3]);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  char ask[1024];
  const int size = snprintf(ask, sizeof ask, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", words[2], port);
  const int poll = epoll_create1(0);
  struct epoll_event on = {.events = EPOLLIN, .data.fd = 0};
  epoll_ctl(poll, EPOLL_CTL_ADD, 0, &on);
  static char state[1 << 20]; /* by descriptor: 1 dialled, 2 asked, 3 hears */
  static char text[256 << 10];
  int dialled = 0, hears = 0;
  struct epoll_event ready[1024];
  for (;;) {
    for (; dialled < wanted && dialled - hears < most_at_once; ++dialled) {
      const int fd = dial(port);
      state[fd] = 1;
      on = (struct epoll_event){.events = EPOLLOUT, .data.fd = fd};
      epoll_ctl(poll, EPOLL_CTL_ADD, fd, &on);
    }
    const int many = epoll_wait(poll, ready, 1024, -1);
    for (int i = 0; i < many; ++i) {
      const int fd = ready[i].data.fd;
      if (fd == 0) {
        if (read(0, text, sizeof text) <= 0) return 0;
        tell();
      } else if (state[fd] == 1) {
        if (write(fd, ask, (size_t)size) != size) return 1;
        state[fd] = 2;
        on = (struct epoll_event){.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(poll, EPOLL_CTL_MOD, fd, &on);
      } else {
        const ssize_t got = read(fd, text, sizeof text);
        if (got <= 0) {
          if (got < 0 && errno == EAGAIN) continue;
          close(fd);
          ++lost;
          continue;
        }
        if (state[fd] == 2) {
          if (strncmp(text, "HTTP/1.1 200", 12) != 0) {
            fwrite(text, 1, (size_t)got, stderr);
            return 1;
          }
          state[fd] = 3;
          if (++hears == wanted) {
            printf("open %d\n", hears);
            fflush(stdout);
          }
        }
        hear(text, (size_t)got, now_in_hour());
      }
    }
  }
}
