"""Accounts, sessions and API tokens in the archive. Passwords are kept as argon2 hashes, sessions and tokens as digests."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from extractor.archive.schema import log_ins, sessions, tokens, users
from extractor.archive.store import upsert, writing
from extractor.review.access import Role, Scope

SESSION_SECONDS = 12 * 3600
"""A session ends this long after the log-in: a working day."""
LEAST_PASSWORD = 10
WINDOW = 15 * 60
"""Failed log-ins are counted over this many seconds."""
MOST_BY_NAME, MOST_BY_ADDRESS = 5, 30
"""Of a name and of an address, after which the next is refused unseen. Many people may share an address."""

_ROLES = {"reader": Role.READER, "reviewer": Role.REVIEWER, "lead": Role.LEAD}


class AccountError(Exception):
    """What can't be done with an account; `str()` says why."""


class TooOftenError(Exception):
    """Too many log-ins failed. `seconds` to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    role: Role
    disabled: bool
    has_password: bool


@dataclass(frozen=True, slots=True)
class Known:
    """Whom a session or a token belongs to."""

    name: str
    role: Role
    scopes: frozenset[Scope] | None = None


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash that no password fits, so that an unknown name takes as long as a wrong password."""
    return _hasher().hash(secrets.token_hex())


def digest(secret: str) -> str:
    """What is kept of a session's or a token's secret: 32 random bytes need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def any_account(connection: Connection) -> bool:
    return connection.execute(select(users.c.name).where(~users.c.disabled).limit(1)).scalar() is not None


def accounts(connection: Connection) -> list[Account]:
    rows = connection.execute(select(users).order_by(users.c.name))
    return [Account(row.name, _ROLES[row.role], row.disabled, row.password is not None) for row in rows]


def add(connection: Connection, name: str, role: str, password: str | None) -> None:
    """A new account. `password` None: the person comes through a trusted proxy. Raises AccountError."""
    if not name or len(name) > 64 or not name.isprintable() or name != name.strip():
        raise AccountError("a name has 1 to 64 printable characters and no spaces around it")
    row = {"name": name, "role": role, "disabled": False, "password": _hashed(password), "at": time.time()}
    new = connection.execute(upsert(connection, users).values(row).on_conflict_do_nothing().returning(users.c.name)).scalar()
    if new is None:
        raise AccountError(f"{name}: there is an account of this name")


def change(
    connection: Connection, name: str, role: str | None = None, disabled: bool | None = None, password: str | None = None
) -> None:
    """Change an account; its sessions end, and with `disabled` its tokens do too. Raises AccountError."""
    values: dict[str, object] = {}
    if role is not None:
        values["role"] = role
    if disabled is not None:
        values["disabled"] = disabled
    if password is not None:
        values["password"] = _hashed(password)
    found = connection.execute(update(users).where(users.c.name == name).values(values).returning(users.c.name)).scalar()
    if found is None:
        raise AccountError(f"{name}: there is no such account")
    connection.execute(delete(sessions).where(sessions.c.name == name))
    if disabled:
        connection.execute(delete(tokens).where(tokens.c.name == name))


def _hashed(password: str | None) -> str | None:
    if password is None:
        return None
    if len(password) < LEAST_PASSWORD:
        raise AccountError(f"a password has at least {LEAST_PASSWORD} characters")
    return _hasher().hash(password)


def log_in(engine: Engine, name: str, password: str, address: str) -> str | None:
    """The secret of a new session; None where name or password is wrong. Raises TooOftenError. An attempt counts as failed
    until it has succeeded, so that attempts made at the same time are counted too; nothing is locked while a hash is made."""
    with writing(engine) as connection, connection.begin():
        _attempt(connection, name, address)
        row = connection.execute(select(users).where(users.c.name == name)).one_or_none()
    known = row is not None and row.password is not None and not row.disabled
    if not _fits(row.password if known and row is not None else _nobody(), password) or not known:
        return None
    secret, now = secrets.token_urlsafe(32), time.time()
    with writing(engine) as connection, connection.begin():
        connection.execute(delete(log_ins).where(log_ins.c.name == name))
        connection.execute(delete(sessions).where(sessions.c.until < now))
        connection.execute(insert(sessions).values(digest=digest(secret), name=name, until=now + SESSION_SECONDS))
    return secret


def _attempt(connection: Connection, name: str, address: str) -> None:
    now = time.time()
    connection.execute(delete(log_ins).where(log_ins.c.at < now - WINDOW))
    for column, value, most in ((log_ins.c.name, name, MOST_BY_NAME), (log_ins.c.address, address, MOST_BY_ADDRESS)):
        failed, first = connection.execute(select(func.count(), func.min(log_ins.c.at)).where(column == value)).one()
        if failed >= most:
            raise TooOftenError(max(1, round(first + WINDOW - now)))
    connection.execute(insert(log_ins).values(name=name, address=address, at=now))


def _fits(hashed: str, password: str) -> bool:
    try:
        return _hasher().verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def of_session(connection: Connection, secret: str) -> Known | None:
    """Whose session it is; None where it is nobody's any more."""
    query = (
        select(users.c.name, users.c.role).join(sessions, sessions.c.name == users.c.name)
        .where(sessions.c.digest == digest(secret), sessions.c.until > time.time(), ~users.c.disabled)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Known(row.name, _ROLES[row.role])


def log_out(connection: Connection, secret: str) -> None:
    connection.execute(delete(sessions).where(sessions.c.digest == digest(secret)))


def of_name(connection: Connection, name: str) -> Known | None:
    """The account that a trusted proxy names."""
    row = connection.execute(select(users).where(users.c.name == name, ~users.c.disabled)).one_or_none()
    return None if row is None else Known(row.name, _ROLES[row.role])


def new_token(connection: Connection, name: str, label: str, scopes: Collection[Scope], days: float) -> tuple[int, str]:
    """A token's number and its secret, which is shown once and kept nowhere. Raises AccountError."""
    if of_name(connection, name) is None:
        raise AccountError(f"{name}: there is no such account, or it is disabled")
    secret, now = secrets.token_urlsafe(32), time.time()
    row = {
        "digest": digest(secret), "name": name, "label": label, "scopes": " ".join(sorted(scopes)),
        "until": now + days * 86400, "at": now,
    }
    return int(connection.execute(insert(tokens).values(row).returning(tokens.c.id)).scalar_one()), secret


def of_token(connection: Connection, secret: str) -> Known | None:
    """Whose token it is, and for what; None where it is none, or none any more."""
    query = (
        select(users.c.name, users.c.role, tokens.c.scopes).join(tokens, tokens.c.name == users.c.name)
        .where(tokens.c.digest == digest(secret), tokens.c.until > time.time(), ~users.c.disabled)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Known(row.name, _ROLES[row.role], frozenset(row.scopes.split()))


def take_token(connection: Connection, number: int) -> None:
    """A token is good for nothing any more. Raises AccountError."""
    found = connection.execute(delete(tokens).where(tokens.c.id == number).returning(tokens.c.id)).scalar()
    if found is None:
        raise AccountError(f"{number}: there is no such token")
