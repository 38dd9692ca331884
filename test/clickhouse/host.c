/* ClickHouse out of libchdb: host LIBRARY [arguments of clickhouse-local]. Ends when its standard input does. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

typedef void *(*command_line)(int, char **);
typedef const char *(*error_of)(void *);

static void *watch_input(void *unused) {
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) continue;
  _exit(0);
  return unused;
}

int main(int argc, char **argv) {
  pthread_t watcher;
  if (argc < 2 || pthread_create(&watcher, NULL, watch_input, NULL) != 0) return 2;
  void *library = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
  if (library == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 2;
  }
  command_line run = (command_line)dlsym(library, "chdb_query_cmdline");
  error_of error = (error_of)dlsym(library, "chdb_result_error");
  if (run == NULL || error == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 2;
  }
  void *result = run(argc - 1, argv + 1);
  const char *message = result == NULL ? "no result" : error(result);
  if (message == NULL) return 0;
  fprintf(stderr, "%s\n", message);
  return 1;
}
