"""Mails as real clients write them, from invented people.

Each is a Letter: the raw mail and what must come of it.  Written for ville.test (the city),
exemple.test (the people) and partenaire.test; Bureau.here() moves them to one test's domains."""
import base64
import binascii
import dataclasses
import email
import email.policy
import email.utils
import quopri
import time

BUREAU = "bureaudesinterventions@ville.test"
PASS = ("Authentication-Results: mx.ville.test;\n\tdkim=pass header.d={d} header.s=s1;\n"
        "\tspf=pass smtp.mailfrom={d};\n\tdmarc=pass (p=none dis=none) header.from={d}\n")


def passed(domain="exemple.test"):
    """Our own server's verdict that the From domain is genuine."""
    return PASS.format(d=domain)


def qp(text, charset="utf-8"):
    return quopri.encodestring(text.encode(charset)).decode("ascii")


def b64(data):
    return base64.encodebytes(data.encode() if isinstance(data, str) else data).decode("ascii")


def word(text, charset="utf-8"):
    """An encoded word (RFC 2047)."""
    coded = binascii.b2a_base64(text.encode(charset), newline=False).decode("ascii")
    return f"=?{charset}?B?{coded}?="


@dataclasses.dataclass(frozen=True)
class Letter:
    """`ack`: standard | short | discreet | agent | none.  `category`: those that are right."""
    name: str
    who: str                    # local part at exemple.test of the person, "" for machines
    text: str
    outcome: str = "new_ticket"
    ack: str = "standard"
    category: tuple = ()
    charset: str = "utf-8"
    sender: str = None          # envelope sender, None: the From address

    @property
    def message_id(self):
        return f"<{self.name}.4711@courrier.exemple.test>"

    def raw(self, **more):
        """The mail with its date and Message-ID filled in; @NAME@ is replaced by more[NAME]."""
        text = self.text.lstrip("\n")
        values = {"DATE": email.utils.formatdate(time.time() - 90), "ID": self.message_id,
                  "BUREAU": BUREAU, "PASS": passed().rstrip("\n"), **more}
        for key, value in values.items():
            text = text.replace(f"@{key}@", value)
        return text.encode(self.charset)


# Outlook: multipart/alternative in windows-1252, quoted-printable, Word's HTML.
EXPULSION_TEXT = """Bonjour Madame, Monsieur,

Un huissier est passé hier avec un commandement de quitter les lieux avant la fin du mois. Je suis
seul avec mes deux fils de 6 et 9 ans et je n’ai nulle part où aller. Le bailleur dit qu’il est trop
tard pour un échéancier, j’ai pourtant repris le paiement du loyer en septembre.

Pouvez-vous me dire à qui m’adresser ? Je suis joignable au 06 39 98 01 01 après 17 h.

Cordialement,
Mickaël Dupuis
"""
EXPULSION_HTML = """<html xmlns:o=3D"urn:schemas-microsoft-com:office:office">
<head><meta http-equiv=3D"Content-Type" content=3D"text/html; charset=3Dwindows-1252">
<style><!-- p.MsoNormal {margin:0cm; font-size:11.0pt; font-family:"Calibri",sans-serif;} --></style>
</head><body lang=3D"FR"><div class=3D"WordSection1">"""

EXPULSION = Letter("expulsion", "mickael.dupuis", f"""
@PASS@
Received: from PR0P264MB0001.FRAP264.PROD.exemple.test by mx.ville.test
From: "{word('Dupuis Mickaël', 'windows-1252')}" <mickael.dupuis@exemple.test>
To: "{BUREAU}" <{BUREAU}>
Subject: {word('Expulsion à la fin du mois, que faire ?', 'windows-1252')}
Thread-Topic: {word('Expulsion à la fin du mois', 'windows-1252')}
Thread-Index: AdxcZ0xH0mQ2rJvXSX2yq0f3K9a1Zw==
Date: @DATE@
Message-ID: @ID@
Accept-Language: fr-FR, en-US
Content-Language: fr-FR
X-MS-Has-Attach:
X-MS-TNEF-Correlator:
Content-Type: multipart/alternative;
	boundary="_000_PR0P264MB0001EXEMPLE_"
MIME-Version: 1.0

--_000_PR0P264MB0001EXEMPLE_
Content-Type: text/plain; charset="windows-1252"
Content-Transfer-Encoding: quoted-printable

{qp(EXPULSION_TEXT, 'windows-1252')}
--_000_PR0P264MB0001EXEMPLE_
Content-Type: text/html; charset="windows-1252"
Content-Transfer-Encoding: quoted-printable

{EXPULSION_HTML}
{qp('<p class="MsoNormal">' + EXPULSION_TEXT.replace(chr(10), '<br>' + chr(10)) + '</p>',
    'windows-1252')}
</div></body></html>

--_000_PR0P264MB0001EXEMPLE_--
""", category=("logement",))

# iPhone: one part, signature, no greeting.
RSA = Letter("rsa", "youssef.amrani", """
@PASS@
From: Youssef Amrani <youssef.amrani@exemple.test>
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable
Mime-Version: 1.0 (1.0)
Subject: =?utf-8?Q?RSA_coup=C3=A9?=
Message-Id: @ID@
Date: @DATE@
To: @BUREAU@
X-Mailer: iPhone Mail (20H115)

""" + qp("""Bonjour la CAF a arrêté mon RSA depuis deux mois il manque un papier que j’ai déjà envoyé trois fois. Je ne peux plus payer mon loyer ni l’électricité, j’ai des dettes partout. Est-ce que vous pouvez m’aider ?

Envoyé de mon iPhone"""), category=("finances",))

# Gmail: alternative in UTF-8, the text part folded at 78.
EMPLOI = Letter("emploi", "ines.barbosa", """
@PASS@
MIME-Version: 1.0
From: =?UTF-8?Q?In=C3=A8s_Barbosa?= <ines.barbosa@exemple.test>
Date: @DATE@
Message-ID: @ID@
Subject: =?UTF-8?Q?recherche_d=27emploi?=
To: bureaudesinterventions@ville.test
Content-Type: multipart/alternative; boundary="000000000000a3f1c50612ab77e1"

--000000000000a3f1c50612ab77e1
Content-Type: text/plain; charset="UTF-8"
Content-Transfer-Encoding: quoted-printable

""" + qp("""Bonjour,

Je suis au chômage depuis mars après la fermeture de l'usine. Je cherche un
travail dans la logistique ou une formation de cariste, mais France Travail ne me
propose rien. Pouvez-vous m'aider pour mon CV ?

Merci beaucoup
Inès Barbosa
""") + """
--000000000000a3f1c50612ab77e1
Content-Type: text/html; charset="UTF-8"
Content-Transfer-Encoding: quoted-printable

""" + qp("""<div dir="ltr">Bonjour,<div><br></div><div>Je suis au chômage depuis mars après la fermeture de l&#39;usine. Je cherche un travail dans la logistique ou une formation de cariste, mais France Travail ne me propose rien. Pouvez-vous m&#39;aider pour mon CV ?</div><div><br></div><div>Merci beaucoup<br>Inès Barbosa</div></div>
""") + """
--000000000000a3f1c50612ab77e1--
""", category=("emploi",))

# Thunderbird: format=flowed, 8bit.
ACCIDENT = Letter("accident", "paul.lemaire", """
@PASS@
Message-ID: @ID@
Date: @DATE@
MIME-Version: 1.0
User-Agent: Mozilla Thunderbird
Content-Language: fr
To: bureaudesinterventions@ville.test
From: Paul Lemaire <paul.lemaire@exemple.test>
Subject: =?UTF-8?Q?Accident_devant_l=27=C3=A9cole?=
Content-Type: text/plain; charset=UTF-8; format=flowed
Content-Transfer-Encoding: 8bit

Madame, Monsieur,

ma fille a été renversée par une voiture mardi devant l'école des Tilleuls. \n\
Elle a le bras cassé, le conducteur n'est pas assuré. Nous ne savons pas \n\
comment faire pour les frais d'hôpital et s'il faut déposer plainte.

Merci de nous conseiller,
P. Lemaire

-- \n\
Paul Lemaire
03 00 00 11 22
""", category=("accident",))

# Web mail of a provider: ISO-8859-1, 8bit, no Message-ID of its own kind.
VIOLENCE = Letter("violence", "nadia.k", """
@PASS@
Date: @DATE@
From: Nadia K. <nadia.k@exemple.test>
Reply-To: Nadia K. <nadia.k@exemple.test>
To: bureaudesinterventions@ville.test
Message-ID: @ID@
Subject: aide
MIME-Version: 1.0
Content-Type: text/plain; charset=ISO-8859-1
Content-Transfer-Encoding: 8bit
X-Priority: 3
X-Mailer: Webmail

Bonjour,
mon mari me frappe depuis des mois et hier il m'a menac\xe9e devant les enfants. J'ai peur de rentrer
\xe0 la maison et je ne sais pas o\xf9 aller. Que puis-je faire ?
""", ack="agent", category=("violences",), charset="iso-8859-1")

THANKS = Letter("merci", "odile.garnier", """
@PASS@
MIME-Version: 1.0
From: Odile Garnier <odile.garnier@exemple.test>
Date: @DATE@
Message-ID: @ID@
Subject: Merci
To: Bureau des interventions <bureaudesinterventions@ville.test>
Content-Type: text/plain; charset="UTF-8"
Content-Transfer-Encoding: 8bit

Bonjour, je tenais à vous remercier pour votre aide et votre gentillesse. Grâce à vous tout est
rentré dans l'ordre. Bonne continuation à toute l'équipe !
Odile Garnier
""", ack="short", category=("remerciement",))

RENDEZVOUS = Letter("rendezvous", "lucien.petit", """
@PASS@
Date: @DATE@
From: lucien.petit@exemple.test
To: bureaudesinterventions@ville.test
Message-ID: @ID@
Subject: Demande de rendez-vous
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="----=_Part_100_200.1700000000000"

------=_Part_100_200.1700000000000
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: quoted-printable

""" + qp("""Bonjour,

je souhaiterais prendre rendez-vous avec une personne du bureau, un matin si possible.

Cordialement
Lucien Petit""") + """
------=_Part_100_200.1700000000000
Content-Type: text/html; charset=UTF-8
Content-Transfer-Encoding: quoted-printable

""" + qp("""<html><body><p>Bonjour,</p><p>je souhaiterais prendre rendez-vous avec une personne du bureau, un matin si possible.</p><p>Cordialement<br/>Lucien Petit</p></body></html>""") + """
------=_Part_100_200.1700000000000--
""", category=("rendezvous",))

PERMANENCE = Letter("permanence", "josette.roux", """
@PASS@
From: "Josette ROUX" <josette.roux@exemple.test>
To: <bureaudesinterventions@ville.test>
Subject: Permanence du maire
Date: @DATE@
Message-ID: @ID@
MIME-Version: 1.0
Content-Type: text/plain;
	charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable
X-Mailer: Microsoft Windows Live Mail 16.4

""" + qp("""Bonjour,
Pouvez-vous me dire quand aura lieu la prochaine permanence du maire dans mon quartier ? Faut-il s'inscrire ?
Merci d'avance.
Mme ROUX""", "iso-8859-1"), category=("permanence",))

NEIGHBOUR = Letter("voisins", "samir.haddad", """
@PASS@
Date: @DATE@
From: Samir Haddad <samir.haddad@exemple.test>
To: "bureaudesinterventions@ville.test" <bureaudesinterventions@ville.test>
Message-ID: @ID@
Subject: bruit toutes les nuits
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="----=_Part_1_2.3"
X-Mailer: WebService/1.1 YMailNodin

------=_Part_1_2.3
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

Bonjour , mes voisins du dessus font la fête toutes les nuits jusqu'à 4h , musique à fond et tapage nocturne . J'ai appelé 2 fois la police . Je travaille à 6h je n'en peux plus du bruit des voisins . Que faire svp
------=_Part_1_2.3
Content-Type: text/html; charset=UTF-8
Content-Transfer-Encoding: 8bit

<p dir="ltr">Bonjour , mes voisins du dessus font la fête toutes les nuits jusqu'à 4h , musique à fond et tapage nocturne . J'ai appelé 2 fois la police . Je travaille à 6h je n'en peux plus du bruit des voisins . Que faire svp</p>
------=_Part_1_2.3--
""", category=("voisinage",))

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb004300") + bytes(range(256)) * 40 \
    + bytes.fromhex("ffd9")

ROAD = Letter("voirie", "chantal.vasseur", """
@PASS@
From: Chantal Vasseur <chantal.vasseur@exemple.test>
Content-Type: multipart/mixed; boundary=Apple-Mail-5C0A7B1E
Content-Transfer-Encoding: 7bit
Mime-Version: 1.0
Subject: =?utf-8?Q?Trou_dans_la_chauss=C3=A9e?=
Date: @DATE@
Message-Id: @ID@
To: bureaudesinterventions@ville.test
X-Mailer: iPhone Mail (21A360)

--Apple-Mail-5C0A7B1E
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

""" + qp("""Bonjour, il y a un énorme trou dans la chaussée rue des Lilas devant le 14, un cycliste est déjà tombé. Le lampadaire est aussi en panne. Photo jointe. Pouvez-vous faire réparer la route ?
Mme Vasseur
""") + """
--Apple-Mail-5C0A7B1E
Content-Type: image/jpeg; name=IMG_4021.jpeg; x-apple-part-url=1
Content-Disposition: inline; filename=IMG_4021.jpeg
Content-Transfer-Encoding: base64

""" + b64(JPEG) + """
--Apple-Mail-5C0A7B1E--
""", category=("voirie",))

SHORT = Letter("court", "kev", """
@PASS@
From: Kev <kev@exemple.test>
To: bureaudesinterventions@ville.test
Subject:
Date: @DATE@
Message-ID: @ID@
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

slt rapelez moi svp
""", category=("a_qualifier",))

HTML_ONLY = Letter("html", "francoise.noel", """
@PASS@
From: =?utf-8?Q?Fran=C3=A7oise_No=C3=ABl?= <francoise.noel@exemple.test>
To: bureaudesinterventions@ville.test
Subject: =?utf-8?Q?Colis_alimentaire?=
Date: @DATE@
Message-ID: @ID@
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

""" + b64("""<!DOCTYPE html><html><head><style>p{margin:0}</style><title>x</title></head><body>
<p>Bonjour,</p><p>&nbsp;</p><p>Je n&rsquo;ai plus rien pour manger jusqu&rsquo;au 5 et j&rsquo;ai
trois enfants. Y a-t-il des <b>colis alimentaires</b> ou des bons&nbsp;? Je touche une petite
retraite et j&rsquo;ai 4&nbsp;&euro; sur mon compte.</p><p>Fran&ccedil;oise No&euml;l</p>
<img src="http://images.exemple.test/pixel.gif" width=1 height=1></body></html>"""),
                   category=("finances", "urgence"))

FOREIGN = Letter("ukrainien", "oksana.m", """
@PASS@
From: =?utf-8?B?0J7QutGB0LDQvdCwINCc0LXQu9GM0L3QuNC6?= <oksana.m@exemple.test>
To: bureaudesinterventions@ville.test
Subject: =?utf-8?B?0JTQvtC/0L7QvNC+0LPQsA==?=
Date: @DATE@
Message-ID: @ID@
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

""" + b64("""Добрий день! Я шукаю житло для себе та двох дітей. Ми живемо у знайомих, але маємо
піти до кінця місяця. Чи можете ви нам допомогти? Дякую. Оксана Мельник
"""), category=("logement", "a_qualifier"))

OUT_OF_OFFICE = Letter("absence", "service.paie", """
@PASS@
From: =?utf-8?Q?Service_Paie?= <service.paie@exemple.test>
To: bureaudesinterventions@ville.test
Subject: =?utf-8?Q?R=C3=A9ponse_automatique_:_Votre_dossier?=
Date: @DATE@
Message-ID: @ID@
In-Reply-To: <autre.1@courrier.exemple.test>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
X-MS-Exchange-Inbox-Rules-Loop: service.paie@exemple.test
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Bonjour, je suis absente jusqu'au 2 décembre. En cas d'urgence, contactez l'accueil.
""", outcome="recorded_no_ack", ack="none", sender="")

NEWSLETTER = Letter("lettre", "", """
@PASS@
From: La lettre des assos <lettre@exemple.test>
To: bureaudesinterventions@ville.test
Subject: =?utf-8?Q?=F0=9F=8E=89_Les_sorties_de_d=C3=A9cembre?=
Date: @DATE@
Message-ID: @ID@
List-Id: La lettre <lettre.exemple.test>
List-Unsubscribe: <https://exemple.test/stop?u=1>, <mailto:stop@exemple.test>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Precedence: bulk
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><body><h1>Au programme</h1><p>Concert, loto, marché de Noël. Aide au logement des artistes.</p></body></html>
""", outcome="recorded_no_ack", ack="none", sender="rebonds+bureau=ville@exemple.test")

BOUNCE = Letter("rebond", "", """
From: MAILER-DAEMON@exemple.test (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bureaudesinterventions@ville.test
Auto-Submitted: auto-replied
Date: @DATE@
Message-ID: @ID@
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="8C5F3A0012.1700000000/mx.exemple.test"

This is a MIME-encapsulated message.

--8C5F3A0012.1700000000/mx.exemple.test
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.exemple.test.

<ancien@exemple.test>: host mx2.exemple.test said: 550 5.1.1 User unknown

--8C5F3A0012.1700000000/mx.exemple.test
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.exemple.test
X-Postfix-Queue-ID: 8C5F3A0012
Arrival-Date: @DATE@

Final-Recipient: rfc822; ancien@exemple.test
Original-Recipient: rfc822;ancien@exemple.test
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--8C5F3A0012.1700000000/mx.exemple.test
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: bureaudesinterventions@ville.test
To: ancien@exemple.test
Subject: =?utf-8?Q?Un_mail_=C3=A9crit_ailleurs?=
Message-ID: @BOUNCED@

--8C5F3A0012.1700000000/mx.exemple.test--
""", outcome="recorded_no_ack", ack="none", sender="")

CITIZENS = (EXPULSION, RSA, EMPLOI, ACCIDENT, VIOLENCE, THANKS, RENDEZVOUS, PERMANENCE, NEIGHBOUR,
            ROAD, SHORT, HTML_ONLY, FOREIGN)
MACHINES = (OUT_OF_OFFICE, NEWSLETTER, BOUNCE)
ALL = CITIZENS + MACHINES


def simple(who, subject="Demande d'aide", body="Je cherche un logement, je dois quitter le mien.",
           headers="", message_id=None, domain="exemple.test", proof=True):
    """A plain mail of one citizen, for tests that look at one thing only."""
    message_id = message_id or email.utils.make_msgid(domain="courrier.exemple.test")
    return (f"{passed(domain) if proof else ''}{headers}From: {who}@{domain}\nTo: {BUREAU}\n"
            f"Subject: {subject}\nMessage-ID: {message_id}\n"
            f"Date: {email.utils.formatdate()}\nMIME-Version: 1.0\n"
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
            f"{body}\n").encode()


def reply(mail, who, body="Voici la suite de ma demande.", domain="exemple.test", headers="",
          proof=True):
    """The answer to a mail as a client writes it: threading headers, quoted history below."""
    references = " ".join([*str(mail["References"] or "").split(), str(mail["Message-ID"])])
    quoted = "".join(f"> {line}\n" for line in mail.text.splitlines())
    subject = str(mail["Subject"])
    subject = subject if subject.lower().startswith("re:") else "Re: " + subject
    coded = subject if subject.isascii() else word(subject)
    more = f"In-Reply-To: {mail['Message-ID']}\nReferences: {references}\n{headers}"
    return simple(who, coded, f"{body}\n\nLe mar. 24 nov. 2026 à 10:00, {BUREAU} a écrit :\n{quoted}",
                  more, domain=domain, proof=proof)


def attach(raw, filename, data, subtype="pdf"):
    """That mail with a file attached, as a client would send it."""
    m = email.message_from_bytes(raw, policy=email.policy.default)
    m.add_attachment(data, "application", subtype, filename=filename)
    return m.as_bytes()
