"""Checks an archive of Custody; shares no code with it (see README.md). Exit 0: nothing found, 4: findings, 10: no archive.
  custody_verify.py ARCHIVE [--key FILE]      a folder or a ZIP; FILE: the public key to trust, PEM or a line of OpenSSH
  custody_verify.py --proof DIR [--key FILE]  one conversation: proof.tlog-proof, record.json, conversation.json"""
import argparse, base64, collections, functools, hashlib, io, itertools, json, os, pathlib, re, stat, struct, sys, zipfile
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519 (RFC 8032), in extended coordinates
D, I, ZERO = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P), (0, 1, 1, 0)
def point(raw):  # None where these are not the 32 bytes that a point has
    sign, y = divmod(int.from_bytes(raw, "little"), 2**255); xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = [x for r in [pow(xx, (P + 3) // 8, P)] for x in (r, -r % P, r * I % P, -r * I % P) if x % 2 == sign and x * x % P == xx]
    return (x[0], y, 1, x[0] * y % P) if len(raw) == 32 and y < P and x else None
def add(a, b):
    p, q, r, s = (a[1] - a[0]) * (b[1] - b[0]), (a[1] + a[0]) * (b[1] + b[0]), 2 * D * a[3] * b[3], 2 * a[2] * b[2]
    return (q - p) * (s - r) % P, (s + r) * (q + p) % P, (s - r) * (s + r) % P, (q - p) * (q + p) % P
def times(n, a): return ZERO if n == 0 else add(times(n // 2, add(a, a)), a if n % 2 else ZERO)
def verified(key, message, signature):
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if not (a and r and times(8, a)[0] and len(signature) == 64 and s < L): return False  # 8 a is zero: a weak key
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little")
    x, y, z, _ = add(add(r, times(h % L, a)), times(L - s, point(b"\x58" + 31 * b"\x66"))); return x == 0 and y == z  # r + h a - s b
SPKI, SSH = bytes.fromhex("302a300506032b6570032100"), b"\0\0\0\x0bssh-ed25519\0\0\0\x20"
SUM64 = "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="  # a hash, in the one spelling that base64 has for it
sha256, encoded, raw = lambda bits: hashlib.sha256(bits).digest(), lambda bits: base64.b64encode(bits).decode(), lambda text: text.encode("latin-1")
node, fingerprint = lambda left, right: sha256(b"\1" + left + right), lambda key: sha256(SPKI + key).hex()
def read_key(text):
    key = base64.b64decode((re.findall("[A-Za-z0-9+/]{68}|[A-Za-z0-9+/]{59}=", text) or [""])[0])
    return key[-32:] if key[:-32] in (SPKI, SSH) else None
def note_text(note, name, *keys):  # of a C2SP signed note: None unless just these keys signed, in order, by this name
    text, _, lines = note.rpartition("\n\n"); signatures = [base64.b64decode(code)[4:] for code in re.findall(" ([A-Za-z0-9+/]{91}=)\n", lines)]
    codes = [encoded(sha256(name.encode() + b"\n\1" + key)[:4] + each) for key, each in zip(keys, signatures)]
    right = len(codes) == len(keys) and lines == "".join(f"\xe2\x80\x94 {name} {code}\n" for code in codes)
    return text + "\n" if right and all(verified(key, raw(text + "\n"), each) for key, each in zip(keys, signatures)) else None
def trust(signer, key, transitions, find):  # the key is the signer's, or hands over to it by notes that both keys signed
    trusted = key or b""
    for note, code in re.findall("((?:.+\n){3}to-key ([A-Za-z0-9+/]{43}=)\n.+\n\n.+\n.+\n)", transitions):
        said = f"custody-key-transition/v1\nfrom {fingerprint(trusted)}\nto {fingerprint(new := base64.b64decode(code))}\nto-key {encoded(new)}\n"
        if trusted != signer and (note_text(note, "custody-key", trusted, new) or "").startswith(said): trusted = new
    find("UNTRUSTED", "signer.pub", "is not the key given, nor one that it handed over to", key and trusted != signer)
    return f"key sha256:{fingerprint(signer)} {'not compared' if not key else 'trusted' if trusted == signer else 'untrusted'}"
def tree_root(level):  # RFC 6962
    while len(level) > 1: level = [*map(node, level[::2], level[1::2]), *level[len(level) // 2 * 2:]]
    return level[0] if level else sha256(b"")
def root_by_proof(root, index, last, proof):  # above the fork of the ways to this leaf and to the last, all is on the left
    for n, side in enumerate(proof): root = node(side, root) if index >> n & 1 or index >> n == last >> n else node(root, side)
    return root
def folder_files(top):  # path, size, how to open it: None for what is no plain file
    for file, facts in ((file, os.lstat(file)) for file in pathlib.Path(top).rglob("*")):
        opener, path = functools.partial(open, file, "rb", 2**20) if stat.S_ISREG(facts.st_mode) else None, file.relative_to(top).as_posix()
        if not stat.S_ISDIR(facts.st_mode) or not os.access(file, os.R_OK | os.X_OK): yield path, facts.st_size, opener
def zip_hides(zipped):  # whether there are bytes of no file, or two headers of one that differ: from the last file to the first
    files, read = sorted(zipped.infolist(), key=lambda e: -e.header_offset), lambda at, size: zipped.fp.seek(at) * 0 or zipped.fp.read(size)
    for e, end in zip(files, [zipped.start_dir, *(e.header_offset for e in files)]):
        *local, name, extra = struct.unpack("<14x3I2H", read(e.header_offset, 30))
        facts, at, late = (e.CRC, e.compress_size, e.file_size), e.header_offset + 30 + name + extra + e.compress_size, e.flag_bits & 8
        behind = [sign + struct.pack(form, *facts) for sign in (b"", b"PK\7\x08") for form in ("<3I", "<IQQ")[max(facts) >> 32 > 0:] if late]
        if at > end or read(at, end - at) not in (behind or [b""]) or any(x != y and ~x % 2**32 and (x or not late) for x, y in zip(local, facts)): return True
    last = struct.unpack("<4s6xH8xH", read(zipped.fp.seek(-22, 2), 22))
    return files[-1].header_offset or last not in [(b"PK\5\6", count, 0) for count in (len(files), 2**16 - 1)]
def zip_files(place):  # nothing is unpacked
    zipped = zipfile.ZipFile(place)
    top = min(match[0] for match in map(re.compile(r"[^/\\]+/(?=bagit\.txt$)").match, zipped.namelist()) if match)
    if zip_hides(zipped): yield "/ bytes of no file", 0, None
    for e in (e for e in zipped.infolist() if not e.is_dir() or e.file_size):
        opener = (lambda e=e: io.BufferedReader(zipped.open(e), 2**20)) if e.external_attr >> 28 in (0, 8) else None
        yield e.orig_filename[len(top):] if e.orig_filename.startswith(top) else "/" + e.orig_filename, e.file_size, opener
PART = r"(?!(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:[./]|$))[a-z0-9](?:[a-z0-9._-]*[a-z0-9_-])?"
SAFE = re.compile(rf"(?!.{{181}}|fetch\.txt$|(?:tag)?manifest-(?!sha256\.txt$)[^/]*$){PART}(?:/{PART})*", re.I | re.A)
MANIFESTS, SEAL = ("manifest-sha256.txt", "tagmanifest-sha256.txt"), """format origin seq archive-id period created mode verdict
tagmanifest-sha256 payload-oxum records records-root erased audit prev-seal-sha256 supersedes tool""".split()
def check_archive(entries, key, find):
    files, sums, seen, leaves, erased, records = {}, {}, set(), [], {}, hashlib.sha256()
    for path, size, opened in entries:
        find("PATH", path, "is a link, or taken, or no name", not (opened and SAFE.fullmatch(path)) or path.lower() in seen)
        files[path], _ = (size, opened or io.BytesIO), seen.add(path.lower())
    def lines(path):  # of a file, which is hashed on the way; none where it is not there
        digest, (size, opened) = hashlib.sha256(), files.get(path, (0, io.BytesIO))
        try:
            with opened() as stream:
                for line in iter(lambda: stream.readline(2**30), b""): yield digest.update(line) or line
                sums[path] = digest.hexdigest() if stream.tell() == size else "not as long as it says"
        except Exception as error: find("UNREADABLE", path, type(error).__name__)
    def text(path): return b"".join(lines(path)).decode("latin-1")
    stated = text("integrity/leaves.txt").split("\n")
    for path in itertools.takewhile(files.__contains__, map("data/conversations/part-{:05}.jsonl".format, itertools.count(1))):
        for number, line in enumerate(lines(path), 1):
            index, salt = len(leaves), re.match(rb'\{"v":1,"salt":"([\w-]{43})","conversation":\{', line) or [b"", b""]
            facts = index, path.encode(), number, len(line), sha256(line).hex().encode(), salt[1]
            record = b'{"index":%d,"path":"%s","line":%d,"size":%d,"sha256":"%s","salt":"%s"}\n' % facts
            lost = re.fullmatch(rb'\{"v":1,"erased":\{"index":%d,"erasure":"(ER-[A-Z2-7]{16})"\}\}\n' % index, line)
            leaves.append("".join(stated[index:index + 1]) if lost else sha256(b"\0" + record).hex())
            records.update(b'{"index":%d,"erased":"%s"}\n' % (index, lost[1]) if lost else record)
            if lost: erased[str(index)] = lost[1].decode()
    root = tree_root([bytes.fromhex(leaf) for leaf in leaves if re.fullmatch("[0-9a-f]{64}", leaf)])
    for path in files.keys() - sums.keys(): sum(map(len, lines(path)))
    listed = lambda form: [f"{sums.get(path)}  {path}" for path in sorted(files) if re.match(form, path)] + [""]
    for manifest, form in zip(MANIFESTS, ("data/", "(?!data/|seal/|tagmanifest-)")):
        said, present = text(manifest).split("\n"), listed(form)
        for path in sorted({line[66:] for line in {*said} ^ {*present}}) or [manifest] * (said != present):
            find("MANIFEST", path, f"is changed, missing, in no manifest, or not in order, by {manifest}")
    sizes = [size for path, (size, _) in files.items() if path.startswith("data/")]
    count, gone, oxum = str(len(leaves)), str(len(erased)), f"{sum(sizes)}.{len(sizes)}"
    run = re.findall('(?m)^ {2,4}"(\\w+)": "?([^"\n]*?)"?,?$', text("run.json"))  # JSON, in the one form that it has here
    run = collections.defaultdict(str, [("erased", "0"), *reversed(run)])
    told = re.findall(r'"id":"(.{19})","indexes":\[([0-9,]+)\],', text("integrity/erasures.jsonl"))
    find("BAGIT", "bagit.txt", "is not of 1.0", text("bagit.txt") != "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    find("OXUM", "bag-info.txt", "is not " + oxum, re.findall("(?im)^payload-oxum: (.*)$", text("bag-info.txt")) != [oxum])
    facts = {"conversations": count, "erased": gone, "payloadOxum": oxum, "recordsRoot": root.hex()}
    find("RUN", "run.json", "says another count, size or root", {**run, **facts} != run)
    find("RECORDS", "integrity/records.jsonl", "differs", sums.get("integrity/records.jsonl") != records.hexdigest())
    find("LEAVES", "integrity/leaves.txt", "is not of the records", stated != leaves + [""])
    find("ERASURES", "integrity/erasures.jsonl", "differs", {n: name for name, each in told for n in each.split(",")} != erased)
    summary, sealed = f"conversations {count}, erased {gone}\n", listed("seal/(?!seal-manifest.note)")
    if not any(path.startswith("seal/") for path in files):
        return find("NOT_SEALED", "seal/", "is not there, so this key signed nothing", key) or summary + "not sealed"
    seal, signer = text("seal/seal.txt"), read_key(text("seal/signer.pub")) or b""
    said = collections.defaultdict(str, re.findall(r"(?m)^(\S+) (\S.*)$", seal))
    find("SEAL", "seal/seal.txt", "is not in its form", seal != "".join(f"{name} {said[name]}\n" for name in SEAL))
    facts = {"format": "custody-seal/v1", "archive-id": run["archive"], "period": f"{run['from']} {run['to']}", "erased": gone,
        "mode": run["mode"], "verdict": run["verdict"], "records": count, "records-root": encoded(root), "payload-oxum": oxum,
        "tagmanifest-sha256": sums.get(MANIFESTS[1]), "prev-seal-sha256": sums.get("seal/prev.seal.txt", "none"),
        "supersedes": sums.get(f"seal/history/{said['supersedes']}/seal.txt", "none")}
    for name in facts: find("SEAL", "seal/seal.txt", f"says another {name} than is there", facts[name] != said[name])
    tree, sealed = f"{said['origin']}/{run['archive']}\n{count}\n{encoded(root)}\n", "custody-seal-files/v1\n" + "\n".join(sealed)
    for name, signed in ("seal.note", seal), ("records.checkpoint", tree), ("seal-manifest.note", sealed):
        find("SIGNATURE", "seal/" + name, "is not as signed", note_text(text("seal/" + name), said["origin"], signer) != signed)
    find("SIGNATURE", "seal/seal.txt.ed25519", "is not valid", not verified(signer, raw(seal), raw(text("seal/seal.txt.ed25519"))))
    return f"{summary}seal {said['seq']} of {said['origin']}\n" + trust(signer, key, text("seal/key-transitions.note"), find)
def check_proof(entries, key, find):
    files = collections.defaultdict(str, {path: opened().read().decode("latin-1") for path, _, opened in entries if opened})
    form = rf"c2sp\.org/tlog-proof@v1\nindex (\d{{1,15}})\n((?:{SUM64}\n)*)\n((([!-*,-~]+)/[^\n]+)\n(\d{{1,15}})\n({SUM64})\n\n.*)"
    match, leaf = re.fullmatch(form, files["proof.tlog-proof"], re.S | re.A), sha256(b"\0" + raw(files["record.json"]))
    if not match: return find("PROOF", "proof.tlog-proof", "is not one with a checkpoint") or "nothing proven"
    index, hashes, note, tree, origin, size, root = match.groups(); signer = read_key(files["signer.pub"]) or key or b""
    found = root_by_proof(leaf, int(index), int(size) - 1, map(base64.b64decode, hashes.split()))
    find("INCLUSION", "record.json", "is not in the tree", int(index) >= int(size) or encoded(found) != root)
    find("RECORD", "conversation.json", "is of another", sha256(raw(files["conversation.json"])).hex() not in files["record.json"])
    find("SIGNATURE", "proof.tlog-proof", "is not signed by the key", not note_text(note, origin, signer))
    return f"conversation {int(index)} of {tree}\n" + trust(signer, key, files["key-transitions.note"], find)
def main(arguments=None):
    parser, found = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter), []
    for name, action in ("place", "store"), ("--proof", "store_true"), ("--key", "store"): parser.add_argument(name, action=action)
    def find(code, path, what, wrong=True): wrong and found.append(print(code, json.dumps(path[:120])[1:-1], what))
    try:
        options = parser.parse_args(arguments); entries = list((folder_files if os.path.isdir(options.place) else zip_files)(options.place))
        key = options.key and (read_key(open(options.key, encoding="latin-1").read()) or parser.error("no key in " + options.key))
        if not options.proof and all(path != "bagit.txt" for path, *_ in entries): raise ValueError("there is no bagit.txt")
    except Exception as error: return print("NO_ARCHIVE", json.dumps(options.place)[1:-1], error) or 10
    print((check_proof if options.proof else check_archive)(entries, key, find), f"{len(found)} findings", sep="\n")
    return 4 if found else 0
if __name__ == "__main__": sys.exit(main())
