"""What files hold: text, machine code and settings that compress as real ones do.

Text and code are sampled from this machine's /usr, because made-up text compresses otherwise than what people have. So
the same seed gives the same bytes only where the same packages are installed; synthetic content is the same everywhere.
"""
import os
import random
import re
import stat

KIB = 1 << 10
MIB = 1 << 20
PAGE = 4096

TEXT_FOLDERS = ("/usr/share", "/usr/include", "/usr/lib/python3")
TEXT_ENDINGS = (".c", ".cmake", ".css", ".h", ".hpp", ".html", ".js", ".json", ".md", ".pl", ".pm", ".py", ".rst",
                ".sh", ".txt", ".xml")
CODE_FOLDERS = ("/usr/lib", "/usr/bin")
SETTING_LINES = {"json": '  "{0}": {1},\n', "ini": "{0}={1}\n", "xml": "  <entry key=\"{0}\">{1}</entry>\n"}


class Content:
    def __init__(self, text, code, origin):
        self.origin = origin
        self._text = text
        self._code_pages = len(code) // PAGE
        self._code = code
        self.words = sorted({word.decode() for word in re.findall(rb"\b[a-z]{4,12}\b", text[:MIB])})

    def text(self, rng, size):
        """Lines from many places, a few hundred bytes of each: no two texts share a long run."""
        parts, got = [], 0
        while got < size:
            start = self._text.find(b"\n", rng.randrange(len(self._text) - 2 * KIB)) + 1
            parts.append(self._text[start:start + rng.randint(200, 1200)])
            got += len(parts[-1])
        return b"".join(parts)[:size]

    def code(self, rng, pages):
        """Whole pages of programs; the popular ones come again and again, as shared libraries do."""
        parts, got = [], 0
        while got < pages:
            start = int(self._code_pages * rng.random() ** 3)
            parts.append(self._code[start * PAGE:(start + pages - got) * PAGE])
            got += len(parts[-1]) // PAGE
        return b"".join(parts)

    def settings(self, rng, size, kind):
        lines, got = [], 0
        while got < size:
            key = f"{rng.choice(self.words[:200])}.{rng.choice(self.words)}"
            lines.append(SETTING_LINES[kind].format(key, self._setting_value(rng)))
            got += len(lines[-1])
        return "".join(lines).encode()[:size]

    def _setting_value(self, rng):
        form = rng.randrange(5)
        if form == 0:
            return str(rng.randrange(10 ** rng.randint(1, 9)))
        if form == 1:
            return rng.choice(("true", "false"))
        if form == 2:
            return '"%s"' % rng.randbytes(16).hex()
        if form == 3:
            return '"/home/persona/%s/%s"' % (rng.choice(self.words[:60]), rng.choice(self.words))
        return '"%s"' % self.phrase(rng, 3)

    def phrase(self, rng, words):
        return " ".join(rng.choices(self.words, k=words))


def make_content(seed, synthetic, text_mib, code_mib):
    rng = random.Random(f"content:{seed}")
    text = code = b""
    if not synthetic:
        text = sample(rng, TEXT_FOLDERS, is_text, 192 * KIB, text_mib * MIB)
        code = sample(rng, CODE_FOLDERS, is_code, 4 * MIB, code_mib * MIB)
    # A container without documentation and headers has too little to sample.
    origin = "sampled from /usr"
    if len(text) < MIB or len(code) < MIB:
        origin = "synthetic"
        text, code = synthetic_text(rng, text_mib * MIB), synthetic_code(rng, code_mib * MIB)
    return Content(text, code, origin)


def sample(rng, folders, accepts, most_of_each, limit):
    paths = [path for folder in folders for path in files_below(folder) if accepts(path)]
    rng.shuffle(paths)
    parts, got = [], 0
    for path in paths:
        with open(path, "rb") as file:
            data = file.read(most_of_each)
        # Programs start on a page in memory, and so they do here.
        parts.append(data[:len(data) // PAGE * PAGE] if accepts is is_code else data)
        got += len(parts[-1])
        if got >= limit:
            break
    return b"".join(parts)


def files_below(folder):
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(base, name)
            if stat.S_ISREG(os.lstat(path).st_mode) and os.access(path, os.R_OK):
                yield path


def is_text(path):
    return path.endswith(TEXT_ENDINGS)


def is_code(path):
    if os.path.getsize(path) < 64 * KIB:
        return False
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def synthetic_text(rng, size):
    letters = "eeeettaaooiinnsshhrrddlluucmfwypvbgkjqxz"
    words = ["".join(rng.choices(letters, k=rng.randint(2, 10))) for _ in range(6000)]
    lines, got = [], 0
    while got < size:
        picked = [words[int(len(words) * rng.random() ** 4)] for _ in range(11)]
        lines.append(" ".join(picked) + "\n")
        got += len(lines[-1])
    return "".join(lines).encode()


def synthetic_code(rng, size):
    """Few instructions often, many seldom, and operands between them."""
    instructions = [rng.randbytes(rng.randint(2, 7)) for _ in range(3000)]
    parts, got = [], 0
    while got < size:
        picked = [instructions[int(len(instructions) * rng.random() ** 4)] for _ in range(12)]
        parts.append(b"".join(picked) + rng.randbytes(14))
        got += len(parts[-1])
    return b"".join(parts)[:size // PAGE * PAGE]
