"""Files as programs write them. What is compressed already holds noise: no capture can shrink it."""
import base64
import io
import math
import struct
import zipfile
import zlib

from .content import KIB, MIB

SAVED_AT = (2024, 3, 1, 9, 0, 0)  # zip members carry a time, and the clock would make every run different


def skewed(rng, median, spread, most):
    """A size: half below the median, few far above it, as file sizes are."""
    return max(16, min(most, int(rng.lognormvariate(math.log(median), spread))))


def picture(content, rng, size):
    return b"\xff\xd8\xff\xe1" + rng.randbytes(size)


def thumbnail(content, rng, size):
    return b"\x89PNG\r\n\x1a\n" + rng.randbytes(size)


def web_response(content, rng, size):
    body = content.text(rng, size) if rng.random() < 0.15 else rng.randbytes(size)
    header = f"https://{rng.choice(content.words)}.example/{rng.randbytes(8).hex()}\n".encode()
    return body + header + struct.pack("<IIQ", 3, len(header), len(body))


def office(content, rng, size):
    media, text = int(size * rng.uniform(0.2, 0.7)), size
    members = {"word/document.xml": content.text(rng, text), "word/styles.xml": content.settings(rng, 9 * KIB, "xml")}
    while media > 0:
        part = min(media, rng.randint(8 * KIB, 120 * KIB))
        members[f"word/media/image{len(members)}.jpeg"] = picture(content, rng, part)
        media -= part
    return zip_of(members)


def zip_of(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            how = zipfile.ZIP_STORED if name.endswith(".jpeg") else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, SAVED_AT), data, how)
    return buffer.getvalue()


def office_resaved(content, rng, data):
    """The text changed, so its member is compressed anew; the media are copied as they are."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    text = members["word/document.xml"]
    at = rng.randrange(len(text) + 1)
    members["word/document.xml"] = text[:at] + content.text(rng, 700) + text[at:]
    return zip_of(members)


def pdf(content, rng, size):
    parts, got = [b"%PDF-1.7\n"], 0
    while got < size:
        page = rng.random() < 0.6
        stream = zlib.compress(content.text(rng, 12 * KIB)) if page else rng.randbytes(rng.randint(4 * KIB, 80 * KIB))
        parts.append(b"%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\n" % (len(parts), len(stream), stream))
        got += len(stream)
    return b"".join(parts) + b"%%EOF\n"


def mail(content, rng):
    head = (f"From sender{rng.randrange(300)}@example.org Fri Mar  1 09:00:00 2024\n"
            f"Message-ID: <{rng.randbytes(10).hex()}@example.org>\nSubject: {content.phrase(rng, 5)}\n\n").encode()
    body = content.text(rng, skewed(rng, 2500, 1.0, 64 * KIB))
    if rng.random() < 0.07:
        body += base64.encodebytes(rng.randbytes(skewed(rng, 60 * KIB, 0.9, MIB)))
    return head + body + b"\n\n"


def log_lines(content, rng, size):
    stamp = lambda: b"2024-03-01T%02d:%02d:%02d.%06d info " % (
        rng.randrange(24), rng.randrange(60), rng.randrange(60), rng.randrange(10**6))
    return b"".join(stamp() + line + b"\n" for line in content.text(rng, size).split(b"\n"))
