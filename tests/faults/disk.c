/* Under the C library of a process: counts its calls that change the disk, and at the n-th lets the process
 * die, stop, or hear that the disk is full. It also keeps a journal of all changes and flushes, from which
 * `power.py` tells what a disk holds after a power cut. Armed by the process itself (`shim.py`), for files in
 * one folder; before that, and for everything else, it is not noticed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, CUT = 4, NAME = 8, SEND = 16 };
enum { NOTHING, BEFORE, AFTER, TORN, FULL, FULL_ON, PAUSE_BEFORE, PAUSE_AFTER };

static char folder[PATH_MAX];
static size_t folder_length;
static int armed, counted, act, no_room, journal = -1;
static long nth, seen;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* ------------------------------------------------------------------ told by the process */
void faults_arm(const char *in, int kinds, long n, int what, const char *journal_path) {
    strncpy(folder, in, sizeof folder - 1);
    folder_length = strlen(folder);
    counted = kinds; nth = n; act = what; seen = 0;
    journal = *journal_path ? open(journal_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
    armed = 1;
}
void faults_relent(void) { act = NOTHING; nth = 0; no_room = 0; }
long faults_seen(void) { return seen; }

/* A program that cannot arm itself is told by its environment: folder and journal. */
__attribute__((constructor)) static void told_by_environment(void) {
    const char *in = getenv("FAULTS_FOLDER"), *to = getenv("FAULTS_JOURNAL");
    if (in && to) faults_arm(in, 0, 0, NOTHING, to);
}

/* ------------------------------------------------------------------ which files, and the journal */
static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, PATH_MAX - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return !strncmp(path, folder, folder_length);
}
static int ours(int fd, char *path) {
    struct stat about;
    /* a file without a name is gone when its process ends */
    return armed && !fstat(fd, &about) && about.st_nlink && (S_ISREG(about.st_mode) || S_ISDIR(about.st_mode)) && path_of(fd, path);
}
static void note(char what, const char *path, const char *other, int64_t at, const struct iovec *parts, int count) {
    if (journal < 0) return;
    uint16_t n = strlen(path), m = other ? strlen(other) : 0;
    uint64_t size = 0;
    for (int i = 0; i < count; i++) size += parts[i].iov_len;
    struct iovec all[8 + 64] = {{&what, 1}, {&n, 2}, {&m, 2}, {&at, 8}, {&size, 8}, {(void *)path, n}, {(void *)other, m}};
    for (int i = 0; i < count && i < 64; i++) all[7 + i] = parts[i];
    syscall(SYS_writev, journal, all, 7 + count); /* one call: records of several processes do not mix */
}

/* ------------------------------------------------------------------ the n-th call */
static void end(void) { syscall(SYS_kill, getpid(), SIGKILL); for (;;) pause(); }
static int is_nth(int kind) {
    if (!armed || !(counted & kind)) return 0;
    long now = __sync_add_and_fetch(&seen, 1);
    return nth && (now == nth || (act == FULL_ON && now > nth));
}
static int begin(int hit) { /* nonzero: the call fails */
    if (!hit) return 0;
    if (act == BEFORE) end();
    if (act == PAUSE_BEFORE) raise(SIGSTOP);
    return 0;
}
static void done(int hit) {
    if (!hit) return;
    if (act == AFTER || act == TORN) end();
    if (act == PAUSE_AFTER) raise(SIGSTOP);
}
#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define IS_FULL (hit && (act == FULL || act == FULL_ON))

static ssize_t put(int fd, const struct iovec *parts, int count, off_t at, const char *path) {
    /* the lock keeps journal and disk in one order */
    int hit = is_nth(WRITE);
    begin(hit);
    if (IS_FULL) { no_room = 1; errno = ENOSPC; return -1; }
    struct iovec half = {parts[0].iov_base, (parts[0].iov_len + 1) / 2};
    if (hit && act == TORN) { parts = &half; count = 1; }
    pthread_mutex_lock(&lock);
    off_t where = at;
    if (at < 0) {
        int flags = fcntl(fd, F_GETFL);
        struct stat about;
        where = (flags & O_APPEND) && !fstat(fd, &about) ? about.st_size : lseek(fd, 0, SEEK_CUR);
    }
    note('w', path, 0, where, parts, count);
    ssize_t written = at < 0 ? syscall(SYS_writev, fd, parts, count) : syscall(SYS_pwritev, fd, parts, count, at, 0);
    pthread_mutex_unlock(&lock);
    done(hit);
    return written;
}

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    char path[PATH_MAX];
    if (!ours(fd, path)) return real(fd, data, size);
    struct iovec part = {(void *)data, size};
    return put(fd, &part, 1, -1, path);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    REAL(pwrite);
    char path[PATH_MAX];
    if (!ours(fd, path)) return real(fd, data, size, at);
    struct iovec part = {(void *)data, size};
    return put(fd, &part, 1, at, path);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { return pwrite(fd, data, size, at); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
    REAL(pwritev);
    char path[PATH_MAX];
    if (!ours(fd, path) || count > 64) return real(fd, parts, count, at);
    return put(fd, parts, count, at, path);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) { return pwritev(fd, parts, count, at); }
ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(writev);
    char path[PATH_MAX];
    if (!ours(fd, path) || count > 64) return real(fd, parts, count);
    return put(fd, parts, count, -1, path);
}
int posix_fallocate(int fd, off_t at, off_t size) {
    REAL(posix_fallocate);
    char path[PATH_MAX];
    if (!ours(fd, path)) return real(fd, at, size);
    int hit = is_nth(WRITE);
    begin(hit);
    if (IS_FULL) { no_room = 1; return ENOSPC; }
    note('a', path, 0, at + size, 0, 0);
    int result = real(fd, at, size);
    done(hit);
    return result;
}

#define FLUSH(name)                                                   \
    int name(int fd) {                                                \
        REAL(name);                                                   \
        char path[PATH_MAX];                                          \
        if (!ours(fd, path)) return real(fd);                         \
        int hit = is_nth(SYNC);                                       \
        begin(hit);                                                   \
        if (hit && act == TORN) end(); /* nothing of it reached */    \
        note('b', path, 0, gettid(), 0, 0); /* later writes of others are not in this flush */ \
        int result = real(fd);                                        \
        if (!result) note('s', path, 0, gettid(), 0, 0);              \
        done(hit);                                                    \
        return result;                                                \
    }
FLUSH(fsync)
FLUSH(fdatasync)

int statvfs(const char *path, struct statvfs *about) {
    REAL(statvfs);
    int result = real(path, about);
    if (no_room && !result) about->f_bavail = about->f_bfree = 0;
    return result;
}
int statvfs64(const char *path, struct statvfs64 *about) { return statvfs(path, (struct statvfs *)about); }

int ftruncate(int fd, off_t size) {
    REAL(ftruncate);
    char path[PATH_MAX];
    if (!ours(fd, path)) return real(fd, size);
    int hit = is_nth(CUT);
    begin(hit);
    note('t', path, 0, size, 0, 0);
    int result = real(fd, size);
    done(hit);
    return result;
}
int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

/* ------------------------------------------------------------------ names */
static int named(const char **path, char *whole) {
    if (!armed) return 0;
    if (**path != '/') { /* PostgreSQL works in its folder */
        if (!getcwd(whole, PATH_MAX - 1) || strlen(whole) + strlen(*path) + 2 > PATH_MAX) return 0;
        strcat(strcat(whole, "/"), *path);
        *path = whole;
    }
    return !strncmp(*path, folder, folder_length);
}
/* A file comes to be, or becomes empty, when it is opened: PostgreSQL has empty ones that nobody ever writes to. */
static void opened(const char *path, int flags, int was_there, off_t had) {
    char whole[PATH_MAX];
    int told = errno;
    if (named(&path, whole)) {
        if (!was_there) note('c', path, 0, 0, 0, 0);
        else if ((flags & O_TRUNC) && had) note('t', path, 0, 0, 0, 0);
    }
    errno = told;
}
#define OPEN(name)                                                          \
    int name(const char *path, int flags, ...) {                            \
        REAL(name);                                                         \
        mode_t mode = 0;                                                    \
        if (flags & (O_CREAT | O_TMPFILE)) {                                \
            va_list rest;                                                   \
            va_start(rest, flags);                                          \
            mode = va_arg(rest, mode_t);                                    \
            va_end(rest);                                                   \
        }                                                                   \
        if (!armed || journal < 0 || !(flags & (O_CREAT | O_TRUNC))) return real(path, flags, mode); \
        struct stat about;                                                  \
        int was_there = !stat(path, &about), fd = real(path, flags, mode);  \
        if (fd >= 0) opened(path, flags, was_there, was_there ? about.st_size : 0); \
        return fd;                                                          \
    }
OPEN(open)
OPEN(open64)

static int name_change(char what, const char *a, const char *b) {
    int hit = is_nth(NAME);
    begin(hit);
    if (hit && act == TORN) end();
    note(what, a, b, 0, 0, 0);
    return hit;
}
#define TWO_NAMES(name, what)                                          \
    int name(const char *from, const char *to) {                       \
        REAL(name);                                                    \
        char one[PATH_MAX], other[PATH_MAX];                           \
        if (!named(&from, one) || !named(&to, other)) return real(from, to); \
        int hit = name_change(what, from, to), result = real(from, to); \
        done(hit);                                                     \
        return result;                                                 \
    }
TWO_NAMES(rename, 'r')
TWO_NAMES(link, 'l')
int unlink(const char *path) {
    REAL(unlink);
    char whole[PATH_MAX];
    if (!named(&path, whole)) return real(path);
    int hit = name_change('u', path, 0), result = real(path);
    done(hit);
    return result;
}

/* ------------------------------------------------------------------ what goes to a database server */
ssize_t send(int fd, const void *data, size_t size, int flags) {
    REAL(send);
    int hit = is_nth(SEND);
    begin(hit);
    ssize_t sent = real(fd, data, size, flags);
    done(hit);
    return sent;
}

/* ------------------------------------------------------------------ the clock on the wall */
static int64_t ahead;
void faults_clock(int64_t seconds) { ahead = seconds; }
int clock_gettime(clockid_t which, struct timespec *at) {
    REAL(clock_gettime);
    int result = real(which, at);
    if (which == CLOCK_REALTIME && !result) at->tv_sec += ahead;
    return result;
}
