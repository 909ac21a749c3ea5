#!/usr/bin/python3
"""mail_facts.py - what stands in the messages of a Maildir, as any mail
program would read them: one JSON object a line, decoded by Python's email
package.  Says nothing about what must hold.
"""

import email
import email.policy
import json
import os
import sys


def content(message, kind):
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return None
    return part.get_content().replace("\r\n", "\n")


def facts(path):
    with open(path, "rb") as file:
        raw = file.read()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    return {
        "subject": message["Subject"],
        "from": message["From"],
        "to": message["To"],
        "cc": message["Cc"],
        "bcc": message["Bcc"],
        "reply_to": message["Reply-To"],
        "message_id": message["Message-ID"],
        "rcpt": sorted(message.get_all("X-Envelope-To", [])),
        "sender": message["X-Envelope-From"],
        "list_unsubscribe": message["List-Unsubscribe"],
        "list_unsubscribe_post": message["List-Unsubscribe-Post"],
        "headers": sorted(name.lower() for name in message.keys()),
        "text": content(message, "plain"),
        "html": content(message, "html"),
    }


def main():
    folder = os.path.join(sys.argv[1], "new")
    for name in sorted(os.listdir(folder)):
        print(json.dumps(facts(os.path.join(folder, name))))


if __name__ == "__main__":
    main()
