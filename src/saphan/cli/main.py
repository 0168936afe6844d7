"""`saphan`: every command parses its words, calls one verb of the pipeline, and shows what it answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from saphan import __version__
from saphan.cli import show
from saphan.cli.environment import one_thread
from saphan.core.problem import Problem
from saphan.pipeline.exports.choices import Dialect, Format

app = typer.Typer(
    name="saphan",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="From an interview at a border crossing to a figure in the annual report, and every figure back.",
)
audit = typer.Typer(no_args_is_help=True, help="The chain of everything that was done to the register.")
figure = typer.Typer(no_args_is_help=True, help="Look at the figures of the last build.")
places = typer.Typer(no_args_is_help=True, help="Administrative areas and their codes.")
sites = typer.Typer(no_args_is_help=True, help="Sites of mobility tracking: which are to be counted.")
study = typer.Typer(no_args_is_help=True, help="Studies: from a question to a record of publication.")
app.add_typer(audit, name="audit")
user = typer.Typer(no_args_is_help=True, help="Users: people and programs that log in with a password.")
app_user = typer.Typer(no_args_is_help=True, help="App users: phones that send with a token.")
app.add_typer(user, name="user")
app.add_typer(app_user, name="app-user")
app.add_typer(figure, name="figure")
app.add_typer(places, name="places")
app.add_typer(sites, name="sites")
app.add_typer(study, name="study")

Folder = Annotated[Path, typer.Argument(help="The mission folder: the one that holds mission.toml.")]
Study = Annotated[str, typer.Argument(help="The study's id: the name of its file in studies/.")]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for scripts.")]


def run() -> None:
    """Run the command line; a problem is shown as where, what and what to do, with exit status 1."""
    one_thread()
    try:
        app()
    except Problem as error:
        show.problem(error)
        raise SystemExit(1) from None


@app.callback(invoke_without_command=True)
def version(
    asked: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    """Print the version."""
    if asked:
        show.out.print(__version__)
        raise typer.Exit


# Each command module is imported by its command alone: `saphan --help` needs no database and no statistics.
@app.command()
def new(folder: Annotated[Path, typer.Argument(help="The folder to make.")]) -> None:
    """Make a mission folder to start from."""
    from saphan.cli.commands import missions  # noqa: PLC0415

    missions.new(folder)


@app.command()
def check(
    folder: Folder,
    validate: Annotated[
        bool, typer.Option("--validate", help="Try every form in ODK Validate too (needs Java).")
    ] = False,
    as_json: Json = False,
) -> None:
    """Find everything that is wrong with a mission folder, in one pass."""
    from saphan.cli.commands import missions  # noqa: PLC0415

    missions.check(folder, validate=validate, as_json=as_json)


@app.command()
def simulate(
    folder: Folder,
    seed: Annotated[int, typer.Option(help="The same seed gives the same year.")] = 2023,
    study: Annotated[
        str | None, typer.Option(help="A study: its interviews are invented instead, into simulated-<study>.zip.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="The zip to write, instead of var/<mission>/simulated.zip.")] = None,
    as_json: Json = False,
) -> None:
    """Invent a year of crossings with a known truth, and the fieldwork over it, as submissions."""
    from saphan.cli.commands import missions  # noqa: PLC0415

    missions.simulate(folder, seed=seed, study=study, to=to, as_json=as_json)


@app.command(name="import")
def import_(
    folder: Folder,
    path: Annotated[Path, typer.Argument(help="A folder or zip of submission XML, or a CSV of counts.")],
    mapping: Annotated[Path | None, typer.Option(help="For a CSV: the TOML that says what its columns are.")] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes that read beside the one that writes.")] = 2,
    as_json: Json = False,
) -> None:
    """Import submissions into the register. Run again, it completes what is missing and takes nothing twice."""
    from saphan.cli.commands import register  # noqa: PLC0415

    register.import_(folder, path, mapping=mapping, workers=workers, as_json=as_json)


@app.command()
def export(
    folder: Folder,
    form: Annotated[str, typer.Argument(help="The form's id.")],
    target: Annotated[Path, typer.Argument(help="The file to write; one that is there is replaced.")],
    format_: Annotated[
        Format, typer.Option("--format", help="The kind of file; all but xlsx and geojson are a zip of one a table.")
    ] = Format.CSV,
    dialect: Annotated[Dialect, typer.Option(help="Whose names columns and tables have.")] = Dialect.CENTRAL,
    labels: Annotated[
        str | None, typer.Option(help="A language of the form, such as th: labels in place of codes.")
    ] = None,
    split: Annotated[
        bool, typer.Option("--split", help="A column of 0 and 1 for every choice of a select_multiple.")
    ] = False,
    mark: Annotated[
        bool, typer.Option("--bom", help="A byte order mark, by which Excel knows UTF-8 in a CSV.")
    ] = False,
    label_row: Annotated[
        bool, typer.Option("--label-row", help="A second row with the questions' words (csv, xlsx).")
    ] = False,
    all_versions: Annotated[
        bool, typer.Option("--all-versions", help="Submissions that were edited since too, under ids of their own.")
    ] = False,
    consented_only: Annotated[
        bool,
        typer.Option(
            "--consented-only/--with-quarantined", help="Leave out those without consent; with them needs leave."
        ),
    ] = True,
    confidential: Annotated[
        bool, typer.Option("--confidential", help="Questions of the class confidential too; needs leave.")
    ] = False,
    since: Annotated[
        str | None, typer.Option(help="Only what came, was corrected or was reviewed from this day on: 2023-05-31.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a form's answers as a file for an officer: CSV, XLSX, Parquet, SPSS, Stata or GeoJSON; audited."""
    from saphan.cli.commands import exports  # noqa: PLC0415

    exports.export(
        folder, form, target, format_=format_, dialect=dialect, labels=labels, split=split, mark=mark,
        label_row=label_row, all_versions=all_versions, consented_only=consented_only, confidential=confidential,
        since=since, as_json=as_json,
    )  # fmt: skip


@app.command()
def decrypt(
    folder: Folder,
    key: Annotated[Path, typer.Option(help="The private key, in PEM; its passphrase comes in SAPHAN_PASSPHRASE.")],
    as_json: Json = False,
) -> None:
    """Decrypt the submissions that phones encrypted; what was sent stays as sent, and the key is kept nowhere."""
    from saphan.cli.commands import register  # noqa: PLC0415

    register.decrypt(folder, key, as_json=as_json)


@app.command()
def build(folder: Folder, as_json: Json = False) -> None:
    """Freeze, estimate, and make every figure and product."""
    from saphan.cli.commands import register  # noqa: PLC0415

    register.build(folder, as_json=as_json)


@app.command()
def analyse(
    folder: Folder,
    assessment: Annotated[str, typer.Argument(help="The assessment's id in assessments.toml.")],
    plan: Annotated[
        Path | None, typer.Option(help="Another plan than the assessment's own: a CSV or XLSX of what to estimate.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run the plan of a household assessment: every number as a table, and as a workbook to read."""
    from saphan.cli.commands import assessments  # noqa: PLC0415

    assessments.analyse(folder, assessment, plan=plan, as_json=as_json)


@app.command()
def indicators(
    sector: Annotated[str | None, typer.Option(help="Only those of a sector, such as food-security.")] = None,
    describe: Annotated[str | None, typer.Option(help="One indicator by its name: all there is to know of it.")] = None,
    as_json: Json = False,
) -> None:
    """List the needs indicators that a plan may name, and what each asks of a form."""
    from saphan.cli.commands import assessments  # noqa: PLC0415

    assessments.indicators(sector=sector, describe=describe, as_json=as_json)


@app.command()
def erase(
    folder: Folder,
    instance: Annotated[str, typer.Argument(help="The submission's id, as sent: uuid:...")],
    why: Annotated[str, typer.Option(help="The reason; it stands in the audit chain for good, so name nobody.")],
    as_json: Json = False,
) -> None:
    """Erase a submission everywhere, for good; its id, hash and an audit line remain."""
    from saphan.cli.commands import register  # noqa: PLC0415

    register.erase(folder, instance, why=why, as_json=as_json)


@app.command()
def backup(
    folder: Folder,
    target: Annotated[Path, typer.Argument(help="The folder of backups; each backup adds one archive to it.")],
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="Put the mission's keys along, under SAPHAN_PASSPHRASE.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Back up register, attachments, snapshots and folder, while others go on working."""
    from saphan.cli.commands import keeping  # noqa: PLC0415

    keeping.backup(folder, target, with_keys=with_keys, as_json=as_json)


@app.command()
def restore(
    target: Annotated[Path, typer.Argument(help="A folder of backups, for its newest, or one archive in it.")],
    folder: Annotated[Path, typer.Argument(help="The mission folder; written too where there is none.")],
    keys: Annotated[
        Path | None,
        typer.Option(
            help="The file of the mission's keys; without it SAPHAN_KEYS, or SAPHAN_PASSPHRASE for those there."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Restore a backup onto an empty machine, and open every submission to see that it is what was received."""
    from saphan.cli.commands import keeping  # noqa: PLC0415

    keeping.restore(target, folder, keys_file=keys, as_json=as_json)


@audit.command(name="head")
def audit_head(folder: Folder, as_json: Json = False) -> None:
    """Print the end of the audit chain, to be kept where nobody who can change the register can change it."""
    from saphan.cli.commands import keeping  # noqa: PLC0415

    keeping.audit_head(folder, as_json=as_json)


@audit.command(name="verify")
def audit_verify(
    folder: Folder,
    known: Annotated[
        str | None, typer.Option("--head", help="A head that was kept elsewhere, as `saphan audit head` printed it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Walk the audit chain: an edit, a deletion, a reordering is found, and with a kept head a cut end too."""
    from saphan.cli.commands import keeping  # noqa: PLC0415

    keeping.audit_verify(folder, known=known, as_json=as_json)


@figure.command()
def why(
    reference: Annotated[str, typer.Argument(help="A figure's name, with or without @key, as printed.")],
    mission: Annotated[Path, typer.Option(help="The mission folder.")] = Path(),
    as_json: Json = False,
) -> None:
    """Follow a figure down to the form versions and the number of submissions it was made from."""
    from saphan.cli.commands import figures  # noqa: PLC0415

    figures.why(mission, reference, as_json=as_json)


@app.command()
def verify(
    path: Annotated[Path, typer.Argument(help="A PDF, a page, a dataset, or a folder of them.")],
    snapshot: Annotated[
        list[Path] | None, typer.Option(help="A snapshot, or a folder of snapshots; found beside the file otherwise.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Recompute every figure of a published file from its frozen snapshot, and say which agree."""
    from saphan.cli.commands import figures  # noqa: PLC0415

    figures.verify(path, snapshots=snapshot or [], as_json=as_json)


@app.command()
def design(
    folder: Folder,
    within: Annotated[float, typer.Option(help="The precision wanted, in per cent of the year's total.")] = 5.0,
    worlds: Annotated[int, typer.Option(min=2, help="How many years to invent.")] = 20,
    draws: Annotated[int, typer.Option(min=1, help="How many times to draw the weeks in each.")] = 5,
    seed: Annotated[int, typer.Option(help="The same seed gives the same answer.")] = 1,
    as_json: Json = False,
) -> None:
    """How many weeks, which nights, how many interviews: try designs on invented years."""
    from saphan.cli.commands import missions  # noqa: PLC0415

    missions.design(folder, within=within / 100, worlds=worlds, draws=draws, seed=seed, as_json=as_json)


@app.command()
def serve(
    folder: Folder,
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    host: Annotated[
        str, typer.Option(help="The address to listen on; this machine only unless you say so.")
    ] = "127.0.0.1",
    site: Annotated[
        str,
        typer.Option(help="The address by which phones reach this server, where a proxy with TLS stands before it."),
    ] = "",
) -> None:
    """Put the register on line for phones and programs, and show what was built, read-only, in a browser."""
    from saphan.cli.commands import figures  # noqa: PLC0415

    figures.serve(folder, host=host, port=port, site=site)


@app.command()
def doctor(
    folder: Annotated[Path | None, typer.Argument(help="A mission folder to look at as well.")] = None,
    as_json: Json = False,
) -> None:
    """Look at this machine, and at a mission's register and snapshots, for what would go wrong."""
    from saphan.cli.commands import doctor as looking  # noqa: PLC0415

    looking.doctor(folder, as_json=as_json)


@places.command(name="import")
def places_import(
    folder: Folder,
    path: Annotated[Path, typer.Argument(help="An OCHA COD-AB download: GeoJSON, GeoPackage or shapefile.")],
    write: Annotated[bool, typer.Option("--write", help="Write the areas and outlines into the folder.")] = False,
    as_json: Json = False,
) -> None:
    """Read administrative areas, and report what does not nest or does not match the folder."""
    from saphan.cli.commands import missions  # noqa: PLC0415

    missions.places_import(folder, path, write=write, as_json=as_json)


@sites.command(name="draw")
def sites_draw(
    folder: Folder,
    exercise: Annotated[str, typer.Argument(help="The exercise's id in mobility.toml.")],
    number: Annotated[int, typer.Option("--round", help="The number of the round.")],
    each: Annotated[int, typer.Option(min=2, help="How many sites of each district; where fewer are, all.")] = 10,
    again: Annotated[
        bool, typer.Option("--again", help="The sites that were drawn before, instead of a draw.")
    ] = False,
    within: Annotated[
        list[str] | None, typer.Option("--in", help="Only of this province or district, by P-code; may be repeated.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Draw the sites to be counted in a round from what informants reported, into samples/, with the record."""
    from saphan.cli.commands import sites  # noqa: PLC0415

    sites.draw(folder, exercise, number=number, each=each, again=again, within=within or [], as_json=as_json)


@study.command(name="size")
def study_size(folder: Folder, study: Study, as_json: Json = False) -> None:
    """Say how many clusters and interviews the estimates of a study need, and what each then reaches."""
    from saphan.cli.commands import studies  # noqa: PLC0415

    studies.size(folder, study, as_json=as_json)


@study.command(name="draw")
def study_draw(folder: Folder, study: Study, as_json: Json = False) -> None:
    """Draw the clusters of a study into samples/, with the record to draw them again."""
    from saphan.cli.commands import studies  # noqa: PLC0415

    studies.draw(folder, study, as_json=as_json)


@study.command(name="codebook")
def study_codebook(folder: Folder, study: Study, as_json: Json = False) -> None:
    """Write the codebook of a study's form: questions, meanings, choices, when asked, what uses them."""
    from saphan.cli.commands import studies  # noqa: PLC0415

    studies.codebook(folder, study, as_json=as_json)


@study.command(name="register")
def study_register(folder: Folder, study: Study, as_json: Json = False) -> None:
    """Register what a study will do, before its data; a later change is a registration of its own."""
    from saphan.cli.commands import studies  # noqa: PLC0415

    studies.register(folder, study, as_json=as_json)


@study.command(name="run")
def study_run(
    folder: Folder,
    study: Study,
    exploratory: Annotated[
        bool, typer.Option("--exploratory", help="Run a plan that was not registered before the data, and mark it so.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Run the registered plan of a study over its interviews; another one only as exploratory."""
    from saphan.cli.commands import studies  # noqa: PLC0415

    studies.run(folder, study, exploratory=exploratory, as_json=as_json)


@study.command(name="publish")
def study_publish(folder: Folder, study: Study, as_json: Json = False) -> None:
    """Write the record of a study's publication: what was registered when, deviations, hashes, citation."""
    from saphan.cli.commands import studies  # noqa: PLC0415

    studies.publish(folder, study, as_json=as_json)


@user.command(name="add")
def user_add(
    folder: Folder,
    name: Annotated[str, typer.Argument(help="The name to log in with.")],
    role: Annotated[list[str], typer.Option(help='A role, such as enumerator or "data manager"; may be repeated.')],
    as_json: Json = False,
) -> None:
    """Add a user; the password is asked for, or read from standard input."""
    from saphan.cli.commands import accounts  # noqa: PLC0415

    accounts.add_user(folder, name, roles=role, as_json=as_json)


@user.command(name="list")
def user_list(folder: Folder, as_json: Json = False) -> None:
    """List the users and their roles."""
    from saphan.cli.commands import accounts  # noqa: PLC0415

    accounts.list_users(folder, as_json=as_json)


@user.command(name="revoke")
def user_revoke(folder: Folder, name: Annotated[str, typer.Argument(help="The user's name.")]) -> None:
    """Take a user's leave away at once, with all sessions."""
    from saphan.cli.commands import accounts  # noqa: PLC0415

    accounts.revoke_user(folder, name)


@app_user.command(name="add")
def app_user_add(
    folder: Folder,
    name: Annotated[str, typer.Argument(help="What the phone is called in lists and in the audit chain.")],
    server: Annotated[str, typer.Option(help="The address at which the phone reaches `saphan serve`, with https://.")],
    practice: Annotated[
        bool, typer.Option("--practice", help="What it sends is practice and enters no figure.")
    ] = False,
    qr: Annotated[Path | None, typer.Option(help="Write the QR code to this PNG file instead of the screen.")] = None,
    as_json: Json = False,
) -> None:
    """Let a phone in, and show its settings for ODK Collect as JSON and as a QR code, once."""
    from saphan.cli.commands import accounts  # noqa: PLC0415

    accounts.add_app_user(folder, name, server=server, practice=practice, qr=qr, as_json=as_json)


@app_user.command(name="list")
def app_user_list(folder: Folder, as_json: Json = False) -> None:
    """List the phones that were let in, those revoked since too."""
    from saphan.cli.commands import accounts  # noqa: PLC0415

    accounts.list_app_users(folder, as_json=as_json)


@app_user.command(name="revoke")
def app_user_revoke(folder: Folder, name: Annotated[str, typer.Argument(help="The phone's name.")]) -> None:
    """Take a phone out of use at once; what it has sent stays."""
    from saphan.cli.commands import accounts  # noqa: PLC0415

    accounts.revoke_app_user(folder, name)
