"""What Schemathesis cannot know by itself: how to come by tokens here, and which refusals contradict the document."""

import base64
import json
import os

import requests
import schemathesis
from schemathesis import GenerationMode

CLIENTS = json.loads(os.environ["FUZZ_CLIENTS"])


def scopes_of(operation):
    """Of the first way in; others may name scopes that demo clients have not."""
    ways = operation.definition.raw.get("security") or [{}]
    return {scope for scopes in ways[0].values() for scope in scopes}


def asks_for_secret(case):
    """A client that names itself in the body is one without a secret."""
    ways = case.operation.definition.raw.get("security", [])
    names_itself = isinstance(case.body, dict) and case.body.get("client_id")
    return any("clientSecret" in way for way in ways) and not names_itself


# A token lives for five minutes.
@schemathesis.auth(
    refresh_interval=240,
    cache_by_key=lambda case, context: " ".join(sorted(scopes_of(context.operation))),
)
class Tokens:
    """Of the demo client that has the scopes which the operation asks for, and with all of that client's scopes."""

    def get(self, case, context):
        scopes = scopes_of(context.operation)
        able = [one for one in CLIENTS if "clientSecret" in one and scopes <= set(one["scope"].split())]
        if not able:
            raise LookupError(f"no demo client has {scopes}")
        client = able[0]
        answer = requests.post(
            os.environ["FUZZ_URL"] + "/identity/token",
            auth=(client["clientId"], client["clientSecret"]),
            data={"grant_type": "client_credentials", "scope": client["scope"]},
            timeout=10,
        )
        answer.raise_for_status()
        return answer.json()["access_token"]

    def set(self, case, data, context):
        if scopes_of(context.operation):
            case.headers["Authorization"] = f"Bearer {data}"
        elif asks_for_secret(case):
            secret = f"{CLIENTS[0]['clientId']}:{CLIENTS[0]['clientSecret']}".encode()
            case.headers["Authorization"] = f"Basic {base64.b64encode(secret).decode()}"


@schemathesis.check
def understood_if_valid(ctx, response, case):
    """A request that fits the document is not refused with the error that says it does not."""
    valid = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    if valid and response.status_code == 400 and response.json().get("code") == "invalid-request":
        raise AssertionError(f"the document allows what is refused: {response.text}")
