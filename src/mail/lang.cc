#include "lang.h"

#include <stdio.h>	/* that header names FILE without it */
#include <string.h>

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

namespace {

/* Bytes that decide: the first where they are all of one language, which they nearly always
 * are, else more of them. */
const int FIRST = 512, ENOUGH = 1024;
const int ALL_ONE = 95;			/* per cent */

/* The code without its script, in ISO 639-1. */
void
put_code(CLD2::Language l, char out[LANG_MAX])
{
	const char *code = CLD2::LanguageCode(l);
	size_t n = strcspn(code, "-");

	if (n < 2 || n >= LANG_MAX || strcmp(code, "un") == 0)
		return;
	memcpy(out, code, n);
	out[n] = '\0';
	if (strcmp(out, "iw") == 0)
		memcpy(out, "he", 3);
}

/* At most `max` bytes of the text.  True: they are of one language. */
bool
guess(const char *text, size_t n, int max, char out[LANG_MAX])
{
	CLD2::Language three[3];
	int percent[3], bytes = 0, valid = 0;
	bool reliable = false;
	CLD2::CLDHints hints = { "fr", nullptr, CLD2::UNKNOWN_ENCODING,
	    CLD2::UNKNOWN_LANGUAGE };
	double score[3];
	int take = n > size_t(max) ? max : int(n);

	memcpy(out, "fr", 3);
	while (take > 0 && size_t(take) < n && (text[take] & 0xc0) == 0x80)
		take--;
	CLD2::Language best = CLD2::ExtDetectLanguageSummaryCheckUTF8(text, take, true, &hints,
	    0, three, percent, score, nullptr, &bytes, &reliable, &valid);
	if (reliable)
		put_code(best, out);
	return reliable && percent[0] >= ALL_ONE;
}

} // namespace

extern "C" void
lang_guess(const char *text, size_t n, char out[LANG_MAX])
{
	if (!guess(text, n, FIRST, out) && n > size_t(FIRST))
		(void)guess(text, n, ENOUGH, out);
}
