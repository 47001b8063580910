"""Who gets in, and what nobody gets."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select, update

from extractor.archive.schema import log_ins, users
from extractor.archive.store import writing
from extractor.review import accounts
from extractor.review.access import RULES, SCOPES, Guarded, Role
from extractor.review.app import Serving, create_app
from extractor.review.identity import COOKIE, Alone, Proxy
from extractor.review.serving import ServingError, serve
from tests.review.reviewed import PASSWORD, PEOPLE, archive_of, served, spoilt, token

ROUTES = sorted(RULES)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = archive_of(str(tmp_path_factory.mktemp("access") / "a.sqlite"), [spoilt()])
    with writing(engine) as connection, connection.begin():
        accounts.add(connection, "paul", "reviewer", PASSWORD)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[TestClient]:
    with served(engine) as client:
        yield client


@pytest.fixture
def browser(client: TestClient) -> Iterator[TestClient]:
    """The client with no cookies from another test, and none left for another."""
    client.cookies.clear()
    yield client
    client.cookies.clear()


def _called(client: TestClient, route: str, headers: dict[str, str]) -> Any:
    method, _, path = route.partition(" ")
    for name in ("{document}", "{finding}", "{page}"):
        path = path.replace(name, "1")
    return client.request(method, path, headers=headers, follow_redirects=False)


def _refused(response: Any, status: int) -> bool:
    """Pages send who is nobody to the log-in instead."""
    to_log_in = status == 401 and response.status_code == 303 and response.headers["location"].startswith("/log-in")
    return bool(to_log_in or response.status_code == status)


def test_the_table_names_every_route_and_no_other(client: TestClient) -> None:
    app: Any = client.app
    found = set()
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            assert isinstance(route, Guarded), route.path
            found |= {f"{method} {context.path}" for method in route.methods or ()}
        else:
            assert context.path is not None and context.path.startswith("/static/"), context.path
    assert found == set(RULES)


@pytest.mark.parametrize("route", [r for r in ROUTES if RULES[r].role > Role.ANYONE])
def test_nobody_gets_nothing(browser: TestClient, route: str) -> None:
    for headers in ({}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic eDp5"}, {"cookie": f"{COOKIE}=x"}):
        response = _called(browser, route, headers)
        assert _refused(response, 401), (route, response.status_code)
        assert "云溪" not in response.text


@pytest.mark.parametrize("route", [r for r in ROUTES if RULES[r].role > Role.READER])
def test_a_lesser_role_gets_nothing(browser: TestClient, engine: Engine, route: str) -> None:
    for name, role in PEOPLE.items():
        if role < RULES[route].role:
            response = _called(browser, route, token(engine, name))
            assert _refused(response, 403), (route, name, response.status_code)
            assert "云溪" not in response.text


@pytest.mark.parametrize("route", [r for r in ROUTES if RULES[r].role > Role.ANYONE])
def test_a_token_without_the_scope_gets_nothing(browser: TestClient, engine: Engine, route: str) -> None:
    others = [scope for scope in SCOPES if scope != RULES[route].scope]
    assert _refused(_called(browser, route, token(engine, "lena", others)), 403)


@pytest.mark.parametrize("route", [r for r in ROUTES if not r.startswith("GET ") and r != "POST /api/log-in"])
def test_a_browser_changes_nothing_without_the_csrf_token(browser: TestClient, route: str) -> None:
    browser.cookies.set(COOKIE, _session(browser))
    for headers in ({}, {"x-csrf-token": "0" * 64}):
        assert _called(browser, route, headers).status_code == 403


def _session(browser: TestClient) -> str:
    response = browser.post("/api/log-in", json={"name": "paul", "password": PASSWORD})
    assert response.status_code == 204
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie
    return cookie.partition("=")[2].partition(";")[0]


def test_a_session_lasts_from_log_in_to_log_out(browser: TestClient) -> None:
    secret = _session(browser)
    browser.cookies.clear()
    browser.cookies.set(COOKIE, secret)
    me = browser.get("/api/me").json()
    assert (me["name"], me["role"]) == ("paul", "reviewer")
    assert browser.post("/api/next", headers={"x-csrf-token": me["csrf"]}).status_code == 200
    assert browser.post("/api/log-out", headers={"x-csrf-token": me["csrf"]}).status_code == 204
    browser.cookies.set(COOKIE, secret)
    assert browser.get("/api/me").status_code == 401


def test_a_disabled_account_is_out_at_once(browser: TestClient, engine: Engine) -> None:
    with writing(engine) as connection, connection.begin():
        accounts.add(connection, "gone", "lead", None)
    header = token(engine, "gone")
    assert browser.get("/api/me", headers=header).status_code == 200
    with writing(engine) as connection, connection.begin():
        connection.execute(update(users).where(users.c.name == "gone").values(disabled=True))
    assert browser.get("/api/me", headers=header).status_code == 401


def test_guessing_passwords_is_stopped_and_says_nothing_of_names(browser: TestClient, engine: Engine) -> None:
    with writing(engine) as connection, connection.begin():
        accounts.add(connection, "rob", "reader", PASSWORD)

    def tried(name: str, password: str) -> Any:
        return browser.post("/api/log-in", json={"name": name, "password": password})

    wrong, unknown = tried("rob", "a wrong password"), tried("nobody at all", "a wrong password")
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json()) == (401, wrong.json())
    for _ in range(accounts.MOST_BY_NAME - 1):
        assert tried("rob", "a wrong password").status_code == 401
    stopped = tried("rob", PASSWORD)
    assert stopped.status_code == 429 and int(stopped.headers["retry-after"]) > 0


def test_a_proxy_is_believed_at_its_address_alone(engine: Engine) -> None:
    for network, status in (("10.0.0.0/8", 401), ("127.0.0.0/8", 200)):
        app = create_app(engine, Serving(proxy=Proxy("x-remote-user", (ip_network(network),)), hosts=None))
        with TestClient(app, client=("127.0.0.1", 1234)) as client:
            response = client.get("/api/me", headers={"x-remote-user": "anna"})
            assert response.status_code == status
            if status == 200:
                assert response.json()["role"] == "reviewer"
                assert client.get("/api/me", headers={"x-remote-user": "stranger"}).status_code == 401
                assert client.post("/api/next", headers={"x-remote-user": "anna"}).status_code == 403  # no CSRF token
                headers = {"x-remote-user": "anna", "x-csrf-token": response.json()["csrf"]}
                assert client.post("/api/next", headers=headers).status_code == 200


def test_of_what_a_proxy_hands_on_the_last_word_is_its_own(engine: Engine) -> None:
    proxy = Proxy("x-remote-user", (ip_network("127.0.0.0/8"),))
    with TestClient(create_app(engine, Serving(proxy=proxy, hosts=None)), client=("127.0.0.1", 1234)) as client:
        said = [("x-forwarded-for", "203.0.113.1"), ("x-forwarded-for", "198.51.100.7"), ("content-type", "application/json")]
        assert client.post("/api/log-in", content='{"name": "forged", "password": "wrong"}', headers=said).status_code == 401
        with engine.connect() as connection:
            query = select(log_ins.c.address).where(log_ins.c.name == "forged")
            assert connection.execute(query).scalars().all() == ["198.51.100.7"]
        two = client.get("/api/me", headers=[("x-remote-user", "lena"), ("x-remote-user", "rita")])
        assert two.status_code == 401  # one of the two names is not the proxy's


@pytest.mark.parametrize("elsewhere", ["//evil.example", "/\\evil.example", "/\t/evil.example", "/\n/evil.example", "https://evil.example"])
def test_the_log_in_leads_to_no_other_server(browser: TestClient, elsewhere: str) -> None:
    page = browser.get("/log-in", params={"next": elsewhere}).text
    assert 'name="next" value="/"' in page
    assert 'value="/findings/3?q=x"' in browser.get("/log-in", params={"next": "/findings/3?q=x"}).text


def test_alone_only_who_has_the_link_gets_in(engine: Engine) -> None:
    alone = Alone("me")
    with TestClient(create_app(engine, Serving(alone=alone)), base_url="http://127.0.0.1:8000") as client:
        assert client.get("/api/me").status_code == 401
        for path in ("/", "/enter?key=wrong", "/log-in"):  # there are no accounts to log in with
            page = client.get(path, follow_redirects=False)
            assert page.status_code == 401 and "extractor review" in page.text and "password" not in page.text
        entered = client.get(f"/enter?key={alone.secret}", follow_redirects=False)
        assert entered.headers["location"] == "/"
        me = client.get("/api/me").json()
        assert (me["name"], me["role"]) == ("me", "lead")
        assert client.post("/api/next").status_code == 403


def test_the_link_that_the_browser_is_started_with_works_once(engine: Engine) -> None:
    alone = Alone("me")
    with TestClient(create_app(engine, Serving(alone=alone)), base_url="http://127.0.0.1:8000") as client:
        for status in (303, 401):  # other users of the machine can read it among the browser's arguments
            assert client.get(f"/enter?key={alone.once}", follow_redirects=False).status_code == status
        assert client.get("/api/me").status_code == 200
        assert alone.once not in client.cookies.values()


def test_two_reviews_on_one_machine_keep_apart(engine: Engine) -> None:
    """To a browser all ports of a machine are one place for cookies."""
    cookies: dict[str, str] = {}
    ours = [Alone("me"), Alone("me")]
    for alone in ours:
        with TestClient(create_app(engine, Serving(alone=alone)), base_url="http://127.0.0.1:8000", cookies=cookies) as client:
            client.get(f"/enter?key={alone.secret}", follow_redirects=False)
            cookies |= dict(client.cookies)
    for alone in ours:
        with TestClient(create_app(engine, Serving(alone=alone)), base_url="http://127.0.0.1:8000", cookies=cookies) as client:
            assert client.get("/api/me").status_code == 200


def test_a_name_that_somebody_else_points_here_is_not_served(engine: Engine) -> None:
    with TestClient(create_app(engine, Serving(alone=Alone("me")))) as client:
        for host, status in (
            ("evil.example", 400), ("127.0.0.1.evil.example", 400), ("", 400), ("localhost:8000", 200), ("[::1]:8000", 200),
        ):
            assert client.get("/api/health", headers={"host": host}).status_code == status


def test_every_answer_carries_the_safety_headers(browser: TestClient) -> None:
    for path in ("/api/health", "/", "/log-in", "/no/such/page", "/api/me", "/static/x/y"):
        headers = browser.get(path, follow_redirects=False).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_nobody_is_served_without_accounts(tmp_path: Path) -> None:
    from extractor.archive.connecting import connect

    with pytest.raises(ServingError, match="no accounts"):
        serve(connect(str(tmp_path / "a.sqlite")), "0.0.0.0", 0, (), None, ())


def test_a_body_without_end_is_cut_off(browser: TestClient, engine: Engine) -> None:
    response = browser.post("/api/check", content=b"x" * 2_000_000, headers=token(engine, "anna"))
    assert response.status_code == 413
