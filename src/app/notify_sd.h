/* notify_sd.h - a word to systemd (sd_notify(3)), where it listens. */
#ifndef APP_NOTIFY_SD_H
#define APP_NOTIFY_SD_H

void notify_sd(const char *words);
/* How long to sleep at most between two WATCHDOG=1, in ms: half of what systemd allows, never
 * more than 10 s. */
int notify_sd_interval(void);

#endif
