// free() and realloc() that wipe what they give back, so that a PIN, a token or a key in any freed object, buffer or task is gone
// and no later core dump, swap or stray read has it. These definitions stand before glibc's for the whole process (ld.so(8),
// symbol lookup); glibc's own stay reachable as __libc_…. Its M_PERTURB would do the same, but not for the per-thread cache that
// takes most blocks (malloc/malloc.c, _int_free).

#include <errno.h>
#include <malloc.h>
#include <stddef.h>
#include <string.h>

void __libc_free(void *block);
void *__libc_malloc(size_t size);
void *__libc_realloc(void *block, size_t size);

// Beyond it are argon2's memory, which argon2 wipes, and the pages of SQLite's cache; wiping 19 MiB again would cost a twentieth
// of a PIN check.
static const size_t largest_wiped = 1 << 20;

void free(void *block) {
    if (block == NULL) return;
    size_t size = malloc_usable_size(block);
    int kept = errno;  // free() leaves errno as it is (POSIX.1-2024).
    if (size <= largest_wiped) explicit_bzero(block, size);
    __libc_free(block);
    errno = kept;
}

void *realloc(void *block, size_t size) {
    size_t old = block == NULL ? 0 : malloc_usable_size(block);
    if (block == NULL || old > largest_wiped) return __libc_realloc(block, size);
    if (size == 0) {
        free(block);
        return NULL;
    }
    if (size <= old && size >= old / 2) return block;
    void *moved = __libc_malloc(size);
    if (moved == NULL) return NULL;
    memcpy(moved, block, size < old ? size : old);
    free(block);
    return moved;
}
