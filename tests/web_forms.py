#!/usr/bin/env python3
"""What a browser would do with a page of the builder, and documents to try it with.

    web_forms.py fields ACTION <PAGE    the form that is posted to ACTION, untouched,
                                        as application/x-www-form-urlencoded
    web_forms.py document SCHEMA NAME   a workflow document with every example step of
                                        the schema, and some that are odd but valid
    web_forms.py ids <DOCUMENT          the ids of its steps, one a line
    web_forms.py outline <DOCUMENT      their types in one line, branches in brackets
"""

import json
import sys
from html.parser import HTMLParser
from urllib.parse import urlencode


class Form(HTMLParser):
    """The successful controls of one form, as HTML's rules have them."""

    def __init__(self, action):
        super().__init__(convert_charrefs=True)
        self.action, self.inside, self.pairs = action, False, []
        self.area = self.select = None

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag == "form":
            self.inside = at.get("action") == self.action
        if not self.inside:
            return
        if tag == "input" and "name" in at:
            kind = at.get("type", "text")
            if kind in ("checkbox", "radio") and "checked" not in at:
                return
            value = at.get("value") or ""
            if kind not in ("hidden", "checkbox", "radio"):
                value = value.replace("\r", "").replace("\n", "")
            self.pairs.append((at["name"], value))
        elif tag == "textarea":
            self.area = [at["name"], ""]
        elif tag == "select":
            self.select = [at["name"], None]
        elif tag == "option" and self.select:
            if self.select[1] is None or "selected" in at:
                self.select[1] = at.get("value") or ""

    def handle_data(self, data):
        if self.area:
            self.area[1] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self.area:
            text = self.area[1]
            text = text[1:] if text.startswith("\n") else text
            text = text.replace("\r\n", "\n").replace("\r", "\n")
            self.pairs.append((self.area[0], text.replace("\n", "\r\n")))
            self.area = None
        elif tag == "select" and self.select:
            self.pairs.append((self.select[0], self.select[1] or ""))
            self.select = None


ODD = [
    {"type": "if_else", "branches": [
        {"name": "deep", "when": {"all": [{"any": [{"all": [
            {"field": "a.b", "is": "empty"}]}]}]}, "steps": []},
        {"when": {"not": {"any": [
            {"field": "contact.tags", "is": "any_of", "value": ["a", "b,c"]},
            {"field": "webhook.body.n", "is": "between", "value": [1, 2.50]},
            {"field": "webhook.body.x", "is": "equals", "value": None}]}},
         "steps": [{"type": "end", "reason": "<script>alert(1)</script>\"'&amp;"}]},
        {"when": {"all": [{"field": "contact.email", "is": "matches", "value": "^a|b$"},
                          {"not": {"field": "now", "is": "after", "value": "today"}}]},
         "steps": []}],
     "if": {"field": "webhook.body.q", "is": "equals", "value": "two\nlines, \"and\" <b>"},
     "on_error": "retry"},
    {"type": "set_variable", "name": "x", "value": "\n first line is empty\r\nand CR LF "},
    {"type": "set_variable", "name": "x", "value": {"a": [1, "{{webhook.body}}", None]},
     "disabled": False},
    {"type": "set_variable", "name": "x", "value": "[1]", "split": " ", "add": "{{x}}",
     "replace": {"find": " ", "with": ""}},
    {"type": "update_contact", "set": {"city": None, "custom.list": ["a", "b"], "custom.n": 5,
                                       "do_not_contact": ["sms"], "source": "a|b=c"}},
    {"type": "call_webhook", "url": "https://example.com/{{webhook.body.id}}",
     "json": "{{webhook.body}}", "headers": {"X-Two": "a", "X-One": "b"}},
    {"type": "call_webhook", "url": "https://example.com/", "method": "PUT",
     "form": {"a": 1, "b": True, "c": "", "d": "x\ny"}},
    {"type": "add_tag", "tags": ["a, b", "{{webhook.body.tag}}"]},
    {"type": "wait", "window": {"from": "22:00", "to": "06:00", "timezone": "contact"},
     "if_late": "next_window", "late_after": "5 minutes"},
    {"type": "send_email", "to": " {{contact.email}} ", "subject": "  {{a|b}} ",
     "html": "\n<p>&lt;script&gt;</p>\n</textarea><script>alert(2)</script>\n", "name": "</a><b>"},
]


def steps_of(node, found):
    """Every example of a step in the schema."""
    if isinstance(node, list):
        for item in node:
            steps_of(item, found)
    elif isinstance(node, dict):
        for example in node.get("examples", []):
            if isinstance(example, dict) and "id" in example and "type" in example:
                found.append(example)
        for value in node.values():
            steps_of(value, found)


def number(steps, count):
    """New ids for all, so that they are unique; go_to goes to the first."""
    for step in steps:
        count[0] += 1
        step["id"] = f"s{count[0]}"
        if step["type"] == "go_to":
            step["step"] = "s1"
        for inner in lists(step):
            number(inner, count)


def document(schema, name):
    with open(schema, encoding="utf-8") as file:
        steps = []
        steps_of(json.load(file)["$defs"], steps)
    steps += ODD
    number(steps, [0])
    return {"format": "hookline/1", "name": name,
            "trigger": {"type": "inbound_webhook", "map": [
                {"from": "body.email", "to": "contact.email"}]},
            "steps": steps}


def lists(step):
    """The steps of each of its branches."""
    yield from (branch["steps"] for branch in step.get("branches", []))
    yield from (step[key] for key in ("else", "found", "not_found") if key in step)


def ids(steps):
    for step in steps:
        yield step["id"]
        for inner in lists(step):
            yield from ids(inner)


def outline(steps):
    return " ".join(step["type"] + "".join(f"[{outline(inner)}]" for inner in lists(step))
                    for step in steps)


def main():
    if sys.argv[1] == "fields":
        form = Form(sys.argv[2])
        page = sys.stdin.buffer.read().decode("utf-8")
        form.feed(page)
        sys.stdout.write(urlencode(form.pairs))
    elif sys.argv[1] == "document":
        json.dump(document(sys.argv[2], sys.argv[3]), sys.stdout)
    elif sys.argv[1] == "outline":
        print(outline(json.load(sys.stdin)["steps"]))
    else:
        print("\n".join(ids(json.load(sys.stdin)["steps"])))


main()
