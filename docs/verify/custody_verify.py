#!/usr/bin/env python3
"""Checks an archive of Custody with Python 3.9 alone; shares no code with Custody. README.md tells what is checked.
  custody_verify.py ARCHIVE [--key FILE]      a folder, or a ZIP; FILE is a public key (PEM, or a line of OpenSSH)
  custody_verify.py --proof DIR [--key FILE]  one conversation: proof.tlog-proof, record.json, conversation.json
Prints `CODE path message` for each finding, then a summary. Exit 0: nothing found, 4: findings, 10: no archive."""
import argparse, base64, hashlib, io, json, os, pathlib, re, stat, sys, zipfile

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519 (RFC 8032), extended coordinates
D, ROOT_OF_MINUS_1, ZERO = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P), (0, 1, 1, 0)
def point(raw):  # None where these are not the 32 bytes that a point has
    sign, y = divmod(int.from_bytes(raw, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    x = [x for r in (root, root * ROOT_OF_MINUS_1 % P) for x in (r, -r % P) if x % 2 == sign and x * x % P == square]
    return (x[0], y, 1, x[0] * y % P) if len(raw) == 32 and y < P and x else None
def add(a, b):
    p, q, r, s = (a[1] - a[0]) * (b[1] - b[0]), (a[1] + a[0]) * (b[1] + b[0]), 2 * D * a[3] * b[3], 2 * a[2] * b[2]
    return (q - p) * (s - r) % P, (s + r) * (q + p) % P, (s - r) * (s + r) % P, (q - p) * (q + p) % P
def times(n, a): return ZERO if n == 0 else add(times(n // 2, add(a, a)), a if n % 2 else ZERO)
BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
def verified(key, message, signature):
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if not (a and r and times(8, a)[0] and len(signature) == 64 and s < L): return False  # 8a is zero: a weak key
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little")
    one, other = times(s, BASE), add(r, times(h % L, a))
    return all((one[i] * other[2] - other[i] * one[2]) % P == 0 for i in (0, 1))

def sha256(raw): return hashlib.sha256(raw).digest()
def encoded(raw): return base64.b64encode(raw).decode()
SUM64 = "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="  # the one spelling that a hash has in base64
SPKI, SSH = bytes.fromhex("302a300506032b6570032100"), b"\0\0\0\x0bssh-ed25519\0\0\0\x20"
def fingerprint(key): return sha256(SPKI + key).hex()
def read_key(text):
    form = rb"\s*(?:ssh-ed25519|-----BEGIN PUBLIC KEY-----)\s+([A-Za-z0-9+/]{59}=|[A-Za-z0-9+/]{68})\s"
    key = base64.b64decode((re.match(form, text + b"\n") or [b"", b""])[1])
    return key[-32:] if key[:-32] in (SPKI, SSH) else None
def note_text(note, name, *keys):  # a C2SP signed note; None unless just these keys signed it, in order, by this name
    text, _, lines = note.rpartition(b"\n\n")
    signatures = [base64.b64decode(code)[4:] for code in re.findall(rb" ([A-Za-z0-9+/]{91}=)\n", lines)]
    codes = [encoded(sha256(name.encode() + b"\n\1" + key)[:4] + each) for key, each in zip(keys, signatures)]
    right = len(codes) == len(keys) and lines == "".join(f"\u2014 {name} {code}\n" for code in codes).encode()
    return text + b"\n" if right and all(map(verified, keys, [text + b"\n"] * len(keys), signatures)) else None
def leads_to(signer, key, transitions):  # whether the key is the signer, or hands over to it by notes that both signed
    for note in re.findall(rb"custody-key-transition/v1\n.*?\n\n(?:[^\n]+\n){2}", transitions, re.S):
        new = base64.b64decode((re.search(f"\nto-key ({SUM64})\n".encode(), note) or [b"", b""])[1])
        said = f"custody-key-transition/v1\nfrom {fingerprint(key)}\nto {fingerprint(new)}\nto-key {encoded(new)}\n"
        if key != signer and (note_text(note, "custody-key", key, new) or b"").startswith(said.encode()): key = new
    return key == signer

def node(left, right): return sha256(b"\1" + left + right)  # the tree of RFC 6962
def half(size): return 1 << (size - 1).bit_length() - 1  # the largest power of 2 below it
def tree_root(leaves):
    left, right = leaves[:half(len(leaves))], leaves[half(len(leaves)):]
    return node(tree_root(left), tree_root(right)) if right else left[0] if left else sha256(b"")
def root_by_proof(leaf, index, size, proof):
    if size == 1 or not proof: return leaf if size == 1 and not proof else b""
    if index < half(size): return node(root_by_proof(leaf, index, half(size), proof[:-1]), proof[-1])
    return node(proof[-1], root_by_proof(leaf, index - half(size), size - half(size), proof[:-1]))
def record_of(index, path, number, text):  # the line of records.jsonl for a line of the master, and its erasure
    erased = re.fullmatch(rb'\{"v":1,"erased":\{"index":%d,"erasure":"(ER-[A-Z2-7]{16})"\}\}\n' % index, text)
    if erased: return b'{"index":%d,"erased":"%s"}\n' % (index, erased[1]), erased[1].decode()
    salt = re.match(rb'\{"v":1,"salt":"([\w-]{43})","conversation":\{"identifier":"', text) or [b"", b""]
    facts = index, path, number, len(text), sha256(text).hex().encode(), salt[1]
    return b'{"index":%d,"path":"%s","line":%d,"size":%d,"sha256":"%s","salt":"%s"}\n' % facts, None

def folder_files(top):  # path, kind, size, how to open it; nothing is unpacked
    for file in pathlib.Path(top).rglob("*"):
        kind = stat.S_IFMT(os.lstat(file).st_mode) * os.access(file, os.R_OK)
        yield file.relative_to(top).as_posix(), kind, os.lstat(file).st_size, lambda file=file: open(file, "rb", 2**20)
def zip_files(place):
    zipped = zipfile.ZipFile(place)
    top = min(match[0] for match in map(re.compile(r"[^/\\]+/(?=bagit\.txt$)").match, zipped.namelist()) if match)
    for e in zipped.infolist():
        kind, given = stat.S_IFDIR if e.is_dir() else stat.S_IFREG, stat.S_IFMT(e.external_attr >> 16)
        dense = e.file_size > (0 if e.is_dir() else max(2**20, 200 * e.compress_size))
        path = e.orig_filename[len(top):] if e.orig_filename.startswith(top) else "/" + e.orig_filename
        kind = 0 if dense or e.create_system == 3 and given not in (0, kind) else kind
        yield path, kind, e.file_size, lambda e=e: io.BufferedReader(zipped.open(e), 2**20)
PART = r"(?!(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:[./]|$))[a-z0-9](?:[a-z0-9._-]*[a-z0-9_-])?"
SAFE = re.compile(rf"(?!.{{181}}|fetch\.txt$|(?:tag)?manifest-(?!sha256\.txt$)[^/]*$){PART}(?:/{PART})*", re.I | re.A)
MANIFESTS = {"manifest-sha256.txt": "data/", "tagmanifest-sha256.txt": "(?!data/|seal/|tagmanifest-sha256.txt)"}
SEAL = dict.fromkeys("""format origin seq archive-id period created mode verdict tagmanifest-sha256 payload-oxum records
    records-root erased audit prev-seal-sha256 supersedes tool""".split(), "[!-~]+(?: [!-~]+)*")
SEAL.update({"format": "custody-seal/v1", "origin": "[!-*,-~]{1,120}", "seq": "[1-9][0-9]{0,15}",
    "created": "[0-9]{4}(?:-[0-9]{2}){2}T[0-9]{2}(?::[0-9]{2}){2}[.][0-9]{3}Z", "audit": f"(?:0|[1-9][0-9]{{0,15}}) {SUM64}"})
def check_archive(place, key, find):
    files, sums, seen, leaves, erased, facts = {}, {}, set(), [], {}, {}
    for path, kind, *how in (folder_files if os.path.isdir(place) else zip_files)(place):
        if kind == stat.S_IFDIR: continue
        find("PATH", path, "is no name for a file, or taken", not SAFE.fullmatch(path) or path.lower() in seen)
        find("SPECIAL_FILE", path, "is a link, a device, locked, or grows too much", kind != stat.S_IFREG)
        files[path] = how if kind == stat.S_IFREG else (0, io.BytesIO)
        seen.add(path.lower())
    def lines(path):  # hashed on the way; none where it is not there
        digest = hashlib.sha256()
        try:
            with files.get(path, (0, io.BytesIO))[1]() as stream:
                for line in iter(lambda: stream.readline(2**30), b""):
                    digest.update(line)
                    yield line
            sums[path] = digest.hexdigest()
        except Exception as error: find("UNREADABLE", path, type(error).__name__)
    def text(path): return b"".join(lines(path))
    if not text("bagit.txt"): raise FileNotFoundError("no bagit.txt")
    # Master, records and leaves.
    digest, stated = hashlib.sha256(), text("integrity/leaves.txt").decode("latin-1").split("\n")
    for path in sorted(path for path in files if re.fullmatch(r"data/conversations/part-[0-9]{5}\.jsonl", path)):
        for number, line in enumerate(lines(path), 1):
            record, erasure = record_of(len(leaves), path.encode(), number, line)
            digest.update(record)
            if erasure: erased[len(leaves)] = erasure
            leaf = "".join(stated[len(leaves):][:1]) if erasure else sha256(b"\0" + record).hex()
            leaves.append(leaf if re.fullmatch("[0-9a-f]{64}", leaf) else "")
    root = tree_root([bytes.fromhex(leaf) for leaf in leaves])
    find("RECORDS_ROOT", "integrity/leaves.txt", "is not of the records of the master", stated != leaves + [""])
    # The bag.
    for path in files: sum(1 for _ in lines(path) if path not in sums)
    find("RECORDS_DIFFER", "integrity/records.jsonl", "is not of the master", sums[...] != digest.hexdigest())
    for manifest, form in MANIFESTS.items():
        present = [f"{sums.get(path)}  {path}" for path in sorted(files) if re.match(form, path)] + [""]
        listed = text(manifest).decode("latin-1").split("\n")
        for line in set(listed) ^ set(present) or listed[len(present):]:
            find("MANIFEST_DIFFERS", line[66:], f"is changed, missing, or not in {manifest}")
