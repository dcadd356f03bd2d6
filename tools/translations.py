#!/usr/bin/env python3
"""Keeps the translations in po/ whole. Usage: translations.py check|update TREE [PROGRAM]

check   each language of po/LINGUAS has every message of the sources, none that is fuzzy or no longer used, and its
        formats are right. With PROGRAM, rheobase-cli, also that every choice of a parameter is in the catalogue.
update  brings the files up to date with the sources, so that what is new can be filled in.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

# What meson's preset "glib" tells xgettext.
KEYWORDS = ["_", "N_", "C_:1c,2", "NC_:1c,2", "g_dcgettext:2", "g_dngettext:2,3", "g_dpgettext2:2c,3", "ngettext:1,2"]
FLAGS = ["N_:1:pass-c-format", "C_:2:pass-c-format", "NC_:2:pass-c-format", "g_dngettext:2:pass-c-format",
         "g_strdup_printf:1:c-format", "g_string_printf:2:c-format", "g_string_append_printf:2:c-format",
         "g_error_new:3:c-format", "g_set_error:4:c-format", "g_markup_printf_escaped:1:c-format",
         "g_print:1:c-format", "g_printerr:1:c-format", "g_printf:1:c-format", "g_fprintf:2:c-format",
         "g_snprintf:3:c-format"]
SHOWN = 10


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def make_template(tree, out):
    subprocess.run(["xgettext", "--from-code=UTF-8", "--add-comments", "--package-name=rheobase", "--directory", tree,
                    "--files-from", os.path.join(tree, "po/POTFILES.in"), "--output", out]
                   + ["--keyword=" + word for word in KEYWORDS] + ["--flag=" + flag for flag in FLAGS],
                   check=True, stderr=subprocess.DEVNULL)


def languages(tree):
    with open(os.path.join(tree, "po/LINGUAS"), encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]


def messages(*words):
    """What msgattrib selects: each message with the files that it stands in."""
    found = []
    for block in run("msgattrib", "--no-wrap", *words).split("\n\n"):
        text = re.search(r'^(?:#~ )?msgid "(.+)"$', block, re.MULTILINE)
        places = re.findall(r"(\S+):\d+", " ".join(re.findall(r"^#: (.*)$", block, re.MULTILINE)))
        if text:
            found.append((text.group(1), sorted(set(places))))
    return found


def check_language(tree, language, template, folder):
    path = os.path.join(tree, "po", language + ".po")
    merged = os.path.join(folder, language + ".po")
    wrong = []
    run("msgmerge", "--quiet", "--no-fuzzy-matching", "--output-file", merged, path, template)
    for what, found in (("not translated", messages("--untranslated", "--no-obsolete", merged)),
                        ("fuzzy", messages("--only-fuzzy", path)),
                        ("no longer used", messages("--only-obsolete", merged))):
        for text, places in found[:SHOWN]:
            wrong.append('po/%s.po: %s: "%s" %s' % (language, what, text, " ".join(places)))
        if len(found) > SHOWN:
            wrong.append("po/%s.po: %s: %d more" % (language, what, len(found) - SHOWN))
    formats = subprocess.run(["msgfmt", "--check", "--check-format", "--output-file", os.devnull, path],
                             capture_output=True, text=True)
    if formats.returncode != 0:
        wrong.append(formats.stderr.strip())
    return wrong


def choices_of(node):
    if isinstance(node, dict):
        for key, value in node.items():
            yield from value if key == "choices" and isinstance(value, list) else choices_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from choices_of(value)


def check_catalogue(tree, program):
    """What is text in the sources but reaches gettext only as data: choices, titles of ready-made experiments."""
    def read(name):
        with open(os.path.join(tree, name), encoding="utf-8") as file:
            return file.read()
    wrong = []
    titles = re.findall(r'NC_ \("experiment", "(.*)"\)', read("src/engine/experiment-file.c"))
    known = re.findall(r'\{ "([^"]+)", NC_ \("choice",', read("src/widgets/choice-text.c"))
    for name in sorted(os.listdir(os.path.join(tree, "data/experiments"))):
        if name.endswith(".json") and json.loads(read("data/experiments/" + name))["title"] not in titles:
            wrong.append("data/experiments/%s: its title is not in src/engine/experiment-file.c" % name)
    for kind in ("tasks", "models", "rules", "analyses", "plots"):
        for choice in sorted(set(choices_of(json.loads(run(program, "list", kind, "--json"))))):
            if choice not in known:
                wrong.append('src/widgets/choice-text.c: the choice "%s" of %s is missing' % (choice, kind))
    return wrong


def drop_date(path):
    """When it was brought up to date: a line that any two changes would quarrel about."""
    with open(path, encoding="utf-8") as file:
        lines = file.readlines()
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(line for line in lines if not line.startswith('"POT-Creation-Date:'))


def main():
    job, tree = sys.argv[1:3]
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        template = os.path.join(folder, "rheobase.pot")
        make_template(tree, template)
        for language in languages(tree):
            path = os.path.join(tree, "po", language + ".po")
            if job == "update":
                run("msgmerge", "--quiet", "--update", "--backup=none", "--no-fuzzy-matching", "--no-location",
                    "--width=120", path, template)
                run("msgattrib", "--no-obsolete", "--no-location", "--width=120", "--output-file", path, path)
                drop_date(path)
                for text, _ in messages("--untranslated", path):
                    print('%s: not translated: "%s"' % (path, text))
            else:
                wrong += check_language(tree, language, template, folder)
        if job == "check" and len(sys.argv) > 3:
            wrong += check_catalogue(tree, sys.argv[3])
    if wrong:
        print("\n".join(wrong))
        print("\"./dev translate\" brings po/ up to date with the sources; then fill in what is empty.")
    return 1 if wrong else 0


sys.exit(main())
