"""The commands of the review: `extractor review`, `extractor serve`, `extractor user …`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getuser

import click
from sqlalchemy import Engine

from extractor.archive.connecting import ArchiveError, connect
from extractor.archive.store import writing
from extractor.review import accounts
from extractor.review.access import SCOPES, Scope
from extractor.review.serving import ServingError
from extractor.review.serving import review as review_alone
from extractor.review.serving import serve as serve_people

_ROLES = click.Choice(["reader", "reviewer", "lead"])
_archive = click.option("--archive", required=True, metavar="PATH|URL", help="The archive: a SQLite file or a PostgreSQL URL.")


@contextmanager
def _opened(archive: str, create: bool = False) -> Iterator[Engine]:
    """The archive; what can't be done with it, or in it, is one line."""
    try:
        engine = connect(archive, create=create)
        yield engine
    except (ArchiveError, ServingError, accounts.AccountError) as error:
        raise click.ClickException(str(error)) from None


@click.command()
@_archive
@click.option("--as", "name", help="The name that decisions are kept under. Default: that of the system's user.")
@click.option("--port", default=0, show_default="a free one", type=click.IntRange(0, 65535))
@click.option("--no-browser", is_flag=True, help="Print the link, open nothing.")
def review(archive: str, name: str | None, port: int, no_browser: bool) -> None:
    """Decide what is in doubt, alone, on this machine. 审核存疑之处。

    Listens on 127.0.0.1 alone, and lets in who has the printed link.
    """
    with _opened(archive) as engine:
        review_alone(engine, name or getuser(), port, not no_browser)


@click.command()
@_archive
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="A name the server is reached by; may be repeated.")
@click.option("--trust-header", metavar="NAME", help="Header in which a proxy says who somebody is.")
@click.option("--trust-proxy", "proxies", multiple=True, metavar="ADDRESS", help="Address or network of that proxy.")
def serve(
    archive: str, host: str, port: int, hosts: tuple[str, ...], trust_header: str | None, proxies: tuple[str, ...]
) -> None:
    """Serve reviewers who have accounts, and the API. 供多人审核。

    Does not start while the archive has no accounts (extractor user add).
    """
    with _opened(archive) as engine:
        serve_people(engine, host, port, hosts, trust_header, proxies)


@click.group()
def user() -> None:
    """Accounts of reviewers. 审核账号。"""


@user.command("add")
@click.argument("name")
@_archive
@click.option("--role", type=_ROLES, required=True)
@click.option("--no-password", is_flag=True, help="For people who come through a trusted proxy.")
def add(name: str, archive: str, role: str, no_password: bool) -> None:
    """Add an account. The password is asked for, or read from standard input."""
    with _opened(archive, create=True) as engine:
        password = None if no_password else _password()
        with writing(engine) as connection, connection.begin():
            accounts.add(connection, name, role, password)


@user.command("list")
@_archive
def list_(archive: str) -> None:
    """List the accounts."""
    with _opened(archive) as engine, engine.connect() as connection:
        for one in accounts.accounts(connection):
            marks = [one.role.name.lower(), *(["disabled"] if one.disabled else []), *([] if one.has_password else ["proxy"])]
            click.echo(f"{one.name}\t{' '.join(marks)}")


@user.command("role")
@click.argument("name")
@click.argument("role", type=_ROLES)
@_archive
def role(name: str, role: str, archive: str) -> None:
    """Give an account another role."""
    with _opened(archive) as engine, writing(engine) as connection, connection.begin():
        accounts.change(connection, name, role=role)


@user.command("password")
@click.argument("name")
@_archive
def password(name: str, archive: str) -> None:
    """Set a password; the account's sessions end."""
    with _opened(archive) as engine, writing(engine) as connection:
        new = _password()
        with connection.begin():
            accounts.change(connection, name, password=new)


@user.command("disable")
@click.argument("name")
@_archive
@click.option("--undo", is_flag=True, help="Enable it again.")
def disable(name: str, archive: str, undo: bool) -> None:
    """Close an account; its sessions and tokens end."""
    with _opened(archive) as engine, writing(engine) as connection, connection.begin():
        accounts.change(connection, name, disabled=not undo)


@user.command("token")
@click.argument("name")
@_archive
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), default=["read"], show_default=True)
@click.option("--days", default=90.0, show_default=True, type=click.FloatRange(0, 3650, min_open=True))
@click.option("--label", default="", help="What it is for.")
def token(name: str, archive: str, scopes: tuple[Scope, ...], days: float, label: str) -> None:
    """Make a token for the API, and print it: it is kept nowhere."""
    with _opened(archive) as engine, writing(engine) as connection, connection.begin():
        number, secret = accounts.new_token(connection, name, label, set(scopes), days)
    click.echo(f"token {number}; to take it back: extractor user take-token {number}", err=True)
    click.echo(secret)


@user.command("take-token")
@click.argument("number", type=int)
@_archive
def take_token(number: int, archive: str) -> None:
    """Take a token back."""
    with _opened(archive) as engine, writing(engine) as connection, connection.begin():
        accounts.take_token(connection, number)


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")
