/* A file system without case, for one program: the last part of a path stands for whatever entry of its folder has the same letters,
 * upper or lower. A file keeps the name that it was made under, also where another is moved over it. To be loaded by LD_PRELOAD. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static const char *taken(const char *path, char *found) {
    const char *slash = strrchr(path, '/');
    if (!slash || strlen(path) >= PATH_MAX) return path;
    snprintf(found, PATH_MAX, "%.*s", (int)(slash - path + 1), path);
    DIR *folder = opendir(found);
    if (!folder) return path;
    const char *result = path;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strcasecmp(entry->d_name, slash + 1)) continue;
        strncat(found, entry->d_name, PATH_MAX - strlen(found) - 1);
        result = found;
        break;
    }
    closedir(folder);
    return result;
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    char found[PATH_MAX];
    int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, "open64");
    return next(taken(path, found), flags, mode);
}

int rename(const char *from, const char *to) {
    char source[PATH_MAX], target[PATH_MAX];
    int (*next)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
    return next(taken(from, source), taken(to, target));
}

int unlink(const char *path) {
    char found[PATH_MAX];
    int (*next)(const char *) = dlsym(RTLD_NEXT, "unlink");
    return next(taken(path, found));
}
