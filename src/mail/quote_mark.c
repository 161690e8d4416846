#include "quote_int.h"

#include <string.h>

/* All words here are folded as quote_fold does. */

static const char *const originals[] = {
	"message d'origine", "message original", "message initial", "message precedent",
	"mail original", "mail d'origine", "courriel original", "e-mail d'origine",
	"message recu", "original message", "original email", "original e-mail",
	"original mail", "original appointment", "previous message", "replied message",
	"ursprungliche nachricht", "originalnachricht", "original-nachricht",
	"original nachricht", "antwort nachricht", "ursprungliche e-mail", "mensaje original",
	"mensaje anterior", "mensagem original", "messaggio originale", "messaggio precedente",
	"oorspronkelijk bericht", "origineel bericht", "original besked",
	"original meddelelse", "oprindelig besked", "oprindelig mail", "oprindelig meddelelse",
	"opprinnelig melding", "ursprungligt meddelande", "originalmeddelande",
	"alkuperainen viesti", "wiadomosc oryginalna", "oryginalna wiadomosc",
	"mesaj original", "mesajul original", "puvodni zprava", "povodna sprava",
	"eredeti uzenet", "izvorna poruka", "originalna poruka", "orijinal ileti",
	"orijinal mesaj", "ozgun ileti", "исходное сообщение", "исходное письмо",
	"оригинальное сообщение", "вихідне повідомлення", "оригінальне повідомлення",
	"αρχικο μηνυμα", "αρχικό μήνυμα", "الرسالة الأصلية", "پیام اصلی", "原始邮件", "原始郵件",
	"元のメッセージ",
};

static const char *const forwards[] = {
	"message transfere", "message transmis", "message reexpedie", "message achemine",
	"message renvoye", "mail transfere", "courriel transfere", "courriel transmis",
	"e-mail transfere", "forwarded message", "forwarded mail", "forwarded email",
	"forwarded e-mail", "forwarded by", "weitergeleitete nachricht",
	"weitergeleitete e-mail", "weitergeleitet von", "mensaje reenviado",
	"correo reenviado", "mensagem encaminhada", "mensagem reencaminhada",
	"messaggio inoltrato", "doorgestuurd bericht", "videresendt besked",
	"videresendt meddelelse", "videresendt melding", "vidarebefordrat meddelande",
	"valitetty viesti", "przekazana wiadomosc", "wiadomosc przekazana",
	"mesaj redirectionat", "mesaj transmis", "preposlana zprava", "preposlana sprava",
	"tovabbitott uzenet", "proslijedena poruka", "prosledena poruka", "iletilen mesaj",
	"iletilmis mesaj", "yonlendirilen mesaj", "yonlendirilmis ileti",
	"пересылаемое сообщение", "пересланное сообщение", "пересылаемое письмо",
	"переслане повідомлення", "переадресоване повідомлення", "رسالة محولة",
	"رسالة معاد توجيهها", "الرسالة المعاد توجيهها", "پیام ارسال‌شده", "پیام فوروارد شده",
	"転送メッセージ", "转发邮件", "轉寄郵件",
};

/* Whole lines of Apple's and others, no dashes around them. */
static const char *const begin_forward[] = {
	"debut du message transfere", "debut du message reexpedie",
	"debut du courriel transfere", "begin forwarded message",
	"anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail",
	"inicio del mensaje reenviado", "inicio da mensagem encaminhada",
	"inicio da mensagem reencaminhada", "inizio messaggio inoltrato",
	"begin doorgestuurd bericht", "start pa videresendt besked", "videresendt besked",
	"vidarebefordrat brev", "start pa videresendt melding", "valitetty viesti alkaa",
	"rozpoczecie przekazywanej wiadomosci", "poczatek przekazywanej wiadomosci",
	"inceputul mesajului redirectionat", "incepe mesajul redirectionat",
	"zacatek preposlane zpravy", "iletilen mesajin baslangici",
	"yonlendirilen iletinin baslangici", "начало переадресованного сообщения",
	"начало пересылаемого сообщения", "початок листа, що пересилається",
	"початок переадресованого повідомлення", "بداية الرسالة المعاد توجيهها",
	"بدء الرسالة المحولة",
};

static const char *const above[] = {
	"repondez au-dessus de cette ligne", "repondre au-dessus de cette ligne",
	"veuillez repondre au-dessus de cette ligne", "ecrivez votre reponse au-dessus",
	"reply above this line", "type your reply above this line",
	"please type your reply above this line", "please reply above this line",
	"write above this line", "antworten sie oberhalb dieser",
	"responda por encima de esta linea",
};

static const char *const mobiles[] = {
	"envoye de mon ", "envoye depuis mon ", "envoye depuis ma ", "envoye de ma ",
	"envoye depuis l'appli", "envoye depuis l'app ", "envoye a partir de ",
	"envoye a partir d'", "envoye depuis un ", "envoye d'un ", "envoye depuis yahoo",
	"envoye depuis outlook", "envoye avec ", "envoye via ", "envoye par mon ",
	"envoye depuis mail ", "envoye depuis orange", "envoye depuis gmail",
	"envoye depuis proton", "envoye depuis sfr", "envoye grace a ",
	"message envoye depuis mon ", "message envoye de mon ",
	"provenance : courrier pour windows", "telechargez outlook pour ",
	"telecharger outlook pour ", "obtenez outlook pour ", "obtenir outlook pour ",
	"garanti sans virus", "sans virus.",
	"cet e-mail a ete verifie par le logiciel antivirus",
	"l'absence de virus dans ce courrier", "yahoo mail : ", "mail gratuit ",
	"sent from my ", "sent from a ", "sent from mobile", "sent from mailbox",
	"sent from outlook", "sent from yahoo", "sent from mail ", "sent from windows mail",
	"sent from samsung", "sent from the ", "sent from [", "sent from proton",
	"sent from gmail", "sent from acompli", "sent from iphone", "sent from ipad",
	"sent from android", "sent via ", "sent using ", "sent with ", "sent on the go",
	"sent on my ", "get outlook for ", "get [outlook for ", "virus-free.", "von meinem ",
	"von meiner ", "gesendet von meinem ", "gesendet mit ", "gesendet von ",
	"holen sie sich outlook", "outlook fur ", "diese nachricht wurde von mein",
	"enviado desde ", "enviado do meu ", "enviado a partir d", "enviado con ",
	"enviado por ", "enviado via ", "obtener outlook para", "descargar outlook",
	"obter o outlook", "inviato da ", "inviato dal ", "inviato con ",
	"ottieni outlook per", "scarica outlook", "verstuurd vanaf ", "verzonden vanaf ",
	"verzonden met ", "verstuurd met ", "sendt fra ", "skickat fran ", "lahetetty ",
	"wyslane z ", "wyslano z ", "odeslano z ", "odoslane z ", "trimis de pe ",
	"trimis din ", "poslano s ", "poslano iz ", "отправлено с ", "отправлено из ",
	"надіслано з ", "відправлено з ", "στάλθηκε από ", "أرسلت من ", "أُرسلت من ",
	"تم الإرسال من ", "مرسل من ", "ارسال شده از ", "从我的", "從我的", "发自我的",
	"iphone'umdan gonderildi", "ipad'imden gonderildi", "android'den gonderildi",
};

static bool
starts_with(const char *z, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (z[0] == words[i][0] && strncmp(z, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}
#define STARTS(z, words) starts_with((z), (words), sizeof(words) / sizeof *(words))

/* At least three dashes (or the like) around the words: a mark that clients draw. */
static enum quote_mark
drawn_mark(const char *z)
{
	size_t n = strspn(z, "-*_=# ");

	if (n < 2 || z[n] == '\0')
		return QUOTE_TEXT;
	if (STARTS(z + n, forwards))
		return QUOTE_FORWARD;
	return STARTS(z + n, originals) ? QUOTE_ORIGINAL : QUOTE_TEXT;
}

#define MESSAGE_OF "message du "

/* "Message du 03/11/26 10:12", "Message du : 03/11/2026": French providers' web mail. */
static bool
is_message_of(const char *z)
{
	static const char head[] = MESSAGE_OF;
	size_t n = sizeof head - 1, digits;

	if (strncmp(z, head, n) != 0)
		return false;
	n += strspn(z + n, ": ");
	digits = strspn(z + n, "0123456789");
	return digits > 0 && strchr("/-.", z[n + digits]) != NULL && z[n + digits] != '\0';
}

static enum quote_mark
plain_mark(const char *z)
{
	if (STARTS(z, begin_forward))
		return QUOTE_FORWARD;
	if (is_message_of(z))
		return QUOTE_ORIGINAL;
	z += strspn(z, "-*_=#\"'() ");
	return STARTS(z, above) ? QUOTE_ORIGINAL : QUOTE_TEXT;
}

enum { MOBILE_MAX = 110 };

enum quote_mark
quote_mark(const struct quote_fold *f)
{
	enum quote_mark m = drawn_mark(f->z);

	if (m == QUOTE_TEXT)
		m = plain_mark(f->z);
	if (m != QUOTE_TEXT)
		return m;
	if (strcmp(f->z, "--") == 0)
		return QUOTE_SIGNATURE;
	if (!f->cut && f->n <= MOBILE_MAX && STARTS(f->z + strspn(f->z, "<([*_- "), mobiles))
		return QUOTE_MOBILE;
	return QUOTE_TEXT;
}

static const struct { const char *word; unsigned label; } labels[] = {
	{ "de", QUOTE_FROM }, { "expediteur", QUOTE_FROM }, { "from", QUOTE_FROM },
	{ "von", QUOTE_FROM }, { "da", QUOTE_FROM }, { "van", QUOTE_FROM },
	{ "fra", QUOTE_FROM }, { "fran", QUOTE_FROM }, { "lahettaja", QUOTE_FROM },
	{ "od", QUOTE_FROM }, { "de la", QUOTE_FROM }, { "felado", QUOTE_FROM },
	{ "kimden", QUOTE_FROM }, { "gonderen", QUOTE_FROM }, { "от", QUOTE_FROM },
	{ "от кого", QUOTE_FROM }, { "від", QUOTE_FROM }, { "από", QUOTE_FROM },
	{ "من", QUOTE_FROM }, { "از", QUOTE_FROM }, { "发件人", QUOTE_FROM },
	{ "寄件者", QUOTE_FROM }, { "差出人", QUOTE_FROM }, { "a", QUOTE_TO }, { "pour", QUOTE_TO },
	{ "destinataire", QUOTE_TO }, { "destinataires", QUOTE_TO }, { "to", QUOTE_TO },
	{ "an", QUOTE_TO }, { "para", QUOTE_TO }, { "aan", QUOTE_TO }, { "til", QUOTE_TO },
	{ "till", QUOTE_TO }, { "vastaanottaja", QUOTE_TO }, { "do", QUOTE_TO },
	{ "komu", QUOTE_TO }, { "catre", QUOTE_TO }, { "cimzett", QUOTE_TO },
	{ "kime", QUOTE_TO }, { "kimlere", QUOTE_TO }, { "alici", QUOTE_TO },
	{ "za", QUOTE_TO }, { "prima", QUOTE_TO }, { "кому", QUOTE_TO }, { "προς", QUOTE_TO },
	{ "إلى", QUOTE_TO }, { "به", QUOTE_TO }, { "收件人", QUOTE_TO }, { "收件者", QUOTE_TO },
	{ "宛先", QUOTE_TO }, { "envoye", QUOTE_DATE }, { "envoye le", QUOTE_DATE },
	{ "date", QUOTE_DATE }, { "date d'envoi", QUOTE_DATE }, { "sent", QUOTE_DATE },
	{ "sent on", QUOTE_DATE }, { "gesendet", QUOTE_DATE }, { "gesendet am", QUOTE_DATE },
	{ "datum", QUOTE_DATE }, { "enviado", QUOTE_DATE }, { "enviado el", QUOTE_DATE },
	{ "enviada", QUOTE_DATE }, { "enviado em", QUOTE_DATE }, { "enviada em", QUOTE_DATE },
	{ "fecha", QUOTE_DATE }, { "data", QUOTE_DATE }, { "inviato", QUOTE_DATE },
	{ "data invio", QUOTE_DATE }, { "verzonden", QUOTE_DATE },
	{ "verzonden op", QUOTE_DATE }, { "sendt", QUOTE_DATE }, { "dato", QUOTE_DATE },
	{ "skickat", QUOTE_DATE }, { "lahetetty", QUOTE_DATE }, { "paivamaara", QUOTE_DATE },
	{ "wyslano", QUOTE_DATE }, { "trimis", QUOTE_DATE }, { "odeslano", QUOTE_DATE },
	{ "odoslane", QUOTE_DATE }, { "elkuldve", QUOTE_DATE }, { "poslano", QUOTE_DATE },
	{ "gonderildi", QUOTE_DATE }, { "gonderme tarihi", QUOTE_DATE },
	{ "tarih", QUOTE_DATE }, { "отправлено", QUOTE_DATE }, { "дата", QUOTE_DATE },
	{ "надіслано", QUOTE_DATE }, { "ημερομηνία", QUOTE_DATE },
	{ "تاريخ الإرسال", QUOTE_DATE }, { "التاريخ", QUOTE_DATE }, { "تاریخ", QUOTE_DATE },
	{ "发送时间", QUOTE_DATE }, { "寄件日期", QUOTE_DATE }, { "日時", QUOTE_DATE },
	{ "objet", QUOTE_SUBJECT }, { "sujet", QUOTE_SUBJECT }, { "subject", QUOTE_SUBJECT },
	{ "betreff", QUOTE_SUBJECT }, { "asunto", QUOTE_SUBJECT },
	{ "assunto", QUOTE_SUBJECT }, { "oggetto", QUOTE_SUBJECT },
	{ "onderwerp", QUOTE_SUBJECT }, { "emne", QUOTE_SUBJECT }, { "amne", QUOTE_SUBJECT },
	{ "aihe", QUOTE_SUBJECT }, { "temat", QUOTE_SUBJECT }, { "subiect", QUOTE_SUBJECT },
	{ "predmet", QUOTE_SUBJECT }, { "targy", QUOTE_SUBJECT }, { "konu", QUOTE_SUBJECT },
	{ "тема", QUOTE_SUBJECT }, { "θέμα", QUOTE_SUBJECT }, { "الموضوع", QUOTE_SUBJECT },
	{ "موضوع", QUOTE_SUBJECT }, { "主题", QUOTE_SUBJECT }, { "主旨", QUOTE_SUBJECT },
	{ "件名", QUOTE_SUBJECT }, { "cc", QUOTE_OTHER }, { "copie", QUOTE_OTHER },
	{ "copie a", QUOTE_OTHER }, { "bcc", QUOTE_OTHER }, { "cci", QUOTE_OTHER },
	{ "reply-to", QUOTE_OTHER }, { "repondre a", QUOTE_OTHER }, { "kopie", QUOTE_OTHER },
	{ "copia", QUOTE_OTHER }, { "importance", QUOTE_OTHER }, { "priorite", QUOTE_OTHER },
	{ "risposta", QUOTE_OTHER }, { "pieces jointes", QUOTE_OTHER },
	{ "attachments", QUOTE_OTHER },
};

static void
start_add(uint32_t second[26], const char *z)
{
	const bool letter = z[1] >= 'a' && z[1] <= 'z';

	if (z[0] >= 'a' && z[0] <= 'z')
		second[z[0] - 'a'] |= 1u << (letter ? z[1] - 'a' : 26);
}

void
quote_starts(struct quote_starts *s)
{
	memset(s, 0, sizeof *s);
	for (size_t i = 0; i < sizeof begin_forward / sizeof *begin_forward; i++)
		start_add(s->mark, begin_forward[i]);
	for (size_t i = 0; i < sizeof above / sizeof *above; i++)
		start_add(s->mark, above[i]);
	for (size_t i = 0; i < sizeof mobiles / sizeof *mobiles; i++)
		start_add(s->mark, mobiles[i]);
	start_add(s->mark, MESSAGE_OF);
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		start_add(s->label, labels[i].word);
}

enum { LABEL_MAX = 40 };

unsigned
quote_label(const struct quote_fold *f)
{
	const char *p = f->z + strspn(f->z, "*_ "), *colon = strchr(p, ':');
	size_t n;

	if (colon == NULL || colon - p > LABEL_MAX)
		return 0;
	n = (size_t)(colon - p);
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '*' || p[n - 1] == '_'))
		n--;
	for (size_t i = 0; n > 0 && i < sizeof labels / sizeof *labels; i++)
		if (p[0] == labels[i].word[0] && strncmp(p, labels[i].word, n) == 0 &&
		    labels[i].word[n] == '\0')
			return labels[i].label;
	return 0;
}

/* A number in brackets may follow the word: "Fwd[2]:". */
bool
quote_subject_forwards(const char *subject)
{
	static const char *const words[] = {
		"tr", "fwd", "fw", "transf", "transfert", "transfere", "wg", "rv", "i", "enc",
		"vb", "vl", "vid", "pd", "doorst", "fs", "ilt", "tov", "пересл", "转发", "轉寄",
	};
	struct quote_fold f;
	const char *p, *end;

	quote_fold(&f, span_of(subject));
	for (p = f.z; *p == '[' && (end = strchr(p, ']')) != NULL; )
		p = end + 1 + strspn(end + 1, " ");
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i]);

		if (strncmp(p, words[i], n) != 0)
			continue;
		end = p + n;
		if (*end == '[' && end[1] >= '0' && end[1] <= '9')
			end += 1 + strspn(end + 1, "0123456789]");
		end += strspn(end, " ");
		if (*end == ':')
			return true;
	}
	return false;
}
