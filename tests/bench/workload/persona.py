"""W1: a persona's home, about 30 000 files and 1.5 GiB at scale 1."""
import os
import struct

from . import databases
from .content import KIB, MIB, PAGE
from .formats import log_lines, mail, office, pdf, picture, skewed, thumbnail, web_response

CACHE = ".cache/browser/entries"
INBOX = ".thunderbird/main.profile/Mail/Inbox"
OLD_MAIL = ".thunderbird/main.profile/Mail/Archive"
MAIL_STORE = ".local/share/mail/archive.pst"
DISK_IMAGE = "Machines/lab.img"
SETTING_ENDINGS = (".json", ".ini", ".xml")


def make(home):
    os.makedirs(home.root)
    for part in (settings, web_cache, thumbnails, projects, documents, pictures, logs, databases.make, mailboxes,
                 mail_store, disk_image, compressed_files, copies, desktop):
        part(home)
    home.age()


def settings(home):
    rng, words = home.rng("settings"), home.content.words
    for n in range(home.scaled(15_000)):
        app = int(220 * rng.random() ** 1.5)
        ending = rng.choice((".json",) + SETTING_ENDINGS)
        folder = words[(6 * app + rng.randrange(6)) % len(words)]
        name = f"{words[app % len(words)]}{app}/{folder}/{rng.choice(words)}-{n}{ending}"
        data = home.content.settings(rng, skewed(rng, 900, 1.3, 200 * KIB), ending[1:])
        home.write((".config/", ".local/share/")[app % 2] + name, data, rng.choice((0o600, 0o644)))


def web_cache(home):
    rng = home.rng("web cache")
    for _ in range(home.scaled(8_000)):
        add_to_cache(home, rng)


def add_to_cache(home, rng):
    data = web_response(home.content, rng, skewed(rng, 12 * KIB, 1.4, 4 * MIB))
    home.write(f"{CACHE}/{rng.randbytes(20).hex().upper()}", data, 0o600)


def thumbnails(home):
    rng = home.rng("thumbnails")
    for _ in range(home.scaled(1_000)):
        data = thumbnail(home.content, rng, skewed(rng, 6 * KIB, 0.7, 60 * KIB))
        home.write(f".cache/thumbnails/large/{rng.randbytes(16).hex()}.png", data, 0o600)


def projects(home):
    rng, words = home.rng("projects"), home.content.words
    for n in range(home.scaled(3_000)):
        name = f"Projects/{words[n % 9]}/src/{rng.choice(words[:150])}/{rng.choice(words)}{n}"
        home.write(name + rng.choice((".c", ".py", ".js", ".md")),
                   home.content.text(rng, skewed(rng, 3 * KIB, 1.2, 600 * KIB)))


def documents(home):
    rng, words = home.rng("documents"), home.content.words
    for n in range(home.scaled(2_000)):
        name = f"Documents/{words[n // 15 % len(words)]} {n // 150}/{rng.choice(words)} {n}"
        if n % 20 < 7:
            data, ending = home.content.text(rng, skewed(rng, 12 * KIB, 1.2, MIB)), rng.choice((".txt", ".csv", ".md"))
        elif n % 20 < 15:
            data = office(home.content, rng, skewed(rng, 45 * KIB, 1.0, 6 * MIB))
            ending = rng.choice((".docx", ".odt", ".xlsx"))
        else:
            data, ending = pdf(home.content, rng, skewed(rng, 100 * KIB, 1.0, 8 * MIB)), " für résumé.pdf"
        home.write(name + ending, data)
        if n % 8 == 0:
            home.tag(name + ending, "xdg.tags", rng.choice(words).encode())


def pictures(home):
    rng = home.rng("pictures")
    for n in range(home.scaled(250)):
        home.write(f"Pictures/{2016 + n % 9}/IMG_{n:04d}.jpg",
                   picture(home.content, rng, skewed(rng, 420 * KIB, 0.6, 4 * MIB)))


def logs(home):
    rng, words = home.rng("logs"), home.content.words
    for n in range(home.scaled(60)):
        home.write(f".local/state/{rng.choice(words)}{n}/app.log",
                   log_lines(home.content, rng, skewed(rng, 220 * KIB, 1.4, 8 * MIB)))


def mailboxes(home):
    for name in (INBOX, OLD_MAIL):
        rng = home.rng(name)
        home.make_parent(name)
        with open(home.path(name), "wb") as file:
            while file.tell() < home.scaled(90 * MIB):
                file.write(mail(home.content, rng))


def mail_store(home):
    """A mail program's own database: pages, some free, some text, some attachments."""
    rng = home.rng(MAIL_STORE)
    home.make_parent(MAIL_STORE)
    with open(home.path(MAIL_STORE), "wb") as file:
        for _ in range(home.scaled(120 * MIB // PAGE)):
            file.write(mail_page(home.content, rng))


def mail_page(content, rng):
    draw = rng.random()
    if draw < 0.08:
        return bytes(PAGE)
    if draw < 0.45:
        return rng.randbytes(PAGE)
    return struct.pack("<QQ", rng.getrandbits(40), rng.getrandbits(40)) + content.text(rng, PAGE - 16)


def disk_image(home):
    """A guest's disk: a third was never written and has no blocks."""
    rng, left = home.rng(DISK_IMAGE), home.scaled(96 * MIB // PAGE)
    home.make_parent(DISK_IMAGE)
    with open(home.path(DISK_IMAGE), "wb") as file:
        file.truncate(left * PAGE)
        while left > 0:
            run = min(left, rng.randint(4, 600))
            data = disk_run(home.content, rng, run)
            file.write(data) if data else file.seek(run * PAGE, os.SEEK_CUR)
            left -= run


def disk_run(content, rng, pages):
    draw = rng.random()
    if draw < 0.35:
        return None
    if draw < 0.55:
        return rng.randbytes(pages * PAGE)
    return content.code(rng, pages) if draw < 0.8 else content.text(rng, pages * PAGE)


def compressed_files(home):
    for name, size in (("Downloads/setup-bundle.zip", 64 * MIB), ("Videos/training.mp4", 150 * MIB)):
        rng, left = home.rng(name), home.scaled(size)
        home.make_parent(name)
        with open(home.path(name), "wb") as file:
            while left > 0:
                left -= file.write(rng.randbytes(min(left, MIB)))
        home.tag(name, "xdg.origin.url", b"https://downloads.example/" + os.path.basename(name).encode())


def copies(home):
    """The same document mailed, downloaded and put aside again."""
    rng = home.rng("copies")
    for folder, number in (("Documents", 500), ("Projects", 300), ("Pictures", 100)):
        names = home.files(folder)
        for n, name in enumerate(rng.sample(names, min(len(names), home.scaled(number)))):
            home.write(f"Downloads/again {n % 17}/{os.path.basename(name)}", home.read(name))


def desktop(home):
    names, photos = home.files("Documents"), home.files("Pictures")
    for n in range(home.scaled(30)):
        os.makedirs(home.path(f"Desktop/New folder {n}"))
    for n in range(home.scaled(40)):
        os.symlink("../" + names[n * 7 % len(names)], home.path(f"Desktop/shortcut {n}"))
    os.symlink("../gone/for ever", home.path("Desktop/dangling"))
    for n in range(home.scaled(6)):
        os.link(home.path(photos[n % len(photos)]), home.path(f"Desktop/linked {n}.jpg"))
