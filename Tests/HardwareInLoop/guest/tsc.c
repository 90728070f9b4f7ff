/// Prints how many thousand times a second this machine's time stamp counter counts, which is what qemu shows its guest. A kernel that boots
/// on an emulated processor of a busy machine measures it too low by far, and then its clock runs several times too fast.
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

struct reading {
    int64_t nanoseconds;
    uint64_t ticks;
};

/// Both at the same time, as far as nothing came between: the best of some tries.
static struct reading now(void) {
    struct reading best = {0, 0};
    for (int64_t narrowest = INT64_MAX, turn = 0; turn < 100; turn++) {
        struct timespec before, after;
        clock_gettime(CLOCK_MONOTONIC, &before);
        uint64_t ticks = __rdtsc();
        clock_gettime(CLOCK_MONOTONIC, &after);
        int64_t start = before.tv_sec * 1000000000LL + before.tv_nsec, end = after.tv_sec * 1000000000LL + after.tv_nsec;
        if (end - start >= narrowest) continue;
        narrowest = end - start;
        best = (struct reading){start + narrowest / 2, ticks};
    }
    return best;
}

int main(void) {
    struct reading first = now();
    nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
    struct reading last = now();
    printf("%.0f\n", (last.ticks - first.ticks) * 1e6 / (last.nanoseconds - first.nanoseconds));
}
