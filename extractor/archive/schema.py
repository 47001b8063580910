"""What the archive keeps, as tables. Times are seconds since 1970 (UTC); money is in the unit of the prices that were set.

A document is known by the hash of its bytes; the same bytes at two places are one document. A version is one reading of one
document under one configuration (mode, software, forms, prompts, models); a document read under another configuration gets
another version, and none is ever changed or deleted. `findings` is the index of what the current versions say, for the
queue and for counts; what a finding says in full stands in the version's content.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from extractor.llm import answers as llm_answers

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s",
    }
)

_ID = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only under this very type
_HASH = String(80)
_PATH = Text().with_variant(Text(collation="C"), "postgresql")  # what begins with a path stands together, in any language
STATES = ("printed", "blank", "marked", "illegible", "absent", "deduced")
"""What the cells of a version are counted by; those that are deduced are among the states other than printed too."""

configurations = Table(
    "configurations", metadata,
    Column("id", _ID, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("content", Text, nullable=False),  # JSON: mode, software, forms, prompts, models
)

runs = Table(
    "runs", metadata,
    Column("id", _ID, primary_key=True),
    Column("configuration_id", _ID, ForeignKey("configurations.id"), nullable=False),
    Column("settings", Text, nullable=False),  # JSON: sources, engine, limits, budget
    Column("host", Text, nullable=False),
    Column("process", Integer, nullable=False),
    Column("started", Float, nullable=False),
    Column("alive", Float, nullable=False),  # the last sign of life; claims of a run without one lapse
    Column("ended", Float),
    Column("outcome", String(16)),  # done, stopped, budget, failed
)

documents = Table(
    "documents", metadata,
    Column("id", _ID, primary_key=True),
    Column("hash", _HASH, nullable=False, unique=True),
    Column("source", Text, nullable=False),  # where it was met first
    Column("media_type", String(100), nullable=False),
    Column("encoding", String(32), nullable=False),
    Column("size", Integer, nullable=False),  # bytes of the file
    Column("characters", Integer, nullable=False),
    Column("text", LargeBinary, nullable=False),  # UTF-8, zlib
    Column("layout", LargeBinary),  # places on pages (JSON, zlib), where the file has pages
    Column("issuer", Text),
    Column("year", Integer),
    Column("form", String(16)),
    Column("version_id", _ID),  # the current version
    *(Column(state, Integer, nullable=False, server_default="0") for state in STATES),  # cells of the current version
    Index(None, "issuer", "year"),
    Index(None, "year"),
)

pages = Table(
    "pages", metadata,  # how pages look, where the run was told to keep that
    Column("document_id", _ID, ForeignKey("documents.id"), primary_key=True),
    Column("page", Integer, primary_key=True, autoincrement=False),  # from 1
    Column("media_type", String(100), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

sources = Table(
    "sources", metadata,
    Column("location", Text, primary_key=True),
    Column("hash", _HASH, nullable=False),
    Column("stamp", String(80), nullable=False),  # size and time of change, or the bucket's tag: unchanged means unread
    Index(None, "hash"),
)

containers = Table(
    "containers", metadata,  # files of several documents (ZIP) every one of which was read, or failed
    Column("hash", _HASH, primary_key=True),
    Column("configuration_id", _ID, ForeignKey("configurations.id"), primary_key=True),
)

versions = Table(
    "versions", metadata,
    Column("id", _ID, primary_key=True),
    Column("document_id", _ID, ForeignKey("documents.id"), nullable=False),
    Column("number", Integer, nullable=False),  # 1, 2, … of this document
    Column("configuration_id", _ID, ForeignKey("configurations.id"), nullable=False),
    Column("run_id", _ID, ForeignKey("runs.id"), nullable=False),
    Column("at", Float, nullable=False),
    Column("content", LargeBinary, nullable=False),  # report and verification (`extractor.archive.content`)
    UniqueConstraint("document_id", "configuration_id"),
)

readings = Table(
    "readings", metadata,
    Column("version_id", _ID, ForeignKey("versions.id"), primary_key=True),
    Column("reader", String(100), primary_key=True),
    Column("content", LargeBinary, nullable=False),  # its tables as it read them, where several readers read
)

findings = Table(
    "findings", metadata,
    Column("id", _ID, primary_key=True),
    Column("document_id", _ID, ForeignKey("documents.id"), nullable=False),
    Column("version_id", _ID, ForeignKey("versions.id"), nullable=False),
    # place among the version's findings; below 0: found between reports; from 1,000,000 on: made by decisions
    Column("ordinal", Integer, nullable=False),
    Column("code", String(40), nullable=False),
    Column("severity", String(8), nullable=False),
    Column("priority", Float, nullable=False),
    Column("table", String(16)),  # of its first cell
    Column("cell", String(120)),  # its first cell
    Column("state", String(12), nullable=False),  # open, decided, dismissed, second, disputed
    Column("content", LargeBinary),  # the finding itself (JSON, zlib), where it does not stand in the version's content
    Column("key", String(160), nullable=False),  # what it is about and what it says (`extractor.archive.finding_key`)
    Column("reader", String(100)),  # of its first cell
    Column("issuer", Text),  # the document's, for the queue
    Column("year", Integer),
    Column("who", Text),  # who answered it last
    UniqueConstraint("document_id", "ordinal"),
    Index(None, "state", "priority", "id"),
    Index(None, "code", "state", "priority", "id"),
    Index(None, "issuer", "state", "priority", "id"),
    Index(None, "year", "state", "priority", "id"),
    Index(None, "who", "state", "priority", "id"),
    Index(None, "cell", "state", "priority", "id"),
    Index(None, "severity", "state", "priority", "id"),
    Index(None, "table", "state", "priority", "id"),
    Index(None, "reader", "state", "priority", "id"),
    # for counts, which then read nothing else; in an order in which no search takes it for its own
    Index(None, "year", "code", "severity", "table", "reader", "state"),
)

attempts = Table(
    "attempts", metadata,
    Column("id", _ID, primary_key=True),
    Column("run_id", _ID, ForeignKey("runs.id"), nullable=False),
    Column("hash", _HASH, nullable=False),  # of the document it was made for
    Column("model", Text, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("seconds", Float, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_cached", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("cost", Float),
    Index(None, "run_id"),
)

failures = Table(
    "failures", metadata,
    Column("location", _PATH, primary_key=True),
    Column("configuration_id", _ID, ForeignKey("configurations.id"), primary_key=True),
    Column("hash", _HASH, nullable=False),  # "" where the file itself could not be got
    Column("run_id", _ID, ForeignKey("runs.id"), nullable=False),
    Column("at", Float, nullable=False),
    Column("code", String(40), nullable=False),
    Column("params", Text, nullable=False),  # JSON, for the message
    Index(None, "hash"),
)

claims = Table(
    "claims", metadata,  # documents that a run has in hand, so that another run leaves them alone
    Column("hash", _HASH, primary_key=True),
    Column("configuration_id", _ID, ForeignKey("configurations.id"), primary_key=True),
    Column("run_id", _ID, ForeignKey("runs.id"), nullable=False),
    Index(None, "run_id"),
)

records = Table(
    "records", metadata,  # what the edits between reports need of each current version (`extractor.archive.record`)
    Column("document_id", _ID, ForeignKey("documents.id"), primary_key=True),
    Column("issuer", Text, nullable=False),  # "" where the current version has none any more
    Column("year", Integer, nullable=False),
    Column("county", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("digests", LargeBinary, nullable=False),  # of the narrative's long sentences
    Column("pending", Boolean, nullable=False),  # not yet held against the others
    Column("before", LargeBinary),  # the groups that it was held against last, where they may be others now
    Index(None, "issuer", "year"),
    Index(None, "county", "host", "issuer"),
    Index(None, "pending"),
)

sentences = Table(
    "sentences", metadata,  # who has which sentence; filled by `extractor.archive.history`, in the order of the digests
    Column("digest", BigInteger, primary_key=True),
    Column("document_id", _ID, ForeignKey("documents.id"), primary_key=True),
    sqlite_with_rowid=False,
)

common = Table(
    "common", metadata,  # sentences that stand in so many reports that they are nobody's own
    Column("digest", BigInteger, primary_key=True, autoincrement=False),
)

affected = Table(
    "affected", metadata,  # groups of reports that are to be held against each other again
    Column("kind", String(8), primary_key=True),  # body, units, host, text
    Column("key", Text, primary_key=True),
)

units = Table(
    "units", metadata,  # which body each unit's report belongs under
    Column("unit", Text, primary_key=True),
    Column("parent", Text, nullable=False),
    Index(None, "parent"),
)

decisions = Table(
    "decisions", metadata,
    Column("id", _ID, primary_key=True),
    Column("document_id", _ID, ForeignKey("documents.id"), nullable=False),
    Column("version_id", _ID, ForeignKey("versions.id"), nullable=False),  # what lay before the person
    Column("at", Float, nullable=False),
    Column("who", Text, nullable=False),
    Column("kind", String(16), nullable=False),  # as_printed, misread, wrong_in_print, illegible, dismissed, undone
    Column("cell", String(120)),
    Column("finding", String(200)),  # code and cells of the finding it answers
    Column("before", Text),  # JSON: the cell's reading as it was shown
    Column("after", Text),  # JSON: the value decided
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("undoes", _ID, ForeignKey("decisions.id")),
    Column("group", String(32), nullable=False),  # decisions of one action have one
    Column("code", String(40)),  # of the finding it answers
    Column("priority", Float),  # which that finding had
    Column("doubled", Boolean, nullable=False),  # a second person is to answer the finding too
    Index(None, "document_id"),
    Index(None, "who", "id"),
    Index(None, "group"),
    Index(None, "doubled", "id"),
)

answers = llm_answers.answers.to_metadata(metadata)

batch_files = Table(
    "batch_files", metadata,
    Column("id", _ID, primary_key=True),
    Column("configuration_id", _ID, ForeignKey("configurations.id"), nullable=False),
    Column("model", Text, nullable=False),
    Column("state", String(16), nullable=False),  # prepared, submitted, done, collected, expired, failed
    Column("path", Text, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("file", Text),  # the provider's names
    Column("batch", Text),
    Column("at", Float, nullable=False),
)

batch_requests = Table(
    "batch_requests", metadata,
    Column("key", String(64), primary_key=True),  # that of the answer in the cache
    Column("batch_file_id", _ID, ForeignKey("batch_files.id"), primary_key=True),
    Column("hash", _HASH, nullable=False),
    Column("state", String(16), nullable=False),  # asked, answered, expired, failed
    Index(None, "batch_file_id"),
)

users = Table(
    "users", metadata,
    Column("name", String(64), primary_key=True),
    Column("password", Text),  # argon2; none: this person comes through a trusted proxy
    Column("role", String(10), nullable=False),  # reader, reviewer, lead
    Column("disabled", Boolean, nullable=False),
    Column("at", Float, nullable=False),
)

sessions = Table(
    "sessions", metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of what stands in the cookie
    Column("name", String(64), ForeignKey("users.name"), nullable=False),
    Column("until", Float, nullable=False),
    Index(None, "name"),
)

tokens = Table(
    "tokens", metadata,
    Column("id", _ID, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("name", String(64), ForeignKey("users.name"), nullable=False),
    Column("label", Text, nullable=False),
    Column("scopes", Text, nullable=False),  # words, with spaces between
    Column("until", Float, nullable=False),
    Column("at", Float, nullable=False),
)

log_ins = Table(
    "log_ins", metadata,  # those that failed, for the limit on their rate
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("at", Float, nullable=False),
    Index(None, "name", "at"),
    Index(None, "address", "at"),
)

leases = Table(
    "leases", metadata,  # documents that somebody has before them
    Column("document_id", _ID, ForeignKey("documents.id"), primary_key=True),
    Column("who", Text, nullable=False),
    Column("until", Float, nullable=False),
    Index(None, "who"),
)

review_settings = Table(
    "review_settings", metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),  # JSON
)
