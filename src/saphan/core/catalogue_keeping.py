"""The part of the catalogue of problems on what is kept: encrypted submissions, backups, the audit chain."""

from __future__ import annotations

KEEPING: tuple[tuple[str, int, str, str], ...] = (
    # submissions that the phone encrypted
    (
        "encrypted.manifest",
        400,
        "The submission is encrypted, and what is said of it in the open lacks {what}.",
        "Fetch it from the phone again; nothing of it was taken.",
    ),
    (
        "encrypted.key-file",
        400,
        "This is not a private key that opens submissions: {detail}.",
        "Give the RSA key in PEM whose public half stands in the form, and its passphrase if it has one.",
    ),
    (
        "encrypted.key",
        400,
        "The submission was encrypted for another key.",
        "Nothing was changed. Give the private key of the form version that was on the phone.",
    ),
    (
        "encrypted.missing",
        409,
        "The encrypted file {name} has not arrived.",
        "The submission waits as it was sent. Import or send the file, and decrypt again.",
    ),
    (
        "encrypted.damaged",
        400,
        "The encrypted file {name} was cut short or altered: what it decrypts to does not end as it should.",
        "The submission waits as it was sent. Fetch it from the phone again.",
    ),
    (
        "encrypted.signature",
        400,
        "What was decrypted is not what the phone signed: a file was altered, or belongs to another submission.",
        "The submission waits as it was sent. Fetch it from the phone again.",
    ),
    (
        "encrypted.other",
        400,
        "What was decrypted calls itself {inside!r}: another submission than the one it was sent as.",
        "The submission waits as it was sent. See how it was made.",
    ),
    # backups
    (
        "backup.none",
        404,
        "There is no backup here.",
        "Give the folder that `saphan backup` wrote to, or one of the .saphan files in it.",
    ),
    (
        "backup.damaged",
        400,
        "The backup is not whole: {detail}",
        "Nothing was written. Take an earlier archive of the same folder, or another copy of the folder.",
    ),
    (
        "backup.keys",
        403,
        "These keys are not those of the mission that was backed up, or what the backup says of itself was altered.",
        "Nothing was written. Give the keyring of the mission in SAPHAN_KEYS or --keys.",
    ),
    (
        "backup.no-keys",
        400,
        "A restore needs the mission's keys.",
        "Give the key file with --keys or its text in SAPHAN_KEYS, or, if the backup holds them, SAPHAN_PASSPHRASE.",
    ),
    (
        "backup.passphrase",
        400,
        "The keys go into a backup only under a passphrase.",
        "Put one into SAPHAN_PASSPHRASE, and keep it apart from the backup.",
    ),
    (
        "backup.other",
        409,
        "The backups here reach to audit line {sequence}, which this register does not hold.",
        "Nothing was written: this register is another one, an older one, or was cut. Restore, or back up elsewhere.",
    ),
    (
        "backup.busy",
        409,
        "Another backup is being written here.",
        "Wait until it has ended.",
    ),
    (
        "backup.version",
        400,
        "The backup was made by a later version of the program: {detail}.",
        "Restore it with that version.",
    ),
    (
        "restore.occupied",
        409,
        "There is a register here already.",
        "It was not touched. Restore beside it, or into an empty database, and compare.",
    ),
    (
        "restore.other",
        409,
        "The folder is not that of the mission {mission}.",
        "Give its folder, or a path where nothing is yet: the backup holds the folder too.",
    ),
    (
        "key.locked",
        403,
        "The passphrase does not open the keys.",
        "Check it. The keys are there under no other.",
    ),
    # the audit chain
    (
        "audit.head",
        400,
        "{text!r} is not the end of an audit chain.",
        "Give it as `saphan audit head` printed it: a number, a colon and 64 digits.",
    ),
)
