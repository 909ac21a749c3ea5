#!/usr/bin/python3
"""payloads.py HOOKLINE CONF URL FOLDER WORK - real payloads through a web server.

For each payload that FOLDER/INDEX.json names: a workflow that maps what the
index says is there, a request as its sender makes it, and what came of it: the
contact with the address of the index, its values unchanged, and 422 where
there is neither address nor number.  WORK is a folder for what comes up.  One line each, "ok - ..." or
"not ok - ...".
"""
import http.client
import json
import re
import subprocess
import sys
import urllib.parse

HOOKLINE, CONF, URL, FOLDER = sys.argv[1:5]
WORK = sys.argv[5]
host = urllib.parse.urlsplit(URL).netloc


def hookline(*args):
    done = subprocess.run([HOOKLINE, "--config", CONF, "--json", *args],
                          capture_output=True, text=True)
    if done.returncode != 0:
        return None, done.stderr.strip()
    return json.loads(done.stdout), None


# Where the index names an element of XML alone, its way there.
XML_PATHS = {"braintree/subscription_charged_successfully.xml": {
    "email": "notification.subject.subscription.transactions.transaction[0]"
             ".customer.email"}}


def below_body(path):
    return "body" + (path if path.startswith("[") else "." + path)


def document(entry, name):
    paths = entry["contact_paths"] | XML_PATHS.get(entry["file"], {})
    rules = [{"from": below_body(paths[field]), "to": "contact." + field}
             for field in ("email", "phone", "first_name", "last_name")
             if paths.get(field)]
    if entry["id_path"]:
        rules.append({"from": below_body(entry["id_path"]),
                      "to": "custom_variables.id"})
    return {"format": "hookline/1", "name": name,
            "settings": {"reentry": "always"},
            "trigger": {"type": "inbound_webhook", "map": rules},
            "steps": [{"id": "rest", "type": "wait", "for": "1 day"}]}


def send(entry, path):
    with open(f"{FOLDER}/{entry['file']}", "rb") as file:
        body = file.read()
    headers = {k: v for k, v in entry["headers"].items()
               if k.lower() not in ("host", "content-length",
                                    "transfer-encoding", "connection")}
    if entry["method"] == "GET":
        path, body = path + "?" + body.decode().strip(), None
    elif entry["content_type"]:
        headers = {k: v for k, v in headers.items()
                   if k.lower() != "content-type"}
        headers["Content-Type"] = entry["content_type"]
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request(entry["method"], path, body, headers)
    answer = connection.getresponse()
    status, text = answer.status, answer.read()
    connection.close()
    return status, json.loads(text)


def is_address(value):
    return isinstance(value, str) and re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+",
                                                   value.strip())


def faults(entry, status, answer):
    """What is not as the index says."""
    want = entry["values_at_paths"]
    if not is_address(want.get("email")) and not want.get("phone"):
        if status != 422:
            yield f"expected 422, got {status} {answer}"
        return
    if status != 200 or answer.get("status") != "enrolled":
        yield f"expected to be enrolled, got {status} {answer}"
        return
    contact, _ = hookline("contact", "show", answer["contact"])
    run, _ = hookline("run", "show", answer["run"])
    for field in ("email", "first_name", "last_name"):
        value = want.get(field)
        if value and (field != "email" or is_address(value)) and \
                contact.get(field) != value.strip():
            yield f"{field}: expected {value!r}, got {contact.get(field)!r}"
    if want.get("id") is not None and \
            run["variables"].get("id") != want["id"]:
        yield f"id: expected {want['id']!r}, got {run['variables'].get('id')!r}"


with open(f"{FOLDER}/INDEX.json", encoding="utf-8") as index:
    entries = json.load(index)
for n, entry in enumerate(entries):
    with open(f"{WORK}/payload.json", "w", encoding="utf-8") as out:
        json.dump(document(entry, f"Payload-{n}"), out)
    made, error = hookline("workflow", "import", f"{WORK}/payload.json",
                           "--publish")
    if error:
        found = [error]
    else:
        status, answer = send(entry, urllib.parse.urlsplit(made["url"]).path)
        found = list(faults(entry, status, answer))
    print(("not ok - " if found else "ok - ") + "payload " + entry["file"])
    for line in found:
        print("#   " + line)
