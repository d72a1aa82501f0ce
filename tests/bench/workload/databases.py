"""SQLite databases as browsers, chats and mail programs keep them, made and used through SQLite itself."""
import sqlite3
from collections import namedtuple

# body_bytes: 0 without a body; noise: the body is compressed or encrypted already
Kind = namedtuple("Kind", "name rows body_bytes noise")

PROFILE = ".mozilla/firefox/main.profile/"
USED = [
    Kind(PROFILE + "places.sqlite", 140_000, 0, False),
    Kind(PROFILE + "favicons.sqlite", 9_000, 2800, True),
    Kind(PROFILE + "cookies.sqlite", 9_000, 70, True),
    Kind(PROFILE + "formhistory.sqlite", 4_000, 0, False),
    Kind(PROFILE + "webappsstore.sqlite", 12_000, 400, False),
    Kind(".config/chat/messages.db", 110_000, 130, False),
    Kind(".thunderbird/main.profile/global-messages-db.sqlite", 70_000, 90, False),
    Kind(".local/share/notes/notes.db", 3_000, 1500, False),
]
SITES = [Kind(f"{PROFILE}storage/default/https+++site{n:02d}.example/idb/data.sqlite", 200 + 150 * n, 700, n % 2 == 0)
         for n in range(18)]


def make(home):
    for kind in USED + SITES:
        home.make_parent(kind.name)
        rng = home.rng(kind.name)
        with connected(home.path(kind.name), "OFF") as database:
            database.execute("CREATE TABLE entry(id INTEGER PRIMARY KEY, address TEXT, title TEXT, uses INTEGER,"
                             " used_at INTEGER, token TEXT, body BLOB)")
            insert(database, home.content, rng, kind, home.scaled(kind.rows))
            database.execute("CREATE INDEX entry_address ON entry(address)")
            database.execute("CREATE INDEX entry_used_at ON entry(used_at)")


class connected:
    """One transaction. No fsync: the generator may be killed, its files are made anew then."""

    def __init__(self, path, journal):
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.execute("PRAGMA page_size=4096")
        self.database.execute(f"PRAGMA journal_mode={journal}")
        self.database.execute("PRAGMA synchronous=OFF")

    def __enter__(self):
        self.database.execute("BEGIN")
        return self.database

    def __exit__(self, kind, *_):
        self.database.execute("ROLLBACK" if kind else "COMMIT")
        self.database.close()


def insert(database, content, rng, kind, rows):
    words = content.words
    row = lambda: (f"https://{rng.choice(words[:400])}.example/{rng.choice(words)}?{rng.randbytes(4).hex()}",
                   content.phrase(rng, 4), rng.randrange(60), rng.randrange(10**12), rng.randbytes(8).hex(),
                   body(content, rng, kind))
    database.executemany("INSERT INTO entry(address, title, uses, used_at, token, body) VALUES(?,?,?,?,?,?)",
                         (row() for _ in range(rows)))


def body(content, rng, kind):
    if kind.body_bytes == 0:
        return None
    size = int(kind.body_bytes * rng.uniform(0.5, 1.5))
    return rng.randbytes(size) if kind.noise else content.text(rng, size)


def use(home, rng):
    """Ten minutes: mostly recent rows are read and counted, some are new, a few old ones expire."""
    for kind in USED:
        with connected(home.path(kind.name), "DELETE") as database:
            count_uses(database, rng, home.scaled(rng.randint(60, 300)))
            fresh = home.scaled(rng.randint(10, 60))
            insert(database, home.content, rng, kind, fresh)
            database.execute("DELETE FROM entry WHERE id IN (SELECT id FROM entry ORDER BY used_at LIMIT ?)",
                             (fresh // 4,))
    return len(USED)


def count_uses(database, rng, updates):
    last, = database.execute("SELECT max(id) FROM entry").fetchone()
    recent = last - last // 20
    rows = [rng.randint(recent if rng.random() < 0.8 else 1, last) for _ in range(updates)]
    database.executemany("UPDATE entry SET uses = uses + 1, used_at = used_at + 600000 WHERE id = ?",
                         ((row,) for row in rows))
