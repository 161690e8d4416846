#!/bin/sh
# arch.sh BUILD - fail when an object calls something that its layer must not.
# A rule is: symbols, then the objects that may call them (extended regexes).
rules='
sqlite3_.*                                   store/.*
curl_.*|dlopen|dlsym                         net/oauth2\.o
mailimap_.*|mailstream_.*                    net/imap.*\.o
mailmime_.*|mailimf_.*                       nobody
gnutls_.*                                    net/.*
nettle_.*                                    base/(mac|seal)\.o
deflate.*|inflate.*                          base/pack\.o
g_.*|xml.*|html.*|iconv.*                    mail/.*
utf8proc_.*                                  mail/.*
pcre2_.*|hs_.*                               desk/rules.*\.o
cairo_.*                                     desk/.*
ical.*|idn2_.*                               mail/.*
json_load.*|json_decref                      app/ctl.*|net/oauth2_answer\.o
_ZN4CLD2.*                                   mail/lang\.o
seccomp_.*                                   app/.*
fork|execv|execve|fexecve|waitpid|kill       app/.*
time|clock_gettime|gettimeofday              base/clock\.o
malloc|calloc|realloc|strdup|strndup|free    base/.*|store/.*|net/.*|desk/rules.*\.o
strcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|strtok|localtime|gmtime|ctime|asctime|system|popen|atoi|rand  nobody
exit|_exit|abort                             base/.*|app/.*|store/.*
log_.*                                       base/log\.o|app/.*
'
B=$1
find "$B" -name '*.o' ! -path '*/tests/*' | while read -r o; do
	nm -u "$o" | awk -v o="${o#"$B"/}" '{ s = $NF; sub(/@.*/, "", s); if (s ~ /^__.*_chk$/) { s = substr(s, 3, length(s) - 6) } print o, s }'
done | awk -v rules="$rules" '
	BEGIN { n = split(rules, r, "\n"); for (i = 1; i <= n; i++) if (split(r[i], f, " ") == 2) { k++; sym[k] = "^(" f[1] ")$"; who[k] = "^(" f[2] ")$" } }
	{ for (i = 1; i <= k; i++) if ($2 ~ sym[i] && $1 !~ who[i]) { print "arch: " $1 " calls " $2; bad = 1 } }
	END { if (!bad) print "ok: arch"; exit bad }'
