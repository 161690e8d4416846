#include "digest.h"

#include "digest_doc.h"
#include "plan_int.h"

enum { DIGEST_MAIL_BYTES = 2 * 1024 * 1024 };

enum status
digest_make(struct arena *a, const struct desk *d, const struct digest_facts *facts,
    const struct digest_names *names, struct digest_doc **out, struct fault *f)
{
	struct digest_told *t = arena_new(a, struct digest_told, 1);

	digest_tell(facts, t);
	return digest_write(a, d, t, names, out, f);
}

enum status
digest_mail(struct arena *a, const struct desk *d, const struct digest_doc *doc, const char *to,
    int64_t now, const struct plan_facts *random, struct plan *out, struct fault *f)
{
	const struct plan_in in = { .now = now };
	struct planning g = { a, d, &in, random, out, 0 };
	struct compose_image image[DOC_CHARTS];
	struct outmail m = {
		.to = to, .automatic = COMPOSE_GENERATED, .lang = "fr", .subject = doc->subject,
		.image = image, .nimages = doc->ncharts,
	};

	if (digest_text(a, doc, &m.text, f) != ST_OK ||
	    digest_html(a, doc, true, &m.html, f) != ST_OK)
		return f->st;
	for (size_t i = 0; i < doc->ncharts; i++)
		image[i] = (struct compose_image){ doc->chart[i].cid, "image/png",
			doc->chart[i].png };
	plan_empty(&g);
	return plan_send(&g, MAIL_KIND_DIGEST, &m, DIGEST_MAIL_BYTES, now, false, f);
}
