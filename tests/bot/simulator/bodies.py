"""Messages and parts of them in LINE's shapes, whole where a test says nothing else."""

EMOJI = "\N{SLICE OF PIZZA}"
FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"


def text(value="x", **more):
    return {"type": "text", "text": value, **more}


def tap(**more):
    return {"type": "message", "label": "x", "text": "x"} | more


def quick(*items):
    return text(quickReply={"items": [{"type": "action", "action": item} for item in items]})


def postback(**more):
    return {"type": "postback", "label": "x", "data": "x"} | more


def picker(**more):
    return {"type": "datetimepicker", "label": "x", "data": "x", "mode": "date"} | more


def uri(address):
    return {"type": "uri", "label": "x", "uri": address}


def template(kind, alt="x", **more):
    return {"type": "template", "altText": alt, "template": {"type": kind, **more}}


def buttons(**more):
    return template("buttons", **({"text": "x", "actions": [tap()]} | more))


def column(**more):
    return {"text": "x", "actions": [tap()]} | more


def box(*contents, **more):
    return {"type": "box", "layout": "vertical", "contents": list(contents), **more}


def words(value="x", **more):
    return {"type": "text", "text": value, **more}


def bubble(*contents, **more):
    return {"type": "bubble", "body": box(*contents), **more}


def flex(contents, alt="x"):
    return {"type": "flex", "altText": alt, "contents": contents}


def carousel(*bubbles):
    return flex({"type": "carousel", "contents": list(bubbles)})


def image(**more):
    address = "https://example.com/x.png"
    return {"type": "image", "originalContentUrl": address, "previewImageUrl": address} | more
