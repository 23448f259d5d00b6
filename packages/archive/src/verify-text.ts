/** `VERIFY.txt`: commands for a bare machine. Lines indented by four spaces are the commands; the tests run just these. */
export function verifyText(name: string, isSealed: boolean): string {
  return before(name) + (isSealed ? sealSteps : notSealed) + after
}

const before = (name: string): string => `HOW TO CHECK THIS ARCHIVE

No special program is needed: only what every Linux has, openssl, ssh-keygen
and python3. The commands also work on macOS with coreutils, and on Windows in
WSL. They are run one after the other, from where step 1 leads. Each ends
without an error if all is well.

1. If the archive is a ZIP file: check it, unpack it, enter it.

    unzip -t ${name}.zip
    unzip -q ${name}.zip
    cd ${name}

   If it is a folder, enter the folder.

2. Check every file under data/ (no line may say FAILED):

    sha256sum --strict -c manifest-sha256.txt

3. Check every other file:

    sha256sum --strict -c tagmanifest-sha256.txt

4. Check that there is no file besides those, that none is listed twice, and
   that nothing is a link. What lies in seal/ is checked in step 6.

    test "$(find . -path ./seal -prune -o -type f -print | wc -l)" -eq "$(($(cat *manifest-sha256.txt | wc -l) + 1))"
    test -z "$(cat *manifest-sha256.txt | cut -c 67- | sort | uniq -d)"
    test -z "$(find . ! -type f ! -type d)"

The checksum of tagmanifest-sha256.txt identifies this archive. If it was
written down elsewhere when the archive was made, compare it:

    sha256sum tagmanifest-sha256.txt

`

const sealSteps = String.raw`5. Check the seal: the text of seal/seal.txt was signed, which two programs
   say, each by its own form of the signature ...

    openssl pkeyutl -verify -pubin -inkey seal/signer.pub -rawin -in seal/seal.txt -sigfile seal/seal.txt.ed25519
    ssh-keygen -Y verify -f seal/allowed_signers -I custody -n custody-seal -s seal/seal.txt.sig < seal/seal.txt

   ... and it speaks of this archive: of the checksum above, and of the root
   of the tree over the hashes of all conversations.

    T=$(mktemp -d)
    test "$(head -n 9 seal/seal.txt | tail -n 1)" = "tagmanifest-sha256 $(sha256sum < tagmanifest-sha256.txt | cut -c -64)"
    python3 -c 'import base64, hashlib; h = lambda b: hashlib.sha256(b).digest(); k = lambda n: 1 << (n - 1).bit_length() - 1; r = lambda t: h(b"\1" + r(t[:k(len(t))]) + r(t[k(len(t)):])) if len(t) > 1 else t[0] if t else h(b""); print("records-root", base64.b64encode(r([bytes.fromhex(line) for line in open("integrity/leaves.txt")])).decode())' > $T/root
    test "$(head -n 12 seal/seal.txt | tail -n 1)" = "$(cat $T/root)"

   The hashes are those of the lines of integrity/records.jsonl. Of an erased
   conversation the hash is still there, the line is not.

    python3 -c 'import hashlib, itertools, sys; sys.exit(any(h != hashlib.sha256(b"\0" + r).hexdigest() + "\n" and b",\"erased\":\"" not in r for r, h in itertools.zip_longest(open("integrity/records.jsonl", "rb"), open("integrity/leaves.txt"), fillvalue=b"")))'

6. Check the other files of the seal: seal/seal-manifest.note lists their
   checksums, and was signed as well. There is no file besides.

    head -n -2 seal/seal-manifest.note | tail -n +2 | sha256sum --strict -c
    test "$(find seal -type f | wc -l)" -eq "$(head -n -2 seal/seal-manifest.note | wc -l)"
    head -n -2 seal/seal-manifest.note > $T/manifest
    tail -n 1 seal/seal-manifest.note | cut -d ' ' -f 3 | base64 -d | tail -c 64 > $T/signature
    openssl pkeyutl -verify -pubin -inkey seal/signer.pub -rawin -in $T/manifest -sigfile $T/signature

7. If there is a seal/seal.tsr: a time authority says when the seal was there
   at the latest. Years later, when the authority's certificate has expired,
   add -no_check_time: the token still shows that this text was there before.

    test ! -e seal/seal.tsr || openssl ts -verify -data seal/seal.note -in seal/seal.tsr -CAfile seal/tsa-chain.pem -partial_chain

8. Whose seal is it? Anybody can make a key and sign. Compare this line with
   the fingerprint that you got from elsewhere: on paper, from the
   organisation's web site, from an earlier archive.

    openssl pkey -pubin -in seal/signer.pub -outform DER | sha256sum

   If it is another one, seal/key-transitions.note may say that the key was
   changed: each "from" and "to" there is such a fingerprint.

`

const notSealed = `This archive bears no seal: nobody can tell who made it, nor when.

`

const after = `To check one conversation, take its line in integrity/records.jsonl: "path" and
"line" say where it stands, "sha256" is the checksum of that line. For the
first line of the first file:

    head -n 1 data/conversations/part-00001.jsonl | sha256sum

custody_verify.py, a short program in Python that is published with Custody,
does steps 2 to 6 and 8 at once, and checks single conversations with their
proofs.
`
