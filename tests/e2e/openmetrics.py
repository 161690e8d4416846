"""A strict reader of OpenMetrics text 1.0, for what may stand in a file without timestamps and
exemplars: https://prometheus.io/docs/specs/om/open_metrics_spec/ .  Raises ValueError."""
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r"[a-zA-Z_][a-zA-Z0-9_]*"
ESCAPED = r'(?:[^"\\\n]|\\["\\n])*'
NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|NaN|[+-]Inf"
SAMPLE = re.compile(rf'({NAME})(?:\{{((?:{LABEL}="{ESCAPED}"(?:,{LABEL}="{ESCAPED}")*)?)\}})? ({NUMBER})')
META = re.compile(rf"# (TYPE|UNIT|HELP) ({NAME}) (.+)")
SUFFIXES = {"counter": ("_total", "_created"), "gauge": ("",), "info": ("_info",),
            "unknown": ("",), "stateset": ("",)}


def need(holds, what, line):
    if not holds:
        raise ValueError(f"{what}: {line!r}")


class Family:
    def __init__(self, name):
        self.name, self.type, self.unit, self.help, self.samples = name, None, "", None, {}


def parse_meta(families, family, line):
    found = META.fullmatch(line)
    need(found, "neither TYPE, UNIT nor HELP", line)
    what, name, value = found.groups()
    if family is None or family.name != name:
        need(name not in families, "a family in two pieces", line)
        family = families[name] = Family(name)
    need(not family.samples, "metadata behind samples", line)
    if what == "TYPE":
        need(family.type is None and value in SUFFIXES, "type", line)
        family.type = value
    elif what == "UNIT":
        need(not family.unit and name.endswith("_" + value), "unit is no suffix", line)
        family.unit = value
    else:
        need(family.help is None, "two helps", line)
        need(not re.search(r'\\(?![n"\\])', value), "escape", line)
        family.help = value
    return family


def parse_sample(family, line):
    found = SAMPLE.fullmatch(line)
    need(found, "no sample", line)
    name, labels, value = found.groups()
    need(family is not None and family.type is not None, "a sample without a type", line)
    need(name.startswith(family.name) and name[len(family.name):] in SUFFIXES[family.type],
         "not of its family", line)
    pairs = re.findall(rf'({LABEL})="({ESCAPED})"', labels or "")
    need(len({k for k, _ in pairs}) == len(pairs), "a label twice", line)
    key = (name, tuple(sorted(pairs)))
    need(key not in family.samples, "a sample twice", line)
    number = float(value.replace("Inf", "inf"))
    if family.type == "counter":
        need(number >= 0, "a counter below zero", line)
    if family.type == "info":
        need(number == 1 and not family.unit, "info", line)
    family.samples[key] = number


def parse(text):
    """{"name": Family}; and every sample as {"name{label=\"value\"}": number}."""
    need(text.endswith("# EOF\n"), "does not end with EOF", text[-20:])
    need("\r" not in text, "CR", "")
    families, family = {}, None
    for line in text[:-len("# EOF\n")].splitlines():
        need(line == line.strip() and line, "blanks", line)
        if line.startswith("#"):
            family = parse_meta(families, family, line)
        else:
            parse_sample(family, line)
    for f in families.values():
        need(f.type and f.help and f.samples, "incomplete family", f.name)
    samples = {name + ("{%s}" % ",".join(f'{k}="{v}"' for k, v in labels) if labels else ""): v
               for f in families.values() for (name, labels), v in f.samples.items()}
    return families, samples
