"""Ten minutes of work in a persona's home, in place. Times are the clock's: a tool that compares them must see them."""
import os

from . import databases
from .content import KIB, MIB, PAGE
from .formats import log_lines, mail, office_resaved, picture, skewed
from .persona import CACHE, DISK_IMAGE, INBOX, MAIL_STORE, OLD_MAIL, SETTING_ENDINGS, add_to_cache, mail_page

TEXT_ENDINGS = (".txt", ".csv", ".md")


def evolve(home, step):
    done = {}
    for act in (save_settings, edit_texts, save_office, edit_sources, grow_logs, databases.use, browse, take_pictures,
                receive_mail, delete_mail, use_mail_store, write_disk_image, rename_files, rename_folder,
                remove_files, touch_files):
        done[act.__name__] = act(home, home.rng(f"work {step} {act.__name__}"))
    return done


def some(home, rng, names, number):
    return rng.sample(names, min(len(names), home.scaled(number)))


def edited(home, rng, data, most):
    at = rng.randrange(len(data) + 1)
    return data[:at] + home.content.text(rng, rng.randint(20, most)) + data[at + rng.randrange(50):]


def save_settings(home, rng):
    names = some(home, rng, home.files(".config", *SETTING_ENDINGS), 26)
    for name in names:
        home.replace(name, edited(home, rng, home.read(name), 200))
    return len(names)


def edit_texts(home, rng):
    """Some editors write over the old file: same inode, same time of birth."""
    names = some(home, rng, home.files("Documents", *TEXT_ENDINGS), 20)
    for name in names:
        home.write(name, edited(home, rng, home.read(name), 3000))
    return len(names)


def save_office(home, rng):
    names = some(home, rng, home.files("Documents", ".docx", ".odt", ".xlsx"), 14)
    for name in names:
        home.replace(name, office_resaved(home.content, rng, home.read(name)))
    return len(names)


def edit_sources(home, rng):
    names = some(home, rng, home.files("Projects"), 15)
    for name in names:
        home.replace(name, edited(home, rng, home.read(name), 600))
    return len(names)


def grow_logs(home, rng):
    names = some(home, rng, home.files(".local/state"), 12)
    for name in names:
        with open(home.path(name), "ab") as file:
            file.write(log_lines(home.content, rng, skewed(rng, 20 * KIB, 1.0, 200 * KIB)))
    return len(names)


def browse(home, rng):
    expired = some(home, rng, home.files(CACHE)[1:], 60)
    for name in expired:
        os.unlink(home.path(name))
    fresh = home.scaled(100)
    for _ in range(fresh):
        add_to_cache(home, rng)
    return fresh + len(expired)


def take_pictures(home, rng):
    fresh = home.scaled(2)
    for _ in range(fresh):
        home.write(f"Pictures/new {rng.randbytes(4).hex()}.jpg", picture(home.content, rng, rng.randrange(MIB)))
    return fresh


def receive_mail(home, rng):
    with open(home.path(INBOX), "ab") as file:
        for _ in range(home.scaled(12)):
            file.write(mail(home.content, rng))
    return home.scaled(12)


def delete_mail(home, rng):
    """A message leaves the head of a large mailbox: every fixed-size block behind it holds other bytes then."""
    data = home.read(OLD_MAIL)
    first = data.find(b"\n\nFrom ") + 2
    home.replace(OLD_MAIL, data[:first] + data[data.find(b"\n\nFrom ", first) + 2:])
    return 1


def use_mail_store(home, rng):
    rewritten, appended = home.scaled(40), home.scaled(75)
    with open(home.path(MAIL_STORE), "r+b") as file:
        rewrite_pages(file, rng, rewritten, lambda: mail_page(home.content, rng))
        file.seek(0, os.SEEK_END)
        for _ in range(appended):
            file.write(mail_page(home.content, rng))
    return rewritten + appended


def write_disk_image(home, rng):
    with open(home.path(DISK_IMAGE), "r+b") as file:
        rewrite_pages(file, rng, home.scaled(60),
                      lambda: rng.randbytes(PAGE) if rng.random() < 0.4 else home.content.text(rng, PAGE))
    return home.scaled(60)


def rewrite_pages(file, rng, number, page):
    pages = file.seek(0, os.SEEK_END) // PAGE
    for _ in range(number):
        file.seek(rng.randrange(pages) * PAGE)
        file.write(page())


def rename_files(home, rng):
    names = some(home, rng, home.files("Documents", ".pdf"), 10)
    for name in names:
        os.rename(home.path(name), home.path(name[:-4] + " again.pdf"))
    return len(names)


def rename_folder(home, rng):
    name = home.path("Documents/" + rng.choice(sorted(os.listdir(home.path("Documents")))))
    os.rename(name, name + " moved")
    return 1


def remove_files(home, rng):
    names = some(home, rng, home.files("Downloads")[1:], 5)
    for name in names:
        os.unlink(home.path(name))
    return len(names)


def touch_files(home, rng):
    """Same bytes, another time or mode."""
    names = some(home, rng, home.files(".local/share", *SETTING_ENDINGS), 30)
    for n, name in enumerate(names):
        if n % 6 == 0:
            os.chmod(home.path(name), 0o640)
        else:
            os.utime(home.path(name))
    return len(names)
