"""`planwatch tokens`: make a token for the HTTP endpoint, and list who holds one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from planwatch.api.tokens import Token, digest, new_secret
from planwatch.contract.errors import SettingsError
from planwatch.contract.strict import read_strict
from planwatch.service.settings import read_settings
from planwatch.service.token_file import entry_text, read_tokens

app = typer.Typer(
    help="Tokens of the HTTP endpoint: make one, list who holds one.", no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def new(
    *,
    unit: Annotated[list[str] | None, typer.Option(help="A unit it speaks for; may be repeated.")] = None,
    region: Annotated[
        list[str] | None, typer.Option(help="A region it speaks for, and all below it; may be repeated.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Who will hold it, for the logs.")] = None,
    expires: Annotated[str | None, typer.Option(help="The last day on which it is taken, e.g. 2026-12-31.")] = None,
) -> None:
    """Print a new token, once, and the lines that go into the file of tokens. Nothing is stored."""
    secret = new_secret()
    bound = [*(unit or []), *(region or [])]
    made = {"name": name or ", ".join(bound), "sha256": digest(secret), "units": unit or [], "regions": region or []}
    token = read_strict(made | ({"expires": expires} if expires else {}), Token)
    if not isinstance(token, Token):
        raise typer.BadParameter("; ".join(fault.message for fault in token))
    typer.echo("# 令牌只显示这一次，请当面或加密交给使用者 (shown only once; hand it over safely):", err=True)
    typer.echo(secret)
    typer.echo("# 追加到 PLANWATCH_API__TOKENS 所指文件 (append to the file of tokens):", err=True)
    typer.echo(entry_text(token), nl=False)


@app.command("list")
def list_(
    file: Annotated[Path | None, typer.Argument(help="The file; that of the settings if not given.")] = None,
) -> None:
    """List who holds a token, for whom it speaks, and until when."""
    path = file or read_settings().api.tokens
    if path is None:
        raise SettingsError("no file of tokens: set PLANWATCH_API__TOKENS, or name one")
    today = datetime.now(UTC).date()
    for token in read_tokens(path).known:
        speaks = ", ".join((*(f"unit:{one}" for one in token.units), *(f"region:{one}" for one in token.regions)))
        until = "" if token.expires is None else f"  至 {token.expires}" + (" 已过期" if today > token.expires else "")
        typer.echo(f"{token.sha256[:12]}  {token.name}  {speaks}{until}")
