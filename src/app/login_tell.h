/* login_tell.h - the administrator hears, once, that no token is taken. */
#ifndef APP_LOGIN_TELL_H
#define APP_LOGIN_TELL_H

#include "role.h"

/* Where login_is_trouble(): one mail a day at most, whichever role is first. */
void login_tell(struct role *r, const struct fault *why);

#endif
