"""The API's reference as one plain page, made from its OpenAPI document: no script, nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_HEAD = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="dark light" />
    <title>API · 서울아</title>
    <link rel="icon" href="/web/icon.svg" type="image/svg+xml" />
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
      h2 { margin-top: 2.5rem; border-bottom: 1px solid } h3 code { font-size: 1.1em }
      pre { overflow: auto; padding: .75rem; border: 1px solid; border-radius: .5rem; font-size: .875rem }
      td, th { text-align: left; vertical-align: top; padding: .125rem 1rem .125rem 0 }
    </style>
  </head>
  <body>
"""


def page(document: Mapping[str, Any]) -> str:
    """The page of an OpenAPI document."""
    info = document["info"]
    intro = (
        f"<h1>{escape(info['title'])} <small>API {escape(info['version'])}</small></h1>"
        f"<p>{escape(info.get('description', ''))} · <a href='/openapi.json'>openapi.json</a> · "
        "WebSockets: docs/api/*.asyncapi.yaml</p>"
    )
    parts = [
        _operation(method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    schemas = "".join(_schema(n, s) for n, s in document.get("components", {}).get("schemas", {}).items())
    return f"{_HEAD}{intro}<h2>Operations</h2>{''.join(parts)}<h2>Models</h2>{schemas}</body></html>\n"


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    rows = [*_parameters(operation), *_answers(operation)]
    body = operation.get("requestBody")
    asks = f"<p>Body</p>{_content(body)}" if body else ""
    return (
        f"<h3><code>{method.upper()} {escape(path)}</code> {escape(operation.get('summary', ''))}</h3>"
        f"<p>{escape(operation.get('description', ''))}</p>{asks}<table>{''.join(rows)}</table>"
    )


def _parameters(operation: Mapping[str, Any]) -> Iterator[str]:
    for p in operation.get("parameters", ()):
        yield _row(f"{p['in']} {p['name']}", _shape(p.get("schema", {})))


def _answers(operation: Mapping[str, Any]) -> Iterator[str]:
    for status, answer in operation["responses"].items():
        kinds = [f"{kind} {_shape(c.get('schema', {}))}".strip() for kind, c in answer.get("content", {}).items()]
        yield _row(status, f"{answer.get('description', '')}: {', '.join(kinds)}")


def _content(body: Mapping[str, Any]) -> str:
    shapes = (f"{kind} {_shape(c.get('schema', {}))}" for kind, c in body["content"].items())
    return "".join(f"<pre tabindex='0'>{escape(shape)}</pre>" for shape in shapes)


def _shape(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "title" in schema and "properties" in schema:
        return str(schema["title"])
    return json.dumps({k: v for k, v in schema.items() if k != "title"}, ensure_ascii=False) if schema else ""


def _schema(name: str, schema: Mapping[str, Any]) -> str:
    text = json.dumps(schema, ensure_ascii=False, indent=1)
    return f"<h3 id='{escape(name)}'><code>{escape(name)}</code></h3><pre tabindex='0'>{escape(text)}</pre>"


def _row(head: str, text: str) -> str:
    return f"<tr><th><code>{escape(head)}</code></th><td>{escape(text)}</td></tr>"
