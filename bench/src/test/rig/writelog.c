/* An nbdkit plugin: a disk in a file, and a log of every write and flush that reached it.
 *
 * An entry of the log, in the machine's byte order:
 *
 *   0            8                16         24        32
 *  +------------+----------------+----------+---------+----------------+
 *  | nanoseconds| 1 write        | offset   | length  | bytes written  |
 *  | since 1970 | 2 flush        |          |         |                |
 *  +------------+----------------+----------+---------+----------------+
 *
 * One request at a time, so the log has them in the order in which they were done.
 */
#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define THREAD_MODEL NBDKIT_THREAD_MODEL_SERIALIZE_ALL_REQUESTS

static char *image_path, *log_path;
static int image = -1;
static FILE *writes;

static int config(const char *key, const char *value) {
  char **target = !strcmp(key, "image") ? &image_path : !strcmp(key, "log") ? &log_path : NULL;
  if (!target) {
    nbdkit_error("unknown parameter %s", key);
    return -1;
  }
  *target = nbdkit_absolute_path(value);
  return *target ? 0 : -1;
}

static int get_ready(void) {
  image = open(image_path, O_RDWR);
  writes = fopen(log_path, "wb");
  if (image < 0 || !writes) {
    nbdkit_error("image or log can't be opened");
    return -1;
  }
  return 0;
}

static void unload(void) {
  if (writes) fclose(writes);
  if (image >= 0) close(image);
}

static void *open_disk(int readonly) {
  (void) readonly;
  return NBDKIT_HANDLE_NOT_NEEDED;
}

static int64_t get_size(void *handle) {
  struct stat status;
  (void) handle;
  return fstat(image, &status) < 0 ? -1 : status.st_size;
}

static int can_flush(void *handle) {
  (void) handle;
  return 1;
}

static int note(uint64_t kind, uint64_t offset, const void *bytes, uint64_t length) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t head[4] = {now.tv_sec * 1000000000ull + now.tv_nsec, kind, offset, length};
  if (fwrite(head, sizeof head, 1, writes) != 1
      || (length && fwrite(bytes, length, 1, writes) != 1)
      || fflush(writes)) {
    nbdkit_error("the log can't be written");
    return -1;
  }
  return 0;
}

static int disk_pread(void *handle, void *buffer, uint32_t count, uint64_t offset, uint32_t flags) {
  (void) handle;
  (void) flags;
  return pread(image, buffer, count, offset) == (ssize_t) count ? 0 : -1;
}

static int disk_pwrite(
    void *handle, const void *buffer, uint32_t count, uint64_t offset, uint32_t flags) {
  (void) handle;
  (void) flags;
  if (pwrite(image, buffer, count, offset) != (ssize_t) count) return -1;
  return note(1, offset, buffer, count);
}

static int disk_flush(void *handle, uint32_t flags) {
  (void) handle;
  (void) flags;
  return note(2, 0, NULL, 0);
}

static struct nbdkit_plugin plugin = {
  .name = "writelog",
  .config = config,
  .get_ready = get_ready,
  .unload = unload,
  .open = open_disk,
  .get_size = get_size,
  .can_flush = can_flush,
  .pread = disk_pread,
  .pwrite = disk_pwrite,
  .flush = disk_flush,
};

NBDKIT_REGISTER_PLUGIN(plugin)
