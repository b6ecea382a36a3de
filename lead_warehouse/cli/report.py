"""The report: built, and served on this machine."""

from typing import Annotated

import typer

from lead_warehouse.cli.console import say
from lead_warehouse.cli.options import DEFAULT_STATE, State
from lead_warehouse.errors import UserError
from lead_warehouse.report.build import Built, build, site_of
from lead_warehouse.report.serve import HOST, PORT, make_server
from lead_warehouse.state.layout import StateDirectory

KILOBYTE, MEGABYTE = 1_000, 1_000_000


def report_command(
    state: State = DEFAULT_STATE,
    internal: Annotated[
        bool,
        typer.Option(
            "--internal",
            help="Also the work queue and single leads, unmasked; a site for this machine only.",
        ),
    ] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Serve the finished site on this machine.")
    ] = False,
    build_first: Annotated[
        bool, typer.Option("--build/--no-build", help="Whether to build before serving.")
    ] = True,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to serve on.")] = PORT,
    generation: Annotated[
        str | None,
        typer.Option(
            "--generation", help="Run id; by default the published one.", show_default=False
        ),
    ] = None,
) -> None:
    """Build the report of the published generation; what did not change is not built anew."""
    where = StateDirectory(state)
    site = site_of(where, internal)
    if build_first:
        _show(build(where, generation, is_internal=internal))
    elif not serve:
        raise UserError("--no-build is for --serve; leave it out to build the report")
    if serve:
        if not site.exists():
            raise UserError(f"there is no report in {state}; leave out --no-build to build it")
        try:
            server = make_server(site, port)
        except OSError as error:
            raise UserError(f"port {port}: {error.strerror}; name another with --port") from None
        say(f"serving    http://{HOST}:{server.server_address[1]}/  (French below /fr/)")
        server.serve_forever()


def _show(built: Built) -> None:
    took = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in built.seconds.items())
    say(f"report     {built.site}/index.html")
    say(f"shows      {built.run_id}, as of {built.as_of}")
    say(f"took       {sum(built.seconds.values()):.1f} s ({took})")
    sizes = ", ".join(f"{what} {_size(size)}" for what, size in built.sizes.items())
    say(f"sizes      {sizes}")


def _size(count: int) -> str:
    """Bytes as someone would say them."""
    if count < MEGABYTE:
        return f"{count / KILOBYTE:.0f} kB"
    return f"{count / MEGABYTE:.1f} MB"
