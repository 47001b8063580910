"""The review: people decide what the verifier doubts. `app` puts the server together, `api` is the JSON API, `pages` what the
browser shows; `queue` hands out findings, `deciding` takes decisions, `accounts` and `access` say who may do what."""
