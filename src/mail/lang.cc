#include "lang.h"

#include <stdio.h>	/* that header names FILE without it */
#include <string.h>

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

namespace {

const int ENOUGH = 1024;	/* bytes that decide */

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

} // namespace

extern "C" void
lang_guess(const char *text, size_t n, char out[LANG_MAX])
{
	CLD2::Language three[3];
	int percent[3], bytes = 0, valid = 0;
	bool reliable = false;
	CLD2::CLDHints hints = { "fr", nullptr, CLD2::UNKNOWN_ENCODING,
	    CLD2::UNKNOWN_LANGUAGE };
	double score[3];
	int take = n > size_t(ENOUGH) ? ENOUGH : int(n);

	memcpy(out, "fr", 3);
	while (take > 0 && size_t(take) < n && (text[take] & 0xc0) == 0x80)
		take--;
	CLD2::Language best = CLD2::ExtDetectLanguageSummaryCheckUTF8(text, take, true, &hints,
	    0, three, percent, score, nullptr, &bytes, &reliable, &valid);
	if (reliable)
		put_code(best, out);
}
