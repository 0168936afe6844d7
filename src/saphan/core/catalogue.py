"""The catalogue of everything that can go wrong: what is said of it, and the way out. Filled in by `core.problem`."""

from __future__ import annotations

from dataclasses import dataclass

from saphan.core.catalogue_keeping import KEEPING


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One entry of the catalogue: `what` and `remedy` are templates filled from the facts given to `problem`."""

    code: str
    status: int  # the HTTP status a web way in answers with
    what: str
    remedy: str


def _catalogue(*rows: tuple[str, int, str, str]) -> dict[str, Kind]:
    return {code: Kind(code=code, status=status, what=what, remedy=remedy) for code, status, what, remedy in rows}


CATALOGUE: dict[str, Kind] = _catalogue(
    # mission: the country folder
    (
        "mission.missing",
        404,
        "There is no mission folder here.",
        "Give the path of a folder that holds mission.toml, or make one with `saphan new`.",
    ),
    ("mission.exists", 409, "{what} already exists and is not empty.", "Choose another folder; nothing was written."),
    ("file.missing", 404, "The file is missing.", "Add it, or take out the line that names it."),
    (
        "file.encoding",
        400,
        "The file is not UTF-8: byte {byte} cannot be read.",
        "Save it again as UTF-8 (in Excel: CSV UTF-8).",
    ),
    (
        "file.broken",
        400,
        "The file cannot be read: {detail}",
        "Open it in the program that made it, repair it and save it again.",
    ),
    ("toml.syntax", 400, "This is not valid TOML: {detail}", "Correct the line."),
    ("toml.value", 400, "{detail}", "Correct the value; docs/reference/mission-folder.md lists every key."),
    (
        "csv.column",
        400,
        "The column {column} is missing.",
        "Add it to the header row; the columns needed are {needed}.",
    ),
    ("export.form", 404, "No version of a form {form!r} is published here.", "{nearest}"),
    ("export.option", 400, "{detail}", "Give another; docs/how-to/export-answers.md says what each format takes."),
    ("csv.value", 400, "{value!r} is not {expected}.", "Correct the cell."),
    (
        "plan.empty",
        400,
        "The analysis plan has no lines.",
        "Give each thing to estimate a row under the headings indicator, analysis, by, among, test.",
    ),
    ("plan.unknown", 400, "There is no indicator or question called {name!r}.", "{nearest}"),
    ("plan.value", 400, "{value!r} is not {expected}.", "Correct the cell."),
    ("assessment.unknown", 404, "There is no assessment {name!r}.", "{nearest}"),
    (
        "assessment.empty",
        409,
        "There is nothing to analyse: no submission of {form} has been received.",
        "Import submissions first: `saphan import <mission> <file>`.",
    ),
    (
        "assessment.sample",
        422,
        "The households cannot be weighted: {detail}.",
        "Compare the sample's file with what was imported.",
    ),
    ("assessment.plan", 422, "The plan cannot be run: {detail}.", "Correct the plan, the form, or assessments.toml."),
    ("exercise.unknown", 404, "There is no exercise {exercise!r} in mobility.toml.", "{nearest}"),
    ("exercise.round", 404, "The exercise {exercise} has no round {round}.", "Its rounds are {known}."),
    (
        "exercise.empty",
        409,
        "There are no sites to draw from: nobody has reported of a site that can be entered, in round {round}.",
        "Import what informants said: `saphan import`.",
    ),
    (
        "exercise.not-drawn",
        409,
        "No sites were drawn to be counted in a round before round {round}.",
        "Draw them without --again.",
    ),
    ("study.unknown", 404, "There is no study {study}.", "{nearest}"),
    (
        "study.size",
        422,
        "The study cannot be as precise as it wants to be: {detail}.",
        "Change the precision, the interviews in a cluster or the frame.",
    ),
    (
        "sample.drawn",
        409,
        "Another sample stands there already, and this draw differs from it.",
        "Keep it, if fieldwork has begun; otherwise take the file away and draw again.",
    ),
    ("study.not-drawn", 404, "The study {study} has no sample yet.", "Draw it: `saphan study draw`."),
    (
        "study.exploratory",
        409,
        "The results of {study} would be {standing}.",
        "Run what was registered before the first submission, or give --exploratory: every result then says so.",
    ),
    (
        "study.no-data",
        409,
        "There are no interviews of {form} in the drawn clusters.",
        "Import them: `saphan import`.",
    ),
    ("study.results", 404, "There are no results of the study {study} as it stands.", "Run it: `saphan study run`."),
    ("study.run", 422, "The plan cannot be run: {detail}.", "Correct the plan, or what it reads."),
    ("place.unknown", 400, "There is no place with P-code {pcode}.", "{nearest}"),
    (
        "place.nesting",
        400,
        "{pcode} does not lie in {parent}.",
        "A P-code starts with the P-code of the area it lies in; correct one of the two.",
    ),
    ("place.duplicate", 400, "{pcode} stands here twice.", "Keep one of the rows."),
    (
        "place.outside",
        400,
        "{place} lies at {longitude}, {latitude}, outside {pcode}.",
        "Check the coordinates (longitude first) or the P-code.",
    ),
    ("name.duplicate", 400, "{name} stands here twice.", "Keep one of the two, or give the other its own name."),
    (
        "place.shape",
        400,
        "{share} of the outline of {pcode} lies outside {parent}.",
        "The two outlines may come from different versions; take all levels from one download.",
    ),
    (
        "place.no-codes",
        400,
        "No layer has a column of P-codes such as ADM1_PCODE or adm1_pcode.",
        "Take the administrative boundaries (COD-AB) from data.humdata.org.",
    ),
    ("point.unknown", 400, "There is no monitoring point {point!r}.", "{nearest}"),
    (
        "dates.order",
        400,
        "{later} comes before {earlier}.",
        "Put the earlier date first.",
    ),
    ("shift.unknown", 400, "There is no shift {shift!r} in this round.", "{nearest}"),
    (
        "round.days",
        400,
        "The week {week} is not what a {draw} design draws: {detail}.",
        "Correct its days, or name the design that was used: it decides the estimator and the interval.",
    ),
    (
        "round.draw",
        400,
        "The days of week {week} are not those that seed {seed} draws: {drawn}.",
        "Copy the drawn days, or take the seed out if they were drawn in another way.",
    ),
    ("dates.outside", 400, "{date} lies outside {period}.", "Move the date, or widen the round's period."),
    # products: templates, and what is read back from what was made
    (
        "template.naked",
        400,
        "The number {digits} is typed into the text {text!r}.",
        "Print it through a figure ({{about:name}}), a citation ({{cite:id}}) or a literal ({{literal:...}}).",
    ),
    ("template.brace", 400, "A brace is left open in {text!r}.", "Close it: {{how:what}}."),
    ("template.figure", 400, "There is no figure {name!r}.", "{nearest}"),
    (
        "template.family",
        400,
        "The family {name!r} does not say which of its keys varies.",
        "Put a star for the value of exactly one key, as in flow.movements/mode=*/2023.",
    ),
    (
        "template.withheld",
        400,
        "The figure {name} is withheld to protect people, so no text may print it.",
        "Take it out of the text, or print a figure that rests on more people.",
    ),
    (
        "template.words",
        400,
        "The figure {text!r} stands in a heading or label, where no number can be a link.",
        "Move it into a sentence; a heading may hold {{literal:...}}.",
    ),
    ("template.citation", 400, "There is no citation {id!r} in citations.csv.", "{nearest}"),
    ("template.name", 400, "The template uses ${name} and nothing says what it stands for.", "{nearest}"),
    ("template.block", 400, "There is no block {name!r}.", "{nearest}"),
    (
        "template.position",
        400,
        "The map has no position for {code}.",
        "Add it to the block's positions: {code} = [longitude, latitude].",
    ),
    ("template.kind", 400, "{kind!r} is no kind of block.", "{nearest}"),
    ("template.language", 400, "The words in the language {language!r} are missing.", "Add them beside the others."),
    (
        "template.pages",
        400,
        "In the language {language!r} a row of page {page} is taller than a page.",
        "Shorten the text, lower a chart (height), or put its blocks in several rows.",
    ),
    (
        "product.unreadable",
        400,
        "This is no product of ours: {detail}",
        "Give a PDF or an HTML page that `saphan build` made, or the folder that holds it.",
    ),
    # simulate, sources
    (
        "simulate.real",
        409,
        "This mission is not marked as simulated, and invented data never mix with real ones.",
        "Invent over another folder, such as one of `saphan new`, whose mission.toml says simulated = true.",
    ),
    (
        "world.code",
        400,
        "The form {form} offers no choice {choice!r} for {asked}.",
        "{nearest} Add the choice to the form, or change the code.",
    ),
    (
        "world.round",
        400,
        "The round {round} counts at {point}, where nobody crosses in this world.",
        "Add [point.{point}] to world.toml.",
    ),
    (
        "world.form",
        400,
        "The round {round} has no form for {concept}.",
        "Name one under [round.forms] in rounds.toml, and give its form the concept {concept}.",
    ),
    (
        "source.unreadable",
        400,
        "Nothing can be imported from here: {detail}",
        "Give a folder or a zip of submission XML, or a CSV of counts with a mapping file.",
    ),
    (
        "source.member",
        400,
        "The file {member} was left out: {detail}",
        "Send this file again, or take it out; everything else was read.",
    ),
    (
        "source.mapping",
        400,
        "A CSV of counts needs a mapping that says what its columns are.",
        "Name one with --mapping; docs/reference/counts-csv.md shows an example.",
    ),
    (
        "source.form",
        400,
        "The mission has no form for hourly counts.",
        "Put an XLSForm whose settings carry the concept hourly-count into forms/.",
    ),
    (
        "source.encoding",
        400,
        "The row is not in {encoding} (byte {byte}) and was left out.",
        "Name the file's encoding in the mapping, or save the file again as UTF-8.",
    ),
    (
        "source.twice",
        409,
        "The same hour stands here twice (first in row {first}); this row was left out.",
        "Keep one row for each point, date, hour and direction.",
    ),
    # register
    (
        "register.database",
        400,
        "A register cannot be kept with {scheme}.",
        "Give a URL that starts with sqlite:/// or postgresql://.",
    ),
    (
        "access.denied",
        403,
        "{actor} has no leave to {permission}.",
        "Ask somebody who manages users for a role that may.",
    ),
    ("access.unknown", 403, "There is no active user {user!r}.", "Check the name, or ask for the user to be added."),
    ("access.role", 400, "There is no role {role!r}.", "The roles are: {known}."),
    ("access.exists", 409, "There is a user {user!r} already.", "Choose another name."),
    (
        "form.published",
        409,
        "Version {version} of the form {form} is published already, with other content.",
        "Give the changed form a new version in its settings sheet; what the field ran is never replaced.",
    ),
    (
        "intake.conflict",
        409,
        "Another submission with this id is known, with other content.",
        "Nothing was changed. Send a correction as an edit, with an id of its own and this one as deprecatedID.",
    ),
    (
        "intake.edited",
        409,
        "The submission that this one edits has been edited already.",
        "Nothing was changed. Make the edit again, starting from the current version.",
    ),
    (
        "intake.circular",
        400,
        "The submission says that it edits itself or one of its own edits.",
        "Give the edit a new instanceID, and as deprecatedID that of the version it starts from.",
    ),
    (
        "intake.id",
        400,
        "The submission's id is longer than {longest} characters.",
        "An instanceID is a UUID; see what made this one.",
    ),
    ("intake.erased", 410, "The submission with this id was erased.", "It is not taken again; nothing can be done."),
    (
        "intake.attachment",
        409,
        "Another file named {name!r} came with this submission before.",
        "The first one was kept. Send a changed file with an edit of the submission.",
    ),
    (
        "intake.encrypted",
        409,
        "The submission has not been decrypted yet.",
        "Give `saphan decrypt` the private key of its form.",
    ),
    ("intake.unknown", 404, "There is no submission with this id.", "Check the id."),
    (
        "intake.place",
        400,
        "{place!r} is not a place of an answer in the form {form}.",
        "Write a question's column, or for a repeat its table, the row from 1 and the column: table[1].column.",
    ),
    (
        "intake.stale",
        409,
        "The old value given is not what stands there now.",
        "Look at the answer again; somebody may have corrected it first.",
    ),
    (
        "intake.value",
        400,
        "The new value does not fit the question {column}, of type {type}.",
        "Give a value of the question's type, or one of its choices.",
    ),
    (
        "intake.altered",
        500,
        "The {kind} kept under this id does not open: it was altered, or belongs to another submission.",
        "Restore the register from a backup, and see the audit chain for what happened.",
    ),
    (
        "import.failed",
        500,
        "The program failed on this submission ({kind} in {place}).",
        "The others were taken. Please report it, with the form but without the submission.",
    ),
    (
        "import.worker",
        500,
        "A process that reads submissions ended unexpectedly.",
        "What was reported as stored is stored. Run the import again; with less memory in use, if that was short.",
    ),
    (
        "key.missing",
        500,
        "The key {key} that wrapped this submission is not in the mission's keyring.",
        "Give the keyring that the register was written with; without it nothing can be read.",
    ),
    (
        "key.unreadable",
        400,
        "This is not a keyring of this program.",
        "Restore the key file from its backup. A new one would not open what is stored.",
    ),
    # frames
    (
        "frame.missing",
        404,
        "There is no frozen snapshot here.",
        "Make one with `saphan build`, or give the path of a folder that holds manifest.json.",
    ),
    (
        "frame.altered",
        409,
        "This file is not the one that was frozen.",
        "Freeze again with `saphan build`; a snapshot is never edited.",
    ),
    (
        "frame.empty",
        409,
        "There is nothing to estimate: no {what} has been received.",
        "Import submissions first: `saphan import <mission> <file>`.",
    ),
    # forms: XLSForm and XForm
    (
        "form.broken",
        400,
        "The workbook cannot be read: {detail}",
        "Open it in a spreadsheet program and save it again as XLSX.",
    ),
    ("form.sheet", 400, "The sheet {sheet} is missing.", "Add it; an XLSForm needs the sheets survey and settings."),
    ("form.convert", 400, "{detail}", "Correct the cell; the rules are at xlsform.org."),
    ("form.xform", 400, "This is not an XForm: {detail}.", "Give the XForm that pyxform or the form designer wrote."),
    (
        "form.invalid",
        400,
        "ODK Validate refuses the form: {detail}",
        "Correct the expression that it names; phones could not open the form.",
    ),
    (
        "form.unvalidated",
        424,
        "The form could not be tried with ODK Validate: {detail}.",
        "Try again with Java 11 or later (apt-get install default-jre-headless), 512 MB and a minute.",
    ),
    (
        "form.no-concept",
        400,
        "The form does not say what kind of form it is.",
        "Add a column `concept` to the settings sheet with one of: {known}.",
    ),
    ("form.concept", 400, "There is no concept {name!r}.", "{nearest}"),
    (
        "form.lacks",
        400,
        "The figures need concepts of a {kind} form that no question of this one carries: {names}.",
        "Write each into the column `concept`, beside the question that asks it.",
    ),
    (
        "form.kind",
        400,
        "A round takes this form for its {kind} form, and the form says that it is a {concept} form.",
        "Name another form under [round.forms] in rounds.toml, or correct the concept of this one.",
    ),
    (
        "form.concept-type",
        400,
        "A question of type {type} cannot carry the concept {name!r}.",
        "Bind a question of type {types}, or leave the cell empty.",
    ),
    (
        "form.concept-twice",
        400,
        "The concept {name!r} is bound already in row {row}.",
        "Keep it on the question that measures it, and empty the other cell.",
    ),
    (
        "form.code",
        400,
        "The choice {choice!r} is not a code of the concept {concept!r}.",
        "Use these names, and no others: {codes}.",
    ),
    (
        "form.language",
        400,
        "The mission's language {language!r} has no label column.",
        "Add the column {column}, with the language's own name before its code.",
    ),
    ("form.words", 400, "The words of {name!r} are missing here; {other} has them.", "Translate the cell."),
    ("form.value", 400, "{value!r} is not known here.", "Use one of: {known}; or leave the cell empty."),
    ("form.twice", 400, "The form id {id!r} stands in {other} too.", "Give one of the forms another form_id."),
    # submissions as sent
    (
        "submission.size",
        413,
        "The submission has {size:,} bytes; the limit is {limit:,}.",
        "Send photographs as files.",
    ),
    (
        "submission.xml",
        400,
        "The submission is not XML: {detail}",
        "Send the file as the phone wrote it; if it was cut short, fetch it from the phone again.",
    ),
    (
        "submission.doctype",
        400,
        "The submission declares a DOCTYPE, which no phone writes.",
        "Do not trust where it comes from; nothing of it was read.",
    ),
    (
        "submission.no-form",
        400,
        "The submission does not say which form it answers.",
        "Its outermost element needs the attribute id.",
    ),
    ("submission.form", 404, "There is no form {form!r} here.", "{nearest}"),
    (
        "submission.version",
        404,
        "The form {form!r} has no version {version!r} here.",
        "Publish that version of the form first; here are: {known}.",
    ),
    ("submission.no-instance", 400, "The submission has no instanceID.", "Each submission needs meta/instanceID."),
    *KEEPING,
    (
        "submission.encrypted",
        400,
        "The submission is encrypted for another key.",
        "Decrypt it where the form's key is kept, and import what comes out.",
    ),
    # disclosure and figures
    (
        "disclosure.unsafe",
        500,
        "The proof that no hidden number among {cells} can be had by subtraction failed; nothing was released.",
        "This is a fault of the program: report it with the mission folder.",
    ),
    (
        "figure.sum",
        422,
        "The parts of {total} add up to {parts}, not to {value}.",
        "Parts must be the whole of their total before rounding: {names}.",
    ),
    (
        "figure.replaced",
        409,
        "{name} no longer has the key {key}: its content has changed, and its key is {now} now.",
        "Look at {name}@{now}, or verify the file that printed the old key against its own snapshot.",
    ),
    (
        "build.none",
        404,
        "Nothing has been built from this mission yet.",
        "Run `saphan build` first.",
    ),
    (
        "verify.nothing",
        404,
        "There is nothing here to verify.",
        "Give a PDF, a page or a dataset that Saphan made, or a folder that holds some.",
    ),
    (
        "verify.snapshot",
        404,
        "The snapshot {frame} that this file was made from is not here.",
        "Give the folder that holds it: `saphan verify <file> --snapshot <folder>`.",
    ),
    (
        "key.lost",
        409,
        "The register holds submissions, and the file with the keys that open them is gone.",
        "Put the file back from its backup; without it no answer can be read.",
    ),
    ("figure.unknown", 404, "There is no figure {name!r}.", "{nearest}"),
    (
        "serve.address",
        409,
        "Nothing can be served at {host} port {port}: {detail}.",
        "Name an address of this machine with --host, and a port that nobody uses with --port.",
    ),
    (
        "figure.twice",
        422,
        "The figure {name} is proposed twice.",
        "Propose each figure once; its name is its identity.",
    ),
    (
        "figure.value",
        422,
        "The figure {name} cannot be released: {detail}.",
        "Correct the definition or the estimator that made it.",
    ),
    (
        "register.broken",
        400,
        "This is not a register of figures: {detail}",
        "Use the register.json that the build wrote, or the one attached to the PDF.",
    ),
    (
        "dataset.broken",
        400,
        "This is not a dataset of figures: {detail}.",
        "Use the figures.csv that the build wrote.",
    ),
    ("hedge.unknown", 422, "There is no hedge {hedge!r}.", "{nearest}"),
    (
        "hedge.false",
        422,
        "{hedge!r} is not true of {name}, which is {value}: {detail}.",
        "Write {instead}.",
    ),
)
