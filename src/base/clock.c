#include "clock.h"

#include <time.h>

static int64_t shift;

static int64_t
read_ms(clockid_t id)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
clock_now(void)
{
	return (int64_t)time(NULL) + shift;
}

int64_t
clock_mono_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

int64_t
clock_cpu_ms(void)
{
	return read_ms(CLOCK_THREAD_CPUTIME_ID);
}

void
clock_shift_to(int64_t at)
{
	shift = at - (int64_t)time(NULL);
}
