/* clock.h - the only door to the time of day.
 *
 * Wall time is UTC seconds since 1970; it decides dates that people read.
 * Monotonic milliseconds decide waits and deadlines; what the processor spent on this thread
 * bounds a computation, whose result must not hang on how busy the machine is.  -T moves the wall clock
 * once, at start, for tests and drills; it runs on from there. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

int64_t clock_now(void);
int64_t clock_mono_ms(void);
int64_t clock_cpu_ms(void);
/* From now on the wall clock reads `at` and runs on. */
void clock_shift_to(int64_t at);

#endif
