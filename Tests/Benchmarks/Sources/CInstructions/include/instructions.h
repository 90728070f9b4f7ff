/// Starts counting this thread's instructions in user space (man 2 perf_event_open); negative when the kernel gives no counter.
int instructions_start(void);

/// What was counted since the start. Closes the counter.
long long instructions_stop(int counter);
