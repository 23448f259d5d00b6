#!/usr/bin/env python3
"""Checks an archive of Custody, a folder or a ZIP; shares no code with Custody. README.md tells what is checked.
  custody_verify.py ARCHIVE [--key FILE]      FILE: the signer's public key from elsewhere, PEM or a line of OpenSSH
  custody_verify.py --proof DIR [--key FILE]  DIR: proof.tlog-proof, record.json, conversation.json of one conversation
Prints `CODE path message` for each finding, then a summary. Exit 0: nothing found, 4: findings, 10: no archive."""
import argparse, base64, functools, hashlib, io, itertools, json, os, pathlib, re, stat, sys, zipfile

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

SPKI, SSH = bytes.fromhex("302a300506032b6570032100"), b"\0\0\0\x0bssh-ed25519\0\0\0\x20"
HEX, SUM64 = "[0-9a-f]{64}", "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="  # a hash, in the one spelling that it has
sha256, encoded = lambda raw: hashlib.sha256(raw).digest(), lambda raw: base64.b64encode(raw).decode()
node, fingerprint = lambda left, right: sha256(b"\1" + left + right), lambda key: sha256(SPKI + key).hex()
def read_key(text):
    form = rb"\s*(?:ssh-ed25519|-----BEGIN PUBLIC KEY-----)\s+([A-Za-z0-9+/]{59}=|[A-Za-z0-9+/]{68})\s"
    key = base64.b64decode((re.match(form, text + b"\n") or [b"", b""])[1])
    return key[-32:] if key[:-32] in (SPKI, SSH) else None
def note_text(note, name, *keys):  # of a C2SP signed note: None unless just these keys signed, in order, by this name
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
def half(size): return 1 << (size - 1).bit_length() - 1  # the tree of RFC 6962 splits at a power of 2
def tree_root(leaves):
    if len(leaves) < 2: return leaves[0] if leaves else sha256(b"")
    return node(tree_root(leaves[:half(len(leaves))]), tree_root(leaves[half(len(leaves)):]))
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

def folder_files(top):  # path, size, how to open it: None for what is no plain file
    for file in pathlib.Path(top).rglob("*"):
        facts, path = os.lstat(file), file.relative_to(top).as_posix()
        if stat.S_ISDIR(facts.st_mode) and os.access(file, os.R_OK | os.X_OK): continue
        yield path, facts.st_size, functools.partial(open, file, "rb", 2**20) if stat.S_ISREG(facts.st_mode) else None
def zip_files(place):  # nothing is unpacked
    zipped = zipfile.ZipFile(place)
    top = min(match[0] for match in map(re.compile(r"[^/\\]+/(?=bagit\.txt$)").match, zipped.namelist()) if match)
    for e in (e for e in zipped.infolist() if not e.is_dir() or e.file_size):
        path = e.orig_filename[len(top):] if e.orig_filename.startswith(top) else "/" + e.orig_filename
        plain = e.external_attr >> 28 in (0, stat.S_IFREG >> 12) and e.file_size <= max(2**20, 200 * e.compress_size)
        yield path, e.file_size, (lambda e=e: io.BufferedReader(zipped.open(e), 2**20)) if plain else None
PART = r"(?!(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:[./]|$))[a-z0-9](?:[a-z0-9._-]*[a-z0-9_-])?"
SAFE = re.compile(rf"(?!.{{181}}|fetch\.txt$|(?:tag)?manifest-(?!sha256\.txt$)[^/]*$){PART}(?:/{PART})*", re.I | re.A)
MASTER, RECORDS, LEAVES = "data/conversations/part-{:05}.jsonl", "integrity/records.jsonl", "integrity/leaves.txt"
MANIFESTS = {"manifest-sha256.txt": "data/", "tagmanifest-sha256.txt": "(?!data/|seal/|tagmanifest-sha256.txt)"}
SEAL = """origin seq archive-id period created mode verdict tagmanifest-sha256 payload-oxum records records-root erased
    audit prev-seal-sha256 supersedes tool""".split()
def check_archive(place, key, find):
    files, sums, seen, leaves, erased = {}, {}, set(), [], {}
    for path, size, opened in (folder_files if os.path.isdir(place) else zip_files)(place):
        wrong = not opened or not SAFE.fullmatch(path) or path.lower() in seen
        find("PATH", path, "is a link, or a name that no file of an archive has, or taken", wrong)
        files[path] = size, opened or io.BytesIO
        seen.add(path.lower())
    if "bagit.txt" not in files: raise ValueError("there is no bagit.txt")
    def lines(path):  # of a file, which is hashed on the way; none where it is not there
        digest = hashlib.sha256()
        try:
            with files.get(path, (0, io.BytesIO))[1]() as stream:
                for line in iter(lambda: stream.readline(2**30), b""): yield digest.update(line) or line
            sums[path] = digest.hexdigest()
        except Exception as error: find("UNREADABLE", path, type(error).__name__)
    def text(path): return b"".join(lines(path)).decode("latin-1")
    stated, records = text(LEAVES).split("\n"), hashlib.sha256()
    for path in itertools.takewhile(files.__contains__, map(MASTER.format, itertools.count(1))):
        for number, line in enumerate(lines(path), 1):
            record, erasure = record_of(len(leaves), path.encode(), number, line)
            records.update(record)
            if erasure: erased[len(leaves)] = erasure
            leaves.append("".join(stated[len(leaves):][:1]) if erasure else sha256(b"\0" + record).hex())
    root = tree_root([bytes.fromhex(leaf) for leaf in leaves if re.fullmatch(HEX, leaf)])
    for path in files.keys() - sums.keys(): sum(map(len, lines(path)))
    for manifest, form in MANIFESTS.items():
        present = [f"{sums.get(path)}  {path}" for path in sorted(files) if re.match(form, path)] + [""]
        listed = text(manifest).split("\n")
        for path in sorted({line[66:] for line in set(listed) ^ set(present)}) or [manifest] * (listed != present):
            find("MANIFEST_DIFFERS", path, f"is changed, missing, in no manifest, or not in order, by {manifest}")
    sizes = [size for path, (size, _) in files.items() if path.startswith("data/")]
    run = {"erased": "0", **dict(reversed(re.findall('(?m)^ {2,4}"(\\w+)": "?([^"\n]*?)"?,?$', text("run.json"))))}
    lost = re.findall(r'"id":"(ER-[A-Z2-7]{16})","indexes":\[(\d+(?:,\d+)*)\],', text("integrity/erasures.jsonl"))
    facts = [str(len(leaves)), root.hex(), f"{sum(sizes)}.{len(sizes)}", str(len(erased))]
    for path, wrong in {
        "bagit.txt": text("bagit.txt") != "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": re.findall("(?im)^payload-oxum: (.*)$", text("bag-info.txt")) != [facts[2]],
        "run.json": [run.get(name) for name in ("conversations", "recordsRoot", "payloadOxum", "erased")] != facts,
        RECORDS: sums.get(RECORDS) != records.hexdigest(), LEAVES: stated != leaves + [""],
        "integrity/erasures.jsonl": erased != {int(index): name for name, indexes in lost for index in indexes.split(",")},
    }.items(): find("DIFFERS", path, "is not what the other files of the archive make it", wrong)
    summary = f"conversations {facts[0]}, erased {facts[3]}\n"
    if not [path for path in files if path.startswith("seal/")]:
        return find("NOT_SEALED", "seal/", "is not there, so this key signed nothing", key) or summary + "not sealed"
    form = "format custody-seal/v1\n" + "".join(f"{name} ([!-~]+(?: [!-~]+)*)\n" for name in SEAL)
    match, signer = re.fullmatch(form, text("seal/seal.txt")), read_key(text("seal/signer.pub").encode("latin-1"))
    if not match or not signer: return find("SEAL_FORM", "seal/", "has no seal.txt or signer.pub as it should be") or summary
    seal, signed = dict(zip(SEAL, match.groups())), match[0].encode()
    tree = "{origin}/{archive-id}\n{records}\n{records-root}\n".format(**seal).encode()
    others = [path for path in sorted(files) if path.startswith("seal/") and path != "seal/seal-manifest.note"]
    listed = "custody-seal-files/v1\n" + "".join(f"{sums.get(path)}  {path}\n" for path in others)
    for name, said in ("seal.note", signed), ("records.checkpoint", tree), ("seal-manifest.note", listed.encode()):
        note = note_text(b"".join(lines("seal/" + name)), seal["origin"], signer)
        find("SEAL_SIGNATURE", "seal/" + name, "is not signed, or not of this archive", note != said)
    good = verified(signer, signed, b"".join(lines("seal/seal.txt.ed25519")))
    find("SEAL_SIGNATURE", "seal/seal.txt.ed25519", "is not the signature of seal.txt", not good)
    for said, fact in {
        "tagmanifest-sha256": sums.get("tagmanifest-sha256.txt"), "records": facts[0], "records-root": encoded(root),
        "payload-oxum": facts[2], "erased": facts[3], "archive-id": run.get("archive"), "mode": run.get("mode"),
        "verdict": run.get("verdict"), "period": f"{run.get('from')} {run.get('to')}",
        "prev-seal-sha256": sums.get("seal/prev.seal.txt", "none"),
        "supersedes": sums.get(f"seal/history/{seal['supersedes']}/seal.txt", "none"),
    }.items(): find("SEAL_DIFFERS", "seal/seal.txt", f"says another {said} than is there", seal[said] != fact)
    trusted = key and leads_to(signer, key, text("seal/key-transitions.note").encode("latin-1"))
    find("SEAL_UNTRUSTED", "seal/signer.pub", "is not the key given, nor one that it handed over to", key and not trusted)
    return f"{summary}seal {seal['seq']} of {seal['origin']}\nkey sha256:{fingerprint(signer)} {'trusted' if trusted else 'not compared'}"
def check_proof(folder, key, find):
    def content(name): return pathlib.Path(folder, name).read_bytes() if os.path.isfile(os.path.join(folder, name)) else b""
    form = rf"c2sp\.org/tlog-proof@v1\nindex (\d+)\n((?:{SUM64}\n)*)\n((([!-*,-~]+)/[^\n/]+)\n(\d+)\n({SUM64})\n\n.*)"
    proof, record = re.fullmatch(form.encode(), content("proof.tlog-proof"), re.S), content("record.json")
    place = re.match(rb'\{"index":\d+,"path":"([^"]*)","line":(\d{1,15}),', record)
    if not proof or not place: return find("PROOF_FORM", folder, "has no proof or record as it should be") or "nothing proven"
    index, hashes, note, tree, origin, size, root = proof.groups()
    index, size, hashes = int(index), int(size), list(map(base64.b64decode, hashes.split()))
    find("PROOF_INCLUSION", "record.json", "is not in the tree",
         index >= size or encoded(root_by_proof(sha256(b"\0" + record), index, size, hashes)) != root.decode())
    wanted, _ = record_of(index, place[1], int(place[2]), content("conversation.json"))
    find("PROOF_CONVERSATION", "conversation.json", "is not the one of the record", record != wanted)
    signer = read_key(content("signer.pub")) or key
    signed = signer and note_text(note, origin.decode(), signer)
    trusted = key and leads_to(signer, key, content("key-transitions.note"))
    find("PROOF_SIGNATURE", "proof.tlog-proof", "is not signed by the key", not signed or key and not trusted)
    return f"conversation {index} of {tree.decode()}, key {signer and fingerprint(signer)} {'trusted' if trusted else 'not compared'}"
def main(arguments=None):
    parser, found = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter), []
    for name, action in ("place", "store"), ("--proof", "store_true"), ("--key", "store"): parser.add_argument(name, action=action)
    options = parser.parse_args(arguments)
    def find(code, path, message, wrong=True):
        if wrong: found.append(print(code, json.dumps(path[:120])[1:-1], message))
    try:
        key = options.key and (read_key(open(options.key, "rb").read()) or parser.error("--key holds no Ed25519 public key"))
        print((check_proof if options.proof else check_archive)(options.place, key, find))
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        print("NO_ARCHIVE", json.dumps(options.place)[1:-1], error)
        return 10
    print(len(found), "findings")
    return 4 if found else 0
if __name__ == "__main__": sys.exit(main())
