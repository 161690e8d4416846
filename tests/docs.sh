#!/bin/sh
# docs.sh [BUILD] - what manuals, completion and examples say is what the programs do.
#
# Both ways where it can be: what a program has is documented, and what is documented exists.
# shellcheck disable=SC2013 # every list below is of words
set -u
cd "$(dirname "$0")/.." || exit 1
bin=${1:-${BUREAUD:-build}}
checks=docs
. tests/ok.sh

# same WHAT FILE FILE - the same words in both, whatever their order.
same()
{
	sort -u "$2" >"$tmp/a"
	sort -u "$3" >"$tmp/b"
	ok "$1 (< only in the program, > only in the document)" diff "$tmp/a" "$tmp/b"
	ok "$1: there are some" test -s "$tmp/a"
}

# items PAGE MACRO SECTION... - the words that are items of that macro, in sections whose heading
# begins so ("" is all).
items()
{
	page=$1 macro=$2
	shift 2
	for section in "$@"; do
		awk -v macro="$macro" -v section="$section" '
			/^\.S[hs] / { here = index(substr($0, 5), section) == 1 }
			here && $1 == ".It" && $2 == macro {
				for (i = 3; i <= NF && $i != "No" && $i != "Ns"; i++)
					if ($i != ",") print $i
			}' "$page"
	done
}

# ---- options and commands ----

# "  -c FILE ...", "  --version, --help", "list [--state S]"
options_of_help()
{
	grep -oE '(^|[ [|])--?[a-zA-Z0-9][a-z]*' | tr -d ' [|' | sort -u
}

options_of_page()
{
	grep -oE '^\.It (Ic .*)?Fl .*|^\.It Ic .*Fl .*' "$1" | grep -oE 'Fl -?[a-zA-Z0-9]+' |
		sed 's/^Fl /-/' | sort -u
}

for p in bureaud bureauctl; do
	"$bin/$p" --help >"$tmp/$p.help" || exit 1
	sed -n '/^usage/d;p' "$tmp/$p.help" | options_of_help >"$tmp/$p.options"
	options_of_page docs/$p.8 >"$tmp/$p.page"
	same "options of $p and its page" "$tmp/$p.options" "$tmp/$p.page"
done

# "  queue [retry ID|drop ID]   the outbox" -> queue
sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' "$tmp/bureauctl.help" >"$tmp/commands"
sed -n 's/^\.It Ic \([a-z]*\).*/\1/p' docs/bureauctl.8 >"$tmp/page"
same "commands of bureauctl and its page" "$tmp/commands" "$tmp/page"

# offered_by PROGRAM WORD... - what bash offers for an empty or half word at the end.
offered_by()
{
	bash -c '
		. docs/bash-completion/bureaud
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
		"_$1" "$1" "${@: -1}" "${@: -2:1}"
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}

offered_by bureaud "" >"$tmp/offered"
same "completion of bureaud" "$tmp/bureaud.options" "$tmp/offered"
{
	offered_by bureauctl ""
	offered_by bureauctl list --s
	offered_by bureauctl list --c
	offered_by bureauctl list --a
	offered_by bureauctl messages --s
	offered_by bureauctl rebuild --i
	offered_by bureauctl person erase x --m
	offered_by bureauctl purge --
	offered_by bureauctl search --r
	offered_by bureauctl digest --
} >"$tmp/offered"
cat "$tmp/bureauctl.options" "$tmp/commands" >"$tmp/wanted"
same "completion of bureauctl" "$tmp/wanted" "$tmp/offered"
offered_by bureauctl -c x queue "" | grep -v '^-' >"$tmp/offered"
printf 'retry\ndrop\n' >"$tmp/wanted"
same "completion of bureauctl queue" "$tmp/wanted" "$tmp/offered"
offered_by bureauctl rules "" | grep -v '^-' >"$tmp/offered"
printf 'test\nreplay\n' >"$tmp/wanted"
same "completion of bureauctl rules" "$tmp/wanted" "$tmp/offered"

# ---- the configuration ----

# "section key = default" a line; the meaning of a key is indented.
"$bin/bureaud" --keys | awk '
	/^\[/ { section = $0; next }
	/^[a-z]/ { sub(/ *$/, ""); print section, $0 }' >"$tmp/keys"
awk '
	/^\.S[hs] / { section = /^\.Ss \[[a-z0-9]+\]/ ? $2 : "" }
	section != "" && /^\.It Cm / {
		key = $3; sub(/^.* No =/, "="); print section, key, $0
	}' docs/bureaud.conf.5 >"$tmp/page"
same "keys and defaults, and bureaud.conf(5)" "$tmp/keys" "$tmp/page"

sed -n 's/.*keys\[\] = { \("name", "categories".*\) };/\1/p' src/app/config.c | tr -d '" ' |
	tr ',' '\n' >"$tmp/wanted"
items docs/bureaud.conf.5 Cm "[agent NAME]" >"$tmp/page"
same "keys of an agent, and bureaud.conf(5)" "$tmp/wanted" "$tmp/page"

# In the example a key with a default stands as ";key = default", an empty one so or with a value.
conf=docs/examples/bureaud.conf
awk '
	/^\[agent / { section = ""; next }
	/^\[/ { section = $1; next }
	section != "" && /^;?[a-z_]+ =/ {
		if ($0 !~ /^;/) $0 = $1 " ="
		sub(/^;/, ""); sub(/ *$/, ""); print section, $0
	}' $conf >"$tmp/example"
same "keys and defaults, and the example" "$tmp/keys" "$tmp/example"

# The example loads as it is, and with every default written out.
mkdir -m 700 "$tmp/etc"
cp -r rules templates docs/examples/annuaire.conf docs/examples/national.conf \
	docs/examples/quartiers.conf "$tmp/etc"
for s in imap-password smtp-password; do
	(umask 077 && echo secret >"$tmp/etc/$s")
done
here="s|/etc/bureaud|$tmp/etc|;s|/var/lib/bureaud|$tmp/etc|"
local_paths="rules = rules
templates = templates
database = bureaud.db"
# As shipped, but for the three paths that a machine without an installation does not have.
awk -v paths="$local_paths" '{ print } $0 == "[bureau]" { print paths }' $conf >"$tmp/etc/plain.conf"
sed "s/^;//;$here" $conf >"$tmp/etc/whole.conf"
ok "bureaud --init with the example" "$bin/bureaud" -c "$tmp/etc/plain.conf" --init
for c in plain whole; do
	"$bin/bureaud" -c "$tmp/etc/$c.conf" -n >"$tmp/n" 2>"$tmp/n.err"
	ok "the example ($c) loads: $(grep -v warning "$tmp/n.err")" \
		grep -qx "configuration OK" "$tmp/n"
done

# The guide is the text that agents get; the page has the language in a fence, and no more.
"$bin/bureauctl" -c "$tmp/etc/plain.conf" template guide-agent >"$tmp/guide" 2>&1
grep -vx '```' docs/guide-agent.md >"$tmp/page"
ok "docs/guide-agent.md is \"bureauctl template guide-agent\"" diff "$tmp/guide" "$tmp/page"

# ---- rules, templates, lists, JSON: the words of the source and of the pages ----

sed -n 's/^\t\[RULE_[A-Z_]*\] = { "\([a-z-]*\)".*/\1/p' src/desk/rules_parse.c >"$tmp/wanted"
printf 'category\nexample\n' >>"$tmp/wanted"
items docs/bureaud.rules.5 Ic Lines | awk '/^[a-z]/ && !/Ar/ { print }' |
	grep -vxE 'Ar|name|field|key|n|Oo|Oc|Cm' >"$tmp/page"
same "words of rules, and bureaud.rules(5)" "$tmp/wanted" "$tmp/page"
grep -oE 'span_eq\(key, "[a-z]+"\)' src/desk/rules_parse.c | cut -d'"' -f2 >"$tmp/wanted"
items docs/bureaud.rules.5 Cm Lines >"$tmp/page"
same "attributes of a category, and bureaud.rules(5)" "$tmp/wanted" "$tmp/page"

sed -n 's/^\tX(TEXTS_[A-Z_]*, "\([a-z_]*\)").*/\1/p' src/desk/texts_int.h >"$tmp/wanted"
items docs/bureaud.templates.5 Cm "Names in texts for citizens" >"$tmp/page"
same "names for citizens, and bureaud.templates(5)" "$tmp/wanted" "$tmp/page"
sed -n '/texts_agent_names\[\] = {/,/};/p' src/desk/texts.c | grep -oE '"[a-z_]+"' | tr -d '"' \
	>"$tmp/wanted"
items docs/bureaud.templates.5 Cm "Names in texts for agents" >"$tmp/page"
same "names for agents, and bureaud.templates(5)" "$tmp/wanted" "$tmp/page"

sed -n 's/^\t{ "\([a-z_]*\)", KEY_.*/\1/p' src/desk/directory.c >"$tmp/wanted"
items docs/bureaud.directory.5 Cm "The directory" >"$tmp/page"
same "keys of the directory, and bureaud.directory(5)" "$tmp/wanted" "$tmp/page"
sed -n 's/^\t{ "\([a-z]*\)", [a-z]*_do },/\1/p' src/desk/quartiers.c >"$tmp/wanted"
items docs/bureaud.directory.5 Cm "The neighbourhoods" >"$tmp/page"
same "keys of the neighbourhoods, and bureaud.directory(5)" "$tmp/wanted" "$tmp/page"

grep -ohE 'jsonw_[a-z_]+\(&?j, "[a-z_0-9]+"|day_json\(&?j, "[a-z_]+"|jsonw_[a-z_]+\(w->j, "[a-z_]+"|[{,]\\"[a-z0-9]+\\":' \
	src/app/ctl_*.c | grep -oE '"[a-z_0-9]+' | tr -d '"' | sort -u >"$tmp/fields"
for field in $(cat "$tmp/fields"); do
	ok "field $field of --json is in bureauctl(8)" grep -qE "^\.Cm $field( |$)" docs/bureauctl.8
done
sed -n 's/^\tX([A-Z_]*, "\([a-z_]*\)").*/\1/p' src/desk/state.h | sort -u >"$tmp/states"
for word in $(cat "$tmp/states"); do
	ok "state or kind $word is in bureauctl(8)" grep -qw "$word" docs/bureauctl.8
done

# ---- form ----

for page in docs/*.[58]; do
	mandoc -Tlint -W warning "$page" >"$tmp/lint" 2>&1
	ok "mandoc -Tlint $page: $(cat "$tmp/lint")" test ! -s "$tmp/lint"
	for other in $(awk '$1 == ".Xr" && $2 ~ /^bureau/ { print $2 "." $3 }' "$page" | sort -u); do
		ok "$page names $other" test -f "docs/$other"
	done
done
for text in README.md docs/*.md; do
	for link in $(grep -oE '\]\([^)#]+' "$text" | cut -c 3- | grep -v '^http'); do
		ok "$text: link to $link" test -e "$(dirname "$text")/$link"
	done
	for command in $(grep -ohE 'bureauctl [a-z]+' "$text" | cut -d' ' -f2); do
		ok "$text: bureauctl $command" grep -qx "$command" "$tmp/commands"
	done
	for target in $(grep -oE '(^ *|`)(sudo )?make [a-z][a-z0-9]*' "$text" | sed 's/.*make //'); do
		ok "$text: make $target" grep -qE "^$target( .*)?:" Makefile
	done
done

ok_end
