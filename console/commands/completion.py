"""registry-events completion."""

import click
from click.shell_completion import get_completion_class

_PROGRAM = "registry-events"
_VARIABLE = "_REGISTRY_EVENTS_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a script for a shell, which then completes commands and options.

    For bash: eval "$(registry-events completion bash)"
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.ClickException(f"click completes nothing for {shell}")
    click.echo(kind(ctx.find_root().command, {}, _PROGRAM, _VARIABLE).source())
